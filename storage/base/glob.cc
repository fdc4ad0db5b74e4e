#include "storage/base/glob.h"

#include <cstddef>
#include <utility>

namespace redstart {
namespace {

constexpr int kMaxStars = 1000;

// Bytes are compared as signed, so that ranges across 0x80 mean what they mean in Redis.
int Fold(int c, bool fold) {
  return fold && c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

// Matches one text byte against the class whose '[' stands at pattern[*at]; moves *at behind the
// class. A class that is not closed ends with the pattern.
bool ClassMatches(std::string_view pattern, size_t* at, char byte, bool fold) {
  size_t i = *at + 1;
  const bool negated = i < pattern.size() && pattern[i] == '^';
  if (negated) ++i;
  bool found = false;
  for (; i < pattern.size() && pattern[i] != ']'; ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) {
      // Escaped letters are compared exactly, whatever the case option.
      ++i;
      found |= pattern[i] == byte;
    } else if (i + 2 < pattern.size() && pattern[i + 1] == '-') {
      int low = static_cast<signed char>(pattern[i]);
      int high = static_cast<signed char>(pattern[i + 2]);
      if (low > high) std::swap(low, high);
      const int value = Fold(static_cast<signed char>(byte), fold);
      found |= value >= Fold(low, fold) && value <= Fold(high, fold);
      i += 2;
    } else {
      found |= Fold(pattern[i], fold) == Fold(byte, fold);
    }
  }
  *at = i < pattern.size() ? i + 1 : i;
  return found != negated;
}

// Matches one text byte against the pattern element at *at, which is not a star; moves *at behind
// the element.
bool ElementMatches(std::string_view pattern, size_t* at, char byte, bool fold) {
  switch (pattern[*at]) {
    case '?':
      ++*at;
      return true;
    case '[':
      return ClassMatches(pattern, at, byte, fold);
    case '\\':
      if (*at + 1 < pattern.size()) ++*at;
      break;
    default:
      break;
  }
  return Fold(pattern[(*at)++], fold) == Fold(byte, fold);
}

}  // namespace

bool GlobMatches(std::string_view pattern, std::string_view text, GlobCase letter_case) {
  if (pattern.empty() || text.empty()) return pattern.empty() && text.empty();
  const bool fold = letter_case == GlobCase::kInsensitive;
  size_t p = 0;
  size_t t = 0;
  // Behind the last star: where its pattern goes on, and the first text byte it does not cover.
  size_t star_p = std::string_view::npos;
  size_t star_t = 0;
  int stars = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      while (p < pattern.size() && pattern[p] == '*') ++p;
      if (p == pattern.size()) return true;
      if (++stars > kMaxStars) return false;
      star_p = p;
      star_t = t;
    } else if (p < pattern.size() && ElementMatches(pattern, &p, text[t], fold)) {
      ++t;
    } else {
      if (star_p == std::string_view::npos) return false;
      p = star_p;
      t = ++star_t;
    }
    if (t == text.size()) {
      while (p < pattern.size() && pattern[p] == '*') ++p;
      if (p == pattern.size()) return true;
      if (star_p == std::string_view::npos || star_t + 1 >= text.size()) return false;
      p = star_p;
      t = ++star_t;
    }
  }
  return false;
}

}  // namespace redstart
