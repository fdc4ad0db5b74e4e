#ifndef REDSTART_STORAGE_TYPES_STREAM_ID_H_
#define REDSTART_STORAGE_TYPES_STREAM_ID_H_

// The id of a stream's entry: milliseconds and a number among those of the same millisecond. A
// value.

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redstart {

struct StreamId {
  uint64_t ms = 0;
  uint64_t sequence = 0;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
  bool is_zero() const { return ms == 0 && sequence == 0; }
  // The id behind this one; nothing behind the last one.
  std::optional<StreamId> Next() const;
  // The id before this one; nothing before 0-0.
  std::optional<StreamId> Previous() const;
  // "1700000000000-0", written to the buffer.
  using Text = std::array<char, 41>;
  std::string_view View(Text* buffer) const;
  std::string ToString() const;
};

inline constexpr StreamId kFirstStreamId = {0, 0};
inline constexpr StreamId kLastStreamId = {UINT64_MAX, UINT64_MAX};

// "ms-sequence", or "ms" alone, whose sequence is `missing` then.
std::optional<StreamId> ParseStreamId(std::string_view text, uint64_t missing);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_STREAM_ID_H_
