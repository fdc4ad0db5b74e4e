#include "protocol/number_text.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace redstart {
namespace {

constexpr int kMaxDigits = 17;

char* Copy(const char* text, size_t size, char* out) {
  std::memcpy(out, text, size);
  return out + size;
}

char* Zeros(int count, char* out) {
  std::memset(out, '0', static_cast<size_t>(count));
  return out + count;
}

// Lays out digits * 10^scale. Plain up to 6 added zeros and down to 0.000001 or so, else d.ddde+XX.
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

}  // namespace

bool ParseWireInteger(std::string_view text, int64_t* value) {
  if (text.empty()) return false;
  const bool negative = text[0] == '-';
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return false;
  if (digits[0] == '0' && text.size() > 1) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

char* FormatWireDouble(double value, char* out) {
  if (std::isnan(value)) return Copy("nan", 3, out);
  if (std::isinf(value)) return value < 0 ? Copy("-inf", 4, out) : Copy("inf", 3, out);
  if (value == 0) return std::signbit(value) ? Copy("-0", 2, out) : Copy("0", 1, out);
  // Whole numbers up to half of int64's range are printed as integers, however many zeros that
  // takes.
  constexpr double kIntegerLimit = static_cast<double>(std::numeric_limits<int64_t>::max() / 2);
  if (std::abs(value) <= kIntegerLimit && value == std::trunc(value)) {
    return std::to_chars(out, out + kMaxWireDoubleChars, static_cast<int64_t>(value)).ptr;
  }
  if (value < 0) *out++ = '-';
  char text[kMaxWireDoubleChars];
  const char* end =
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

}  // namespace redstart
