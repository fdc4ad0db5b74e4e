#ifndef REDSTART_STORAGE_DISK_HASH_CODEC_H_
#define REDSTART_STORAGE_DISK_HASH_CODEC_H_

// Hashes as RDB files and DUMP payloads hold them. Written: the listpack as it is, or a count with
// the fields and values. With deadlines of fields, which only version 12 has: the earliest one, and
// then a listpack with deadlines, or a count with deadlines (from the earliest one on, plus 1; 0 is
// none), fields and values. Read: these, what release candidates of 7.4 wrote (without the earliest
// deadline; deadlines are absolute), and what Redis wrote before version 7 (zipmap, ziplist).
// Source: Redis's rdb.c. Pure functions; a view's entry must be locked. Reading trusts nothing.

#include <cstdint>
#include <optional>
#include <string>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/types/collection_limits.h"
#include "storage/types/hash.h"

namespace redstart {

inline constexpr uint8_t kRdbTypeHash = 4;
inline constexpr uint8_t kRdbTypeHashZipmap = 9;
inline constexpr uint8_t kRdbTypeHashZiplist = 13;
inline constexpr uint8_t kRdbTypeHashListpack = 16;
inline constexpr uint8_t kRdbTypeHashTimedCandidate = 22;
inline constexpr uint8_t kRdbTypeHashListpackExCandidate = 23;
inline constexpr uint8_t kRdbTypeHashTimed = 24;
inline constexpr uint8_t kRdbTypeHashListpackEx = 25;
// Files and payloads with fields that have deadlines have at least this version.
inline constexpr uint16_t kRdbVersionOfFieldDeadlines = 12;

uint8_t RdbTypeOfHash(const HashView& hash);
void AppendRdbHash(const HashView& hash, RdbCompression compression, std::string* out);
// Nothing if the body is damaged or a field stands there twice.
std::optional<DecodedValue> ReadRdbHash(uint8_t rdb_type, const CollectionLimits& limits,
                                        RdbInput* input);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_HASH_CODEC_H_
