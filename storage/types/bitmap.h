#ifndef REDSTART_STORAGE_TYPES_BITMAP_H_
#define REDSTART_STORAGE_TYPES_BITMAP_H_

// Strings as rows of bits, and as arrays of small integers. Bit 0 is the most significant bit of
// the first byte, so a field that begins and ends at a byte's border is a big-endian integer: the
// numbering of Redis's SETBIT and BITFIELD, which is part of compatibility.
//
// Pure functions on bytes that the caller owns; no state, no locks. Offsets are counted in bits and
// are below 2^63.

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/types/span.h"

namespace redstart {

// Bits behind the end of a string are clear.
bool GetBit(std::string_view bytes, uint64_t offset);
// REQUIRES: the bit is inside the bytes.
void SetBit(char* bytes, uint64_t offset, bool bit);

// How many bits are set.
uint64_t CountBits(std::string_view bytes);
// The same from bit `first` to bit `last`, both included.
// REQUIRES: first <= last, and both are inside the bytes. So for FindBit.
uint64_t CountBits(std::string_view bytes, uint64_t first, uint64_t last);
// The first bit there that is set, or the first that is clear.
std::optional<uint64_t> FindBit(std::string_view bytes, uint64_t first, uint64_t last, bool bit);

enum class BitOperation : uint8_t { kAnd, kOr, kXor, kNot };
// Combines the sources, of which kNot takes one; those that are shorter than the longest one count
// as padded with zeros. `result` has room for the longest one and overlaps none of them.
// REQUIRES: there is a source.
void CombineBits(BitOperation operation, absl::Span<const std::string_view> sources, char* result);

// An integer of 1 to 64 bits, or of 1 to 63 if it has no sign, so that every value of every field
// is an int64_t.
struct FieldType {
  bool is_signed = false;
  int bits = 8;
};
// Bits behind the end of the bytes are clear.
int64_t ReadField(std::string_view bytes, FieldType type, uint64_t offset);
// Writes the low bits of `value`. REQUIRES: the field is inside the bytes.
void WriteField(char* bytes, FieldType type, uint64_t offset, int64_t value);

// What becomes of a value that a field cannot hold: its low bits, the nearest value that the field
// can hold, or nothing.
enum class FieldOverflow : uint8_t { kWrap, kSaturate, kFail };
// The value that the field gets; nullopt if it does not fit and `overflow` is kFail. A negative
// value for a field without a sign is too large, not too small, as on Redis.
std::optional<int64_t> FitField(FieldType type, int64_t value, FieldOverflow overflow);
// The same for the sum of what the field holds and an increment.
std::optional<int64_t> AddToField(FieldType type, int64_t value, int64_t increment,
                                  FieldOverflow overflow);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_BITMAP_H_
