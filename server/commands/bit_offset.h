#ifndef REDSTART_SERVER_COMMANDS_BIT_OFFSET_H_
#define REDSTART_SERVER_COMMANDS_BIT_OFFSET_H_

// How the bit commands read the offset of a bit. Pure functions.

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/config/config.h"
#include "storage/base/number.h"

namespace redstart {

// The offset that an argument says; nullopt (error::kBitOffsetRange) if it is none, or if its byte
// is beyond the longest string. With `field_bits` > 0, "#3" is the begin of the fourth field of so
// many bits.
inline std::optional<uint64_t> ReadBitOffset(std::string_view text, const Config& config,
                                             int field_bits = 0) {
  int64_t unit = 1;
  if (field_bits > 0 && text.starts_with('#')) {
    unit = field_bits;
    text.remove_prefix(1);
  }
  const std::optional<int64_t> count = ParseInt64(text);
  int64_t offset;
  if (!count || __builtin_mul_overflow(*count, unit, &offset)) return std::nullopt;
  if (offset < 0 || offset / 8 >= config.proto_max_bulk_len) return std::nullopt;
  return static_cast<uint64_t>(offset);
}

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_BIT_OFFSET_H_
