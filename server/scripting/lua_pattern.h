#ifndef REDSTART_SERVER_SCRIPTING_LUA_PATTERN_H_
#define REDSTART_SERVER_SCRIPTING_LUA_PATTERN_H_

// Lua's patterns (reference manual of Lua 5.1, section 5.4.1), matched in a bounded depth and so
// that the script can be ended meanwhile: Lua's own matcher overflows the machine's stack on
// patterns with many repetitions, and backtracks for ever on some.
//
// A plain value on the stack of a library function; raises Lua's errors (see lua.h).

#include <cstddef>

#include "server/scripting/lua_vm.h"

namespace redstart {

class LuaPattern {
 public:
  static constexpr int kMaxCaptures = 32;

  // REQUIRES: both are zero-terminated, as Lua's strings are; the pattern ends at its first zero.
  LuaPattern(lua_State* lua, const char* subject, size_t size, const char* pattern);

  bool is_anchored() const { return anchored_; }
  // gmatch knows no anchor: there '^' is a character like others.
  void TakeAnchorLiterally() {
    if (anchored_) --pattern_;
    anchored_ = false;
  }
  const char* subject() const { return begin_; }
  const char* subject_end() const { return end_; }

  // The end of a match that begins exactly at `from`, or null.
  const char* MatchAt(const char* from);

  // Pushes what the last match, from `begin` to `end`, has captured; without captures all of it,
  // unless `begin` is null. Returns how many values.
  int PushCaptures(const char* begin, const char* end);
  void PushCapture(int number, const char* begin, const char* end);

 private:
  // In place of a length: not closed yet; captures a position.
  static constexpr ptrdiff_t kOpen = -1;
  static constexpr ptrdiff_t kPosition = -2;
  struct Capture {
    const char* begin;
    ptrdiff_t size;
  };

  const char* Match(const char* at, const char* pattern);
  const char* MatchItem(const char* at, const char* pattern, const char* item_end);
  const char* MatchLongest(const char* at, const char* pattern, const char* item_end);
  const char* MatchShortest(const char* at, const char* pattern, const char* item_end);
  const char* MatchBalance(const char* at, const char* pattern);
  bool IsFrontier(const char* at, const char* set, const char* set_end) const;
  const char* MatchBackReference(const char* at, char digit);
  const char* OpenCapture(const char* at, const char* pattern, ptrdiff_t what);
  const char* CloseCapture(const char* at, const char* pattern);
  int CaptureToClose() const;
  const char* EndOfItem(const char* item) const;
  bool MatchesOne(const char* at, const char* item, const char* item_end);
  void Step();

  lua_State* lua_;
  LuaVm* vm_;
  const char* begin_;
  const char* end_;
  const char* pattern_;
  bool anchored_ = false;
  int depth_ = 0;
  int steps_ = 0;
  int captures_count_ = 0;
  Capture captures_[kMaxCaptures];
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LUA_PATTERN_H_
