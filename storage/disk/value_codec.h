#ifndef REDSTART_STORAGE_DISK_VALUE_CODEC_H_
#define REDSTART_STORAGE_DISK_VALUE_CODEC_H_

// Values as RDB files, full syncs and DUMP payloads hold them: a byte that names the type and its
// layout, and the value's body. (In a file the key stands between the two, in a payload nothing.)
// Source: Redis's rdb.c, versions 10 to 12, whose bytes these are.
//
// A collection type has a codec of its own (hash_codec.h, ...) and one line in RdbTypeOf,
// AppendRdbValue and ReadRdbValue.
//
// Encoding reads an entry, so its shard must be locked. Decoding trusts nothing in its input and
// touches no table: a DecodedValue belongs to its holder until NewEntry makes an entry of it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/disk/decoded_value.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/entry.h"
#include "storage/types/collection_limits.h"

namespace redstart {

// The type byte of strings; those of collections stand in their codecs.
inline constexpr uint8_t kRdbTypeString = 0;

// Some forms are written from a certain version on only.
uint8_t RdbTypeOf(const Entry& entry, uint16_t rdb_version = kDefaultRdbVersion);
// The body alone, without the type byte.
void AppendRdbValue(const Entry& entry, RdbCompression compression, std::string* out,
                    uint16_t rdb_version = kDefaultRdbVersion);
// What DUMP answers: type byte, body and footer.
std::string DumpPayloadOf(const Entry& entry, RdbCompression compression);

// Whether there are values of this type here at all.
bool KnowsRdbType(uint8_t rdb_type);
// Reads the body of a value of this type; the limits decide which form a collection gets. Nothing
// if the type is not known or the body is damaged. (DecodedNothing: it is in order, and no key is
// to be made of it.)
std::optional<DecodedValue> ReadRdbValue(uint8_t rdb_type, const CollectionLimits& limits,
                                         RdbInput* input);
// The value of a payload without its footer (CheckDumpPayload): type byte and body. Bytes behind
// the body are ignored, and a collection without elements is refused, as in Redis.
std::optional<DecodedValue> DecodeDumpBody(std::string_view body, const CollectionLimits& limits);

// An entry with this value, not yet in any table; its access clock is left to the caller.
// `deadline` may be Entry::kNever. REQUIRES: the value is not DecodedNothing.
Entry* NewEntry(Slab* slab, std::string_view key, DecodedValue&& value, uint64_t deadline);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_VALUE_CODEC_H_
