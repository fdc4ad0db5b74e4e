#include "storage/base/number.h"

#include <locale.h>
#include <stdlib.h>

#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>

namespace redstart {
namespace {

constexpr size_t kMaxLongDoubleText = 5 * 1024;
constexpr int kMaxDigits = 17;

bool IsBlank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char* Copy(const char* text, size_t size, char* out) {
  std::memcpy(out, text, size);
  return out + size;
}

char* Zeros(int count, char* out) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

// Lays out digits * 10^scale as Redis 7.2 does: plain where few zeros must be added, else
// d.ddde+XX.
char* LayOut(const char* digits, int count, int scale, char* out) {
  const int exponent = scale + count - 1;
  const int magnitude = std::abs(exponent);
  if (scale >= 0 && magnitude < count + 7) return Zeros(scale, Copy(digits, count, out));
  if (scale < 0 && (scale > -7 || magnitude < 4)) {
    const int whole = count + scale;
    if (whole <= 0) return Copy(digits, count, Zeros(-whole, Copy("0.", 2, out)));
    out = Copy(digits, whole, out);
    *out++ = '.';
    return Copy(digits + whole, count - whole, out);
  }
  *out++ = digits[0];
  if (count > 1) {
    *out++ = '.';
    out = Copy(digits + 1, count - 1, out);
  }
  *out++ = 'e';
  *out++ = exponent < 0 ? '-' : '+';
  return std::to_chars(out, out + 3, magnitude).ptr;
}

locale_t CLocale() {
  static const locale_t locale = newlocale(LC_ALL_MASK, "C", nullptr);
  return locale;
}

// strtod and strtold want a NUL behind the text, and stop at one inside it.
template <typename Float, typename Convert>
std::optional<Float> ParseWith(Convert convert, std::string_view text) {
  if (text.empty() || IsBlank(text[0])) return std::nullopt;
  char stack[256];
  std::string heap;
  const char* begin = stack;
  if (text.size() < sizeof(stack)) {
    *Copy(text.data(), text.size(), stack) = '\0';
  } else {
    heap = text;
    begin = heap.c_str();
  }
  char* end = nullptr;
  errno = 0;
  const Float value = convert(begin, &end, CLocale());
  if (end != begin + text.size() || std::isnan(value)) return std::nullopt;
  // A denormal result sets ERANGE too, and is fine.
  if (errno == ERANGE && (std::isinf(value) || value == 0)) return std::nullopt;
  return value;
}

}  // namespace

std::optional<int64_t> ParseInt64(std::string_view text) {
  if (text.empty() || text.size() > kMaxInt64Chars) return std::nullopt;
  const bool negative = text[0] == '-';
  const char* p = text.data() + (negative ? 1 : 0);
  const char* const end = text.data() + text.size();
  if (p == end || *p < '0' || *p > '9') return std::nullopt;
  if (*p == '0') {
    if (text.size() != 1) return std::nullopt;
    return 0;
  }
  int64_t value = 0;
  if (end - p <= 18) {  // cannot overflow
    for (; p != end; ++p) {
      const unsigned digit = static_cast<unsigned char>(*p) - '0';
      if (digit > 9) return std::nullopt;
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string FormatInt64(int64_t value) {
  char text[kMaxInt64Chars];
  return std::string(text, FormatInt64(value, text));
}

size_t Int64Chars(int64_t value) {
  char text[kMaxInt64Chars];
  return static_cast<size_t>(FormatInt64(value, text) - text);
}

std::optional<double> ParseDouble(std::string_view text) {
  if (const auto integer = ParseInt64(text)) return static_cast<double>(*integer);
  // from_chars is several times faster and agrees on what it accepts; what it does not, and all
  // results at the edges of the range, are left to strtod.
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size() && std::isnormal(value)) {
    return value;
  }
  return ParseWith<double>(strtod_l, text);
}

std::optional<long double> ParseLongDouble(std::string_view text) {
  if (text.size() >= kMaxLongDoubleText) return std::nullopt;
  return ParseWith<long double>(strtold_l, text);
}

char* FormatDouble(double value, char* out) {
  if (std::isnan(value)) return Copy("nan", 3, out);
  if (std::isinf(value)) return value < 0 ? Copy("-inf", 4, out) : Copy("inf", 3, out);
  if (value == 0) return std::signbit(value) ? Copy("-0", 2, out) : Copy("0", 1, out);
  // Whole numbers up to half of int64's range are printed as integers, however many zeros that
  // takes.
  constexpr double kIntegerLimit = static_cast<double>(std::numeric_limits<int64_t>::max() / 2);
  if (std::abs(value) <= kIntegerLimit && value == std::trunc(value)) {
    return FormatInt64(static_cast<int64_t>(value), out);
  }
  if (value < 0) *out++ = '-';
  char text[kMaxDoubleChars];
  const char* const end =
      std::to_chars(text, text + sizeof(text), std::abs(value), std::chars_format::scientific).ptr;
  // "d.ddde-XX": take the digits and the exponent apart.
  char digits[kMaxDigits + 1];
  int count = 0;
  const char* p = text;
  for (; *p != 'e'; ++p) {
    if (*p != '.') digits[count++] = *p;
  }
  ++p;
  if (*p == '+') ++p;
  int exponent = 0;
  std::from_chars(p, end, exponent);
  return LayOut(digits, count, exponent - (count - 1), out);
}

std::string FormatDouble(double value) {
  char text[kMaxDoubleChars];
  return std::string(text, FormatDouble(value, text));
}

std::string FormatLongDouble(long double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[kMaxLongDoubleText];
  int size = std::snprintf(text, sizeof(text), "%.17Lf", value);
  // 4,933 digits before the point are the most a long double has.
  while (text[size - 1] == '0') --size;
  if (text[size - 1] == '.') --size;
  const std::string_view shown(text, static_cast<size_t>(size));
  return shown == "-0" ? "0" : std::string(shown);
}

std::optional<uint64_t> ParseMemorySize(std::string_view text) {
  constexpr struct {
    std::string_view unit;
    uint64_t bytes;
  } kUnits[] = {{"", 1},
                {"b", 1},
                {"k", 1000},
                {"kb", 1024},
                {"m", 1000 * 1000},
                {"mb", 1024 * 1024},
                {"g", 1000ULL * 1000 * 1000},
                {"gb", 1024ULL * 1024 * 1024}};
  uint64_t count = 0;
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits != 0) {
    const auto result = std::from_chars(text.data(), text.data() + digits, count);
    if (result.ec != std::errc()) return std::nullopt;
  }
  std::string unit(text.substr(digits));
  for (char& c : unit) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const auto& [name, bytes] : kUnits) {
    if (unit != name) continue;
    if (count > std::numeric_limits<uint64_t>::max() / bytes) return std::nullopt;
    return count * bytes;
  }
  return std::nullopt;
}

}  // namespace redstart
