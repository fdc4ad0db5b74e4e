#include "server/scripting/lua_pattern.h"

#include <cctype>
#include <cstring>

namespace redstart {
namespace {

constexpr char kEscape = '%';
// Each level takes some 150 bytes of the stack.
constexpr int kMaxDepth = 4000;
constexpr int kStepsPerLook = 1024;

int Byte(char c) {
  return static_cast<unsigned char>(c);
}

// %a and its relatives; a capital letter means all others.
bool IsInClass(int c, char name) {
  bool is_in = false;
  switch (std::tolower(Byte(name))) {
    case 'a':
      is_in = std::isalpha(c);
      break;
    case 'c':
      is_in = std::iscntrl(c);
      break;
    case 'd':
      is_in = std::isdigit(c);
      break;
    case 'l':
      is_in = std::islower(c);
      break;
    case 'p':
      is_in = std::ispunct(c);
      break;
    case 's':
      is_in = std::isspace(c);
      break;
    case 'u':
      is_in = std::isupper(c);
      break;
    case 'w':
      is_in = std::isalnum(c);
      break;
    case 'x':
      is_in = std::isxdigit(c);
      break;
    case 'z':
      is_in = c == 0;
      break;
    default:
      return Byte(name) == c;
  }
  return is_in != static_cast<bool>(std::isupper(Byte(name)));
}

// `set` points to '[', `last` to the ']' that ends it.
bool IsInSet(int c, const char* set, const char* last) {
  bool found = true;
  if (set[1] == '^') {
    found = false;
    ++set;
  }
  while (++set < last) {
    if (*set == kEscape) {
      ++set;
      if (IsInClass(c, *set)) return found;
    } else if (set[1] == '-' && set + 2 < last) {
      if (Byte(set[0]) <= c && c <= Byte(set[2])) return found;
      set += 2;
    } else if (Byte(*set) == c) {
      return found;
    }
  }
  return !found;
}

}  // namespace

LuaPattern::LuaPattern(lua_State* lua, const char* subject, size_t size, const char* pattern)
    : lua_(lua),
      vm_(&LuaVm::Of(lua)),
      begin_(subject),
      end_(subject + size),
      pattern_(pattern),
      anchored_(*pattern == '^') {
  if (anchored_) ++pattern_;
}

void LuaPattern::Step() {
  if (++steps_ < kStepsPerLook) return;
  steps_ = 0;
  vm_->Spend(lua_, kStepsPerLook);
}

const char* LuaPattern::MatchAt(const char* from) {
  captures_count_ = 0;
  depth_ = 0;
  return Match(from, pattern_);
}

const char* LuaPattern::Match(const char* at, const char* pattern) {
  if (++depth_ > kMaxDepth) luaL_error(lua_, "pattern too complex");
  const char* result = nullptr;
  for (bool done = false; !done;) {
    Step();
    const char next = *pattern == '\0' ? '\0' : pattern[1];
    if (*pattern == '\0') {
      result = at;
      break;
    }
    if (*pattern == '(') {
      result = next == ')' ? OpenCapture(at, pattern + 2, kPosition)
                           : OpenCapture(at, pattern + 1, kOpen);
      break;
    }
    if (*pattern == ')') {
      result = CloseCapture(at, pattern + 1);
      break;
    }
    if (*pattern == '$' && next == '\0') {
      result = at == end_ ? at : nullptr;
      break;
    }
    if (*pattern == kEscape && next == 'b') {
      at = MatchBalance(at, pattern + 2);
      pattern += 4;
      done = at == nullptr;
      continue;
    }
    if (*pattern == kEscape && next == 'f') {
      pattern += 2;
      if (*pattern != '[') luaL_error(lua_, "missing '[' after '%%f' in pattern");
      const char* set_end = EndOfItem(pattern);
      done = !IsFrontier(at, pattern, set_end);
      pattern = set_end;
      continue;
    }
    if (*pattern == kEscape && std::isdigit(Byte(next))) {
      at = MatchBackReference(at, next);
      pattern += 2;
      done = at == nullptr;
      continue;
    }
    const char* item_end = EndOfItem(pattern);
    if (*item_end == '*' || *item_end == '+' || *item_end == '-') {
      result = MatchItem(at, pattern, item_end);
      break;
    }
    const bool matches = MatchesOne(at, pattern, item_end);
    if (*item_end == '?') {
      if (matches) result = Match(at + 1, item_end + 1);
      if (result != nullptr) break;
      pattern = item_end + 1;
    } else {
      done = !matches;
      ++at;
      pattern = item_end;
    }
  }
  --depth_;
  return result;
}

const char* LuaPattern::MatchItem(const char* at, const char* pattern, const char* item_end) {
  switch (*item_end) {
    case '*':
      return MatchLongest(at, pattern, item_end);
    case '+':
      return MatchesOne(at, pattern, item_end) ? MatchLongest(at + 1, pattern, item_end) : nullptr;
    default:
      return MatchShortest(at, pattern, item_end);
  }
}

const char* LuaPattern::MatchLongest(const char* at, const char* pattern, const char* item_end) {
  ptrdiff_t count = 0;
  while (MatchesOne(at + count, pattern, item_end)) {
    Step();
    ++count;
  }
  for (; count >= 0; --count) {
    const char* result = Match(at + count, item_end + 1);
    if (result != nullptr) return result;
  }
  return nullptr;
}

const char* LuaPattern::MatchShortest(const char* at, const char* pattern, const char* item_end) {
  for (;;) {
    const char* result = Match(at, item_end + 1);
    if (result != nullptr) return result;
    if (!MatchesOne(at, pattern, item_end)) return nullptr;
    ++at;
  }
}

const char* LuaPattern::MatchBalance(const char* at, const char* pattern) {
  if (pattern[0] == '\0' || pattern[1] == '\0') luaL_error(lua_, "unbalanced pattern");
  if (*at != pattern[0] || at == end_) return nullptr;
  int depth = 1;
  while (++at < end_) {
    Step();
    if (*at == pattern[1]) {
      if (--depth == 0) return at + 1;
    } else if (*at == pattern[0]) {
      ++depth;
    }
  }
  return nullptr;
}

bool LuaPattern::IsFrontier(const char* at, const char* set, const char* set_end) const {
  const int before = at == begin_ ? 0 : Byte(at[-1]);
  return !IsInSet(before, set, set_end - 1) && IsInSet(Byte(*at), set, set_end - 1);
}

const char* LuaPattern::MatchBackReference(const char* at, char digit) {
  const int number = digit - '1';
  if (number < 0 || number >= captures_count_ || captures_[number].size == kOpen) {
    luaL_error(lua_, "invalid capture index");
  }
  // That of a position is too long for every subject.
  const auto size = static_cast<size_t>(captures_[number].size);
  if (static_cast<size_t>(end_ - at) < size) return nullptr;
  return std::memcmp(captures_[number].begin, at, size) == 0 ? at + size : nullptr;
}

const char* LuaPattern::OpenCapture(const char* at, const char* pattern, ptrdiff_t what) {
  if (captures_count_ >= kMaxCaptures) luaL_error(lua_, "too many captures");
  captures_[captures_count_++] = {at, what};
  const char* result = Match(at, pattern);
  if (result == nullptr) --captures_count_;
  return result;
}

const char* LuaPattern::CloseCapture(const char* at, const char* pattern) {
  Capture& capture = captures_[CaptureToClose()];
  capture.size = at - capture.begin;
  const char* result = Match(at, pattern);
  if (result == nullptr) capture.size = kOpen;
  return result;
}

int LuaPattern::CaptureToClose() const {
  for (int i = captures_count_ - 1; i >= 0; --i) {
    if (captures_[i].size == kOpen) return i;
  }
  return luaL_error(lua_, "invalid pattern capture");
}

const char* LuaPattern::EndOfItem(const char* item) const {
  const char first = *item++;
  if (first == kEscape) {
    if (*item == '\0') luaL_error(lua_, "malformed pattern (ends with '%%')");
    return item + 1;
  }
  if (first != '[') return item;
  if (*item == '^') ++item;
  do {  // A ']' that stands first is an element.
    if (*item == '\0') luaL_error(lua_, "malformed pattern (missing ']')");
    if (*item++ == kEscape && *item != '\0') ++item;
  } while (*item != ']');
  return item + 1;
}

bool LuaPattern::MatchesOne(const char* at, const char* item, const char* item_end) {
  if (at >= end_) return false;
  switch (*item) {
    case '.':
      return true;
    case kEscape:
      return IsInClass(Byte(*at), item[1]);
    case '[':
      return IsInSet(Byte(*at), item, item_end - 1);
    default:
      return *item == *at;
  }
}

int LuaPattern::PushCaptures(const char* begin, const char* end) {
  const int count = captures_count_ == 0 && begin != nullptr ? 1 : captures_count_;
  luaL_checkstack(lua_, count, "too many captures");
  for (int i = 0; i < count; ++i) PushCapture(i, begin, end);
  return count;
}

void LuaPattern::PushCapture(int number, const char* begin, const char* end) {
  if (number >= captures_count_) {
    if (number != 0) luaL_error(lua_, "invalid capture index");
    lua_pushlstring(lua_, begin, static_cast<size_t>(end - begin));
    return;
  }
  const Capture& capture = captures_[number];
  if (capture.size == kOpen) luaL_error(lua_, "unfinished capture");
  if (capture.size == kPosition) {
    lua_pushinteger(lua_, capture.begin - begin_ + 1);
  } else {
    lua_pushlstring(lua_, capture.begin, static_cast<size_t>(capture.size));
  }
}

}  // namespace redstart
