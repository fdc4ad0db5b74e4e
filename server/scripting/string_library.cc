#include "server/scripting/string_library.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "server/scripting/lua_pattern.h"

namespace redstart {
namespace {

constexpr char kSpecials[] = "^$*+?.([%-";

// Counted from 1, or from the end if negative.
ptrdiff_t Position(ptrdiff_t position, size_t size) {
  if (position < 0) position += static_cast<ptrdiff_t>(size) + 1;
  return std::max<ptrdiff_t>(position, 0);
}

// The common part of find and match.
int Search(lua_State* lua, bool is_find) {
  size_t size = 0;
  size_t pattern_size = 0;
  const char* subject = luaL_checklstring(lua, 1, &size);
  const char* pattern = luaL_checklstring(lua, 2, &pattern_size);
  ptrdiff_t first = Position(luaL_optinteger(lua, 3, 1), size) - 1;
  first = std::clamp<ptrdiff_t>(first, 0, static_cast<ptrdiff_t>(size));
  const char* at = subject + first;
  if (is_find && (lua_toboolean(lua, 4) || std::strpbrk(pattern, kSpecials) == nullptr)) {
    const std::string_view rest(at, size - static_cast<size_t>(first));
    const void* found = memmem(rest.data(), rest.size(), pattern, pattern_size);
    if (found == nullptr) {
      lua_pushnil(lua);
      return 1;
    }
    const ptrdiff_t begin = static_cast<const char*>(found) - subject;
    lua_pushinteger(lua, begin + 1);
    lua_pushinteger(lua, begin + static_cast<ptrdiff_t>(pattern_size));
    return 2;
  }
  LuaPattern matcher(lua, subject, size, pattern);
  do {
    const char* end = matcher.MatchAt(at);
    if (end == nullptr) continue;
    if (!is_find) return matcher.PushCaptures(at, end);
    lua_pushinteger(lua, at - subject + 1);
    lua_pushinteger(lua, end - subject);
    return matcher.PushCaptures(nullptr, nullptr) + 2;
  } while (at++ < matcher.subject_end() && !matcher.is_anchored());
  lua_pushnil(lua);
  return 1;
}

int Find(lua_State* lua) {
  return Search(lua, true);
}

int Match(lua_State* lua) {
  return Search(lua, false);
}

// Upvalues: subject, pattern, where to go on.
int NextMatch(lua_State* lua) {
  size_t size = 0;
  const char* subject = lua_tolstring(lua, lua_upvalueindex(1), &size);
  LuaPattern matcher(lua, subject, size, lua_tostring(lua, lua_upvalueindex(2)));
  matcher.TakeAnchorLiterally();
  for (const char* at = subject + lua_tointeger(lua, lua_upvalueindex(3));
       at <= matcher.subject_end(); ++at) {
    const char* end = matcher.MatchAt(at);
    if (end == nullptr) continue;
    // An empty match must not be found again.
    lua_pushinteger(lua, end - subject + (end == at ? 1 : 0));
    lua_replace(lua, lua_upvalueindex(3));
    return matcher.PushCaptures(at, end);
  }
  return 0;
}

int GlobalMatch(lua_State* lua) {
  luaL_checkstring(lua, 1);
  luaL_checkstring(lua, 2);
  lua_settop(lua, 2);
  lua_pushinteger(lua, 0);
  lua_pushcclosure(lua, NextMatch, 3);
  return 1;
}

// Adds the replacement text with its captures in place of %0 to %9.
void AddReplacementText(lua_State* lua, LuaPattern& matcher, const char* begin, const char* end,
                        luaL_Buffer* out) {
  const std::string_view text = LuaText(lua, 3);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      luaL_addchar(out, text[i]);
      continue;
    }
    // A '%' at the end stands before the zero behind the text.
    const char next = text.data()[++i];
    if (!std::isdigit(static_cast<unsigned char>(next))) {
      luaL_addchar(out, next);
    } else if (next == '0') {
      luaL_addlstring(out, begin, static_cast<size_t>(end - begin));
    } else {
      matcher.PushCapture(next - '1', begin, end);
      luaL_addvalue(out);
    }
  }
}

void AddReplacement(lua_State* lua, LuaPattern& matcher, const char* begin, const char* end,
                    luaL_Buffer* out) {
  switch (lua_type(lua, 3)) {
    case LUA_TFUNCTION: {
      lua_pushvalue(lua, 3);
      const int count = matcher.PushCaptures(begin, end);
      lua_call(lua, count, 1);
      break;
    }
    case LUA_TTABLE:
      matcher.PushCapture(0, begin, end);
      lua_gettable(lua, 3);
      break;
    default:
      return AddReplacementText(lua, matcher, begin, end, out);
  }
  if (!lua_toboolean(lua, -1)) {
    lua_pop(lua, 1);
    lua_pushlstring(lua, begin, static_cast<size_t>(end - begin));  // Stays as it is.
  } else if (!lua_isstring(lua, -1)) {
    luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
  }
  luaL_addvalue(out);
}

int Substitute(lua_State* lua) {
  size_t size = 0;
  const char* at = luaL_checklstring(lua, 1, &size);
  const char* pattern = luaL_checkstring(lua, 2);
  const int type = lua_type(lua, 3);
  const int most = luaL_optint(lua, 4, static_cast<int>(size + 1));
  luaL_argcheck(
      lua,
      type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
      "string/function/table expected");
  // A number becomes text once, here, and not while the buffer's pieces are on the stack.
  if (type == LUA_TNUMBER) lua_tolstring(lua, 3, nullptr);
  LuaPattern matcher(lua, at, size, pattern);
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  int count = 0;
  while (count < most) {
    const char* end = matcher.MatchAt(at);
    if (end != nullptr) {
      ++count;
      AddReplacement(lua, matcher, at, end, &out);
    }
    if (end != nullptr && end > at) {
      at = end;
    } else if (at < matcher.subject_end()) {
      luaL_addchar(&out, *at);
      ++at;
    } else {
      break;
    }
    if (matcher.is_anchored()) break;
  }
  luaL_addlstring(&out, at, static_cast<size_t>(matcher.subject_end() - at));
  luaL_pushresult(&out);
  lua_pushinteger(lua, count);
  return 2;
}

int Repeat(lua_State* lua) {
  size_t size = 0;
  const char* text = luaL_checklstring(lua, 1, &size);
  const auto count = static_cast<size_t>(std::max(luaL_checkint(lua, 2), 0));
  if (size == 0 || count == 0) {
    lua_pushliteral(lua, "");
    return 1;
  }
  const LuaVm& vm = LuaVm::Of(lua);
  // Built beside and then copied: it takes its size twice.
  if (size > vm.memory_limit() / 2 / count) return luaL_error(lua, "not enough memory");
  const size_t total = size * count;
  auto* bytes = static_cast<char*>(lua_newuserdata(lua, total));
  std::memcpy(bytes, text, size);
  for (size_t done = size; done < total;) {
    const size_t more = std::min(done, total - done);
    std::memcpy(bytes + done, bytes, more);
    done += more;
  }
  lua_pushlstring(lua, bytes, total);
  return 1;
}

}  // namespace

void InstallStringFunctions(lua_State* lua) {
  SetField(lua, "find", Find);
  SetField(lua, "match", Match);
  SetField(lua, "gmatch", GlobalMatch);
  SetField(lua, "gfind", GlobalMatch);  // Its older name.
  SetField(lua, "gsub", Substitute);
  SetField(lua, "rep", Repeat);
}

}  // namespace redstart
