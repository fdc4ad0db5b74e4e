#ifndef REDSTART_SERVER_SCRIPTING_LUA_H_
#define REDSTART_SERVER_SCRIPTING_LUA_H_

// The C API of PUC Lua 5.1, and how it is used here.
//
// Lua raises errors with longjmp, which runs no destructors. So a function that Lua calls keeps
// nothing alive that has one when it calls an API function that may raise (nearly all of them: each
// may need memory). What needs such objects is done in a function of its own that calls no Lua.
// Threads. A lua_State is used by one thread at a time.

extern "C" {
#include <lua5.1/lauxlib.h>
#include <lua5.1/lua.h>
#include <lua5.1/lualib.h>
}

#include <string_view>

namespace redstart {

// The string at `index`. REQUIRES: it is one.
inline std::string_view LuaText(lua_State* lua, int index) {
  size_t size = 0;
  const char* text = lua_tolstring(lua, index, &size);
  return {text, size};
}

inline void PushText(lua_State* lua, std::string_view text) {
  lua_pushlstring(lua, text.data(), text.size());
}

// Sets a field of the table on the top, past any metatable.
inline void SetField(lua_State* lua, const char* name, lua_CFunction function) {
  lua_pushstring(lua, name);
  lua_pushcfunction(lua, function);
  lua_rawset(lua, -3);
}

// Pushes what redis.call raises and redis.pcall returns: a table whose "err" is the error. "-CODE
// text" stands for itself, other texts get the code ERR. As Redis does, the text ends at a zero
// byte.
void PushError(lua_State* lua, std::string_view text);
// Raises it.
int RaiseError(lua_State* lua, std::string_view text);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LUA_H_
