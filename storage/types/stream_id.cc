#include "storage/types/stream_id.h"

#include <algorithm>
#include <charconv>

namespace redstart {
namespace {

// Redis reads ids of up to so many bytes.
constexpr size_t kMaxTextBytes = 127;

// Decimal digits, behind blanks and a plus as strtoull allows them.
std::optional<uint64_t> ParseNumber(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\n\v\f\r"), text.size()));
  if (text.size() > 1 && text[0] == '+') text.remove_prefix(1);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<StreamId> StreamId::Next() const {
  if (*this == kLastStreamId) return std::nullopt;
  if (sequence == UINT64_MAX) return StreamId{ms + 1, 0};
  return StreamId{ms, sequence + 1};
}

std::optional<StreamId> StreamId::Previous() const {
  if (is_zero()) return std::nullopt;
  if (sequence == 0) return StreamId{ms - 1, UINT64_MAX};
  return StreamId{ms, sequence - 1};
}

std::string_view StreamId::View(Text* buffer) const {
  char* end = std::to_chars(buffer->data(), buffer->data() + 20, ms).ptr;
  *end++ = '-';
  end = std::to_chars(end, end + 20, sequence).ptr;
  return {buffer->data(), static_cast<size_t>(end - buffer->data())};
}

std::string StreamId::ToString() const {
  Text buffer;
  return std::string(View(&buffer));
}

std::optional<StreamId> ParseStreamId(std::string_view text, uint64_t missing) {
  if (text.size() > kMaxTextBytes) return std::nullopt;
  const size_t dash = text.find('-');
  const std::optional<uint64_t> ms = ParseNumber(text.substr(0, dash));
  if (!ms) return std::nullopt;
  if (dash == std::string_view::npos) return StreamId{*ms, missing};
  const std::optional<uint64_t> sequence = ParseNumber(text.substr(dash + 1));
  if (!sequence) return std::nullopt;
  return StreamId{*ms, *sequence};
}

}  // namespace redstart
