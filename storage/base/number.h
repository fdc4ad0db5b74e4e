#ifndef REDSTART_STORAGE_BASE_NUMBER_H_
#define REDSTART_STORAGE_BASE_NUMBER_H_

// Numbers as text: what counts as a number inside values, arguments and configuration, and how
// results are spelt. The rules are those of Redis 7.2, because they are part of what clients see:
// "01" and " 1" are not integers, 0.1 + 0.2 is "0.30000000000000004" as a double and "0.3" as a
// long double.
//
// Pure functions: no state, no locks, no locale (parsing always uses the C locale; the process must
// leave LC_NUMERIC alone).

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redstart {

// Canonical decimal integers only: no blanks, no '+', no leading zeros, no "-0"; nullopt for
// everything else, also out of range.
std::optional<int64_t> ParseInt64(std::string_view text);

// Longest text of an int64.
inline constexpr size_t kMaxInt64Chars = 20;

// Writes the text at `out` (room for kMaxInt64Chars) and returns its end.
inline char* FormatInt64(int64_t value, char* out) {
  return std::to_chars(out, out + kMaxInt64Chars, value).ptr;
}
std::string FormatInt64(int64_t value);
// How many characters FormatInt64 writes.
size_t Int64Chars(int64_t value);

// What strtod reads (decimal, exponent, hexadecimal, "inf"), if it is the whole text. Refused:
// leading blanks, nan, and what overflows to infinity or underflows to zero.
std::optional<double> ParseDouble(std::string_view text);
// The same for long double, up to 5 KiB of text.
std::optional<long double> ParseLongDouble(std::string_view text);

// Longest text of FormatDouble: sign, 17 digits, point, "e-308".
inline constexpr size_t kMaxDoubleChars = 32;

// The shortest digits that read back as the same double: "3", "0.1", "1e-7", "1.5e+25", "inf",
// "nan", "-0".
char* FormatDouble(double value, char* out);
std::string FormatDouble(double value);

// For people: 17 decimals, then trailing zeros cut; never an exponent. What INCRBYFLOAT stores.
std::string FormatLongDouble(long double value);

// "100", "1k" (1000), "1kb" (1024), likewise m, mb, g, gb and b, in any case. No digits mean 0, as
// in Redis; nullopt for other units, a sign, or more than 64 bits hold.
std::optional<uint64_t> ParseMemorySize(std::string_view text);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_NUMBER_H_
