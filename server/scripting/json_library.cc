// cjson: lua-cjson, whose encode takes its memory past Lua's allocator and ends the process if
// there is none. So what it will take is estimated first.

#include <algorithm>
#include <cmath>

#include "server/scripting/libraries.h"
#include "server/scripting/lua_vm.h"

extern "C" int luaopen_cjson(lua_State* lua);

namespace redstart {
namespace {

// What one byte of a string may become, and what other values take at most.
constexpr size_t kBytesPerByte = 6;
constexpr size_t kBytesPerValue = 32;
// An absent element of an array becomes "null,".
constexpr size_t kBytesPerHole = 5;

struct Estimate {
  lua_State* lua;
  size_t limit;
  size_t bytes = 0;
  size_t unreported_steps = 0;

  void Add(size_t more) {
    bytes += more;
    if (bytes > limit) luaL_error(lua, "not enough memory");
    if (++unreported_steps < 1024) return;
    LuaVm::Of(lua).Spend(lua, unreported_steps);
    unreported_steps = 0;
  }
};

// Adds what the value on the top takes. Shared tables count as often as they are reached.
void AddTop(Estimate& estimate) {
  lua_State* lua = estimate.lua;
  if (lua_type(lua, -1) == LUA_TSTRING) {
    return estimate.Add(kBytesPerValue + kBytesPerByte * lua_objlen(lua, -1));
  }
  estimate.Add(kBytesPerValue);
  // So deep encode itself refuses.
  if (lua_type(lua, -1) != LUA_TTABLE || !lua_checkstack(lua, 4)) return;
  LuaVm::Of(lua).CheckStack(lua);
  double largest = 0;
  double count = 0;
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    if (lua_type(lua, -2) == LUA_TNUMBER) largest = std::max(largest, lua_tonumber(lua, -2));
    if (lua_type(lua, -2) == LUA_TSTRING) {
      estimate.Add(kBytesPerValue + kBytesPerByte * lua_objlen(lua, -2));
    }
    ++count;
    AddTop(estimate);
    lua_pop(lua, 1);
  }
  const double holes = std::min(std::max(largest - count, 0.0), 4e9);
  estimate.Add(kBytesPerHole * static_cast<size_t>(holes));
}

// Upvalue: lua-cjson's encode.
int Encode(lua_State* lua) {
  if (lua_gettop(lua) == 1) {
    // It doubles its buffer as it grows.
    Estimate estimate{lua, LuaVm::Of(lua).memory_limit() / 2};
    AddTop(estimate);
  }
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  if (lua_pcall(lua, lua_gettop(lua) - 1, 1, 0) == 0) return 1;
  // The error is the caller's, whose place it names.
  if (!LuaVm::Of(lua).dying() && lua_isstring(lua, -1)) {
    luaL_where(lua, 1);
    lua_insert(lua, -2);
    lua_concat(lua, 2);
  }
  return lua_error(lua);
}

void GuardEncode(lua_State* lua) {
  lua_getfield(lua, -1, "encode");
  lua_pushcclosure(lua, Encode, 1);
  lua_setfield(lua, -2, "encode");
}

// Upvalue: lua-cjson's new, another library with options of its own.
int New(lua_State* lua) {
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_call(lua, 0, 1);
  GuardEncode(lua);
  return 1;
}

}  // namespace

void PushJsonLibrary(lua_State* lua) {
  lua_pushcfunction(lua, luaopen_cjson);
  lua_call(lua, 0, 1);
  GuardEncode(lua);
  lua_getfield(lua, -1, "new");
  lua_pushcclosure(lua, New, 1);
  lua_setfield(lua, -2, "new");
}

}  // namespace redstart
