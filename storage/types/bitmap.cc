#include "storage/types/bitmap.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

namespace redstart {
namespace {

constexpr size_t kWord = sizeof(uint64_t);
// Sources are combined so many bytes at a time, which keeps that part of the result in the
// first-level cache however many sources there are.
constexpr size_t kCombinedAtOnce = 8192;

uint64_t LoadWord(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, kWord);
  return word;
}

// With the first bit of the string as the most significant one.
uint64_t LoadBigEndian(const char* from) {
  return __builtin_bswap64(LoadWord(from));
}

uint8_t ByteAt(std::string_view bytes, size_t at) {
  return static_cast<uint8_t>(bytes[at]);
}

// The bits of a byte at and behind bit `offset & 7`, and those up to it.
uint8_t MaskFrom(uint64_t offset) {
  return static_cast<uint8_t>(0xFF >> (offset & 7));
}
uint8_t MaskUpTo(uint64_t offset) {
  return static_cast<uint8_t>(0xFF << (7 - (offset & 7)));
}

// The first byte from `at` on, but before `end`, that is not `skipped` throughout; or `end`.
size_t SkipBytes(std::string_view bytes, size_t at, size_t end, uint8_t skipped) {
  const uint64_t skipped_word = skipped == 0 ? 0 : ~uint64_t{0};
  for (; at + kWord <= end; at += kWord) {
    const uint64_t difference = LoadBigEndian(bytes.data() + at) ^ skipped_word;
    if (difference != 0) return at + static_cast<size_t>(std::countl_zero(difference)) / 8;
  }
  while (at < end && ByteAt(bytes, at) == skipped) ++at;
  return at;
}

// Gcc makes loops over vectors of these: the pointers never overlap.
void Combine(BitOperation operation, const char* __restrict source, size_t size,
             char* __restrict result) {
  switch (operation) {
    case BitOperation::kAnd:
      for (size_t i = 0; i < size; ++i) result[i] = static_cast<char>(result[i] & source[i]);
      return;
    case BitOperation::kOr:
      for (size_t i = 0; i < size; ++i) result[i] = static_cast<char>(result[i] | source[i]);
      return;
    case BitOperation::kXor:
      for (size_t i = 0; i < size; ++i) result[i] = static_cast<char>(result[i] ^ source[i]);
      return;
    case BitOperation::kNot:
      for (size_t i = 0; i < size; ++i) result[i] = static_cast<char>(~source[i]);
      return;
  }
}

// The part of a source that begins at `begin`, at most `size` bytes of it.
std::string_view PartOf(std::string_view source, size_t begin, size_t size) {
  return begin < source.size() ? source.substr(begin, size) : std::string_view();
}

int64_t MaxOf(FieldType type) {
  const int magnitude = type.is_signed ? type.bits - 1 : type.bits;
  return magnitude == 63 ? std::numeric_limits<int64_t>::max() : (int64_t{1} << magnitude) - 1;
}

int64_t MinOf(FieldType type) {
  return type.is_signed ? -MaxOf(type) - 1 : 0;
}

// The value of a field that holds the low bits of `bits`.
int64_t Wrapped(FieldType type, uint64_t bits) {
  const int unused = 64 - type.bits;
  if (type.is_signed) return static_cast<int64_t>(bits << unused) >> unused;
  return static_cast<int64_t>(bits << unused >> unused);
}

std::optional<int64_t> Overflowed(FieldType type, uint64_t bits, bool too_large,
                                  FieldOverflow overflow) {
  switch (overflow) {
    case FieldOverflow::kWrap:
      return Wrapped(type, bits);
    case FieldOverflow::kSaturate:
      return too_large ? MaxOf(type) : MinOf(type);
    case FieldOverflow::kFail:
      break;
  }
  return std::nullopt;
}

}  // namespace

bool GetBit(std::string_view bytes, uint64_t offset) {
  const uint64_t at = offset >> 3;
  return at < bytes.size() && (ByteAt(bytes, at) >> (7 - (offset & 7)) & 1) != 0;
}

void SetBit(char* bytes, uint64_t offset, bool bit) {
  const auto mask = static_cast<uint8_t>(0x80 >> (offset & 7));
  char& byte = bytes[offset >> 3];
  byte = static_cast<char>(bit ? byte | mask : byte & ~mask);
}

uint64_t CountBits(std::string_view bytes) {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  // Four counts that do not wait for each other.
  uint64_t counts[4] = {};
  for (; end - at >= static_cast<ptrdiff_t>(4 * kWord); at += 4 * kWord) {
    for (size_t i = 0; i < 4; ++i)
      counts[i] += static_cast<uint64_t>(std::popcount(LoadWord(at + i * kWord)));
  }
  uint64_t rest = 0;
  for (; at < end; ++at) rest += static_cast<uint64_t>(std::popcount(static_cast<uint8_t>(*at)));
  return counts[0] + counts[1] + counts[2] + counts[3] + rest;
}

uint64_t CountBits(std::string_view bytes, uint64_t first, uint64_t last) {
  const size_t begin = first >> 3;
  const size_t end = last >> 3;
  const uint64_t all = CountBits(bytes.substr(begin, end - begin + 1));
  const auto before = static_cast<uint8_t>(ByteAt(bytes, begin) & ~MaskFrom(first));
  const auto behind = static_cast<uint8_t>(ByteAt(bytes, end) & ~MaskUpTo(last));
  return all - static_cast<uint64_t>(std::popcount(before) + std::popcount(behind));
}

std::optional<uint64_t> FindBit(std::string_view bytes, uint64_t first, uint64_t last, bool bit) {
  const uint8_t skipped = bit ? 0 : 0xFF;
  size_t at = first >> 3;
  // What is looked for is a set bit here; those before the first one are none.
  auto found = static_cast<uint8_t>((ByteAt(bytes, at) ^ skipped) & MaskFrom(first));
  if (found == 0) {
    const size_t end = (last >> 3) + 1;
    at = SkipBytes(bytes, at + 1, end, skipped);
    if (at >= end) return std::nullopt;
    found = static_cast<uint8_t>(ByteAt(bytes, at) ^ skipped);
  }
  const uint64_t position = uint64_t{at} * 8 + static_cast<uint64_t>(std::countl_zero(found));
  return position <= last ? std::optional(position) : std::nullopt;
}

void CombineBits(BitOperation operation, absl::Span<const std::string_view> sources, char* result) {
  size_t size = 0;
  for (const std::string_view source : sources) size = std::max(size, source.size());
  for (size_t begin = 0; begin < size; begin += kCombinedAtOnce) {
    char* const to = result + begin;
    const size_t part = std::min(kCombinedAtOnce, size - begin);
    const std::string_view first = PartOf(sources[0], begin, part);
    if (operation == BitOperation::kNot) {
      Combine(operation, first.data(), part, to);
      continue;
    }
    if (!first.empty()) std::memcpy(to, first.data(), first.size());
    std::memset(to + first.size(), 0, part - first.size());
    for (const std::string_view whole : sources.subspan(1)) {
      const std::string_view source = PartOf(whole, begin, part);
      Combine(operation, source.data(), source.size(), to);
      // The zeros behind a source's end change nothing but an AND.
      if (operation == BitOperation::kAnd) {
        std::memset(to + source.size(), 0, part - source.size());
      }
    }
  }
}

int64_t ReadField(std::string_view bytes, FieldType type, uint64_t offset) {
  // A field of 64 bits touches 9 bytes unless it begins at a byte's border.
  char window[kWord + 1] = {};
  const std::string_view part = PartOf(bytes, offset >> 3, sizeof(window));
  if (!part.empty()) std::memcpy(window, part.data(), part.size());
  const int shift = static_cast<int>(offset & 7);
  uint64_t bits = LoadBigEndian(window) << shift;
  bits |= static_cast<uint64_t>(static_cast<uint8_t>(window[kWord])) >> (8 - shift);
  return Wrapped(type, bits >> (64 - type.bits));
}

void WriteField(char* bytes, FieldType type, uint64_t offset, int64_t value) {
  // From the last byte to the first, which have the low bits.
  auto bits = static_cast<uint64_t>(value);
  for (int left = type.bits; left > 0;) {
    const uint64_t last = offset + static_cast<uint64_t>(left) - 1;
    const int here = std::min(left, static_cast<int>(last & 7) + 1);
    const int shift = 7 - static_cast<int>(last & 7);
    const auto mask = static_cast<uint8_t>(((1u << here) - 1) << shift);
    char& byte = bytes[last >> 3];
    byte = static_cast<char>((byte & ~mask) | (static_cast<uint8_t>(bits << shift) & mask));
    bits >>= here;
    left -= here;
  }
}

std::optional<int64_t> FitField(FieldType type, int64_t value, FieldOverflow overflow) {
  const bool too_small = type.is_signed && value < MinOf(type);
  const bool too_large = value > MaxOf(type) || (!type.is_signed && value < 0);
  if (!too_small && !too_large) return value;
  return Overflowed(type, static_cast<uint64_t>(value), too_large, overflow);
}

std::optional<int64_t> AddToField(FieldType type, int64_t value, int64_t increment,
                                  FieldOverflow overflow) {
  int64_t sum;
  const bool beyond_int64 = __builtin_add_overflow(value, increment, &sum);
  const bool too_large = beyond_int64 ? increment > 0 : sum > MaxOf(type);
  const bool too_small = beyond_int64 ? increment < 0 : sum < MinOf(type);
  if (!too_small && !too_large) return sum;
  return Overflowed(type, static_cast<uint64_t>(value) + static_cast<uint64_t>(increment),
                    too_large, overflow);
}

}  // namespace redstart
