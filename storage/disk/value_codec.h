#ifndef REDSTART_STORAGE_DISK_VALUE_CODEC_H_
#define REDSTART_STORAGE_DISK_VALUE_CODEC_H_

// Values as RDB files, full syncs and DUMP payloads hold them: a byte that names the type and its
// layout, and the value's body. (In a file the key stands between the two, in a payload nothing.)
// Source: Redis's rdb.c, versions 10 to 12, whose bytes these are.
//
// Encoding reads an entry, so its shard must be locked. Decoding trusts nothing in its input and
// touches no table: a DecodedValue belongs to its holder until NewEntry makes an entry of it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "storage/disk/rdb_primitives.h"
#include "storage/entry.h"

namespace redstart {

// RDB's type bytes of the values there are.
inline constexpr uint8_t kRdbTypeString = 0;

uint8_t RdbTypeOf(const Entry& entry);
// The body alone, without the type byte.
void AppendRdbValue(const Entry& entry, RdbCompression compression, std::string* out);
// What DUMP answers: type byte, body and footer.
std::string DumpPayloadOf(const Entry& entry, RdbCompression compression);

struct DecodedString {
  std::string text;
};
// One alternative per type of value.
using DecodedValue = std::variant<DecodedString>;

// Whether there are values of this type here at all.
bool KnowsRdbType(uint8_t rdb_type);
// Reads the body of a value of this type. Nothing if the type is not known or the body is damaged.
std::optional<DecodedValue> ReadRdbValue(uint8_t rdb_type, RdbInput* input);
// The value of a payload without its footer (CheckDumpPayload): type byte and body. Bytes behind
// the body are ignored, as in Redis.
std::optional<DecodedValue> DecodeDumpBody(std::string_view body);

// An entry with this value, not yet in any table; its access clock is left to the caller.
// `deadline` may be Entry::kNever.
Entry* NewEntry(Slab* slab, std::string_view key, const DecodedValue& value, uint64_t deadline);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_VALUE_CODEC_H_
