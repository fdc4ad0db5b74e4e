#include "server/scripting/base_library.h"

#include <cstring>

#include "server/scripting/lua_vm.h"
#include "server/scripting/sandbox.h"

namespace redstart {
namespace {

// Calls the function in the first upvalue with all arguments.
int CallOriginal(lua_State* lua) {
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
  return lua_gettop(lua);
}

// --- Tables ---

int Next(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 2);
  if (PushRealTable(lua, 1)) lua_replace(lua, 1);
  if (lua_next(lua, 1) != 0) return 2;
  lua_pushnil(lua);
  return 1;
}

// Upvalue: Next.
int Pairs(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_pushvalue(lua, 1);
  lua_pushnil(lua);
  return 3;
}

int RawGet(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  lua_settop(lua, 2);
  if (PushRealTable(lua, 1)) lua_replace(lua, 1);
  lua_rawget(lua, 1);
  return 1;
}

int RawSet(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_checkany(lua, 2);
  luaL_checkany(lua, 3);
  lua_settop(lua, 3);
  RefuseIfReadOnly(lua, 1);
  lua_rawset(lua, 1);
  return 1;
}

int GetMetatable(lua_State* lua) {
  luaL_checkany(lua, 1);
  const bool is_proxy = PushRealTable(lua, 1);
  if (is_proxy) lua_replace(lua, 1);
  if (lua_getmetatable(lua, 1) == 0) {
    lua_pushnil(lua);
  } else if (is_proxy) {
    MakeReadOnly(lua);
  } else {
    lua_pushliteral(lua, "__metatable");
    lua_rawget(lua, -2);
    if (lua_isnil(lua, -1)) lua_pop(lua, 1);
  }
  return 1;
}

int SetMetatable(lua_State* lua) {
  const int type = lua_type(lua, 2);
  luaL_checktype(lua, 1, LUA_TTABLE);
  luaL_argcheck(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table expected");
  lua_settop(lua, 2);
  RefuseIfReadOnly(lua, 1);
  if (luaL_getmetafield(lua, 1, "__metatable") != 0) {
    return luaL_error(lua, "cannot change a protected metatable");
  }
  lua_setmetatable(lua, 1);
  return 1;
}

// table.insert(table, [position,] value)
int Insert(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TTABLE);
  RefuseIfReadOnly(lua, 1);
  const int end = static_cast<int>(lua_objlen(lua, 1)) + 1;
  const int count = lua_gettop(lua);
  if (count != 2 && count != 3) return luaL_error(lua, "wrong number of arguments to 'insert'");
  const int at = count == 2 ? end : luaL_checkint(lua, 2);
  LuaVm& vm = LuaVm::Of(lua);
  for (int i = end; i > at; --i) {
    vm.Spend(lua, 1);
    lua_rawgeti(lua, 1, i - 1);
    lua_rawseti(lua, 1, i);
  }
  lua_settop(lua, count);
  lua_rawseti(lua, 1, at);
  return 0;
}

// --- Errors ---

int ProtectedCall(lua_State* lua) {
  luaL_checkany(lua, 1);
  const int status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
  if (status == 0) {
    if (!lua_checkstack(lua, 1)) return luaL_error(lua, "stack overflow");
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    return lua_gettop(lua);
  }
  if (LuaVm::Of(lua).dying()) return lua_error(lua);
  // Redis 6 raised texts, and scripts rely on getting them here.
  if (lua_istable(lua, -1)) {
    lua_pushliteral(lua, "err");
    lua_rawget(lua, -2);
    if (lua_isstring(lua, -1)) {
      lua_replace(lua, -2);
    } else {
      lua_pop(lua, 1);
    }
  }
  lua_pushboolean(lua, 0);
  lua_insert(lua, -2);
  return 2;
}

// Upvalue: the script's handler, which must not see the error that ends the script: it could run
// for ever, for hooks do not run in handlers of what hooks raise.
int HandleError(lua_State* lua) {
  if (LuaVm::Of(lua).dying()) return 1;
  lua_settop(lua, 1);
  lua_pushvalue(lua, lua_upvalueindex(1));
  lua_insert(lua, 1);
  lua_call(lua, 1, 1);
  return 1;
}

int ProtectedCallWithHandler(lua_State* lua) {
  luaL_checkany(lua, 2);
  lua_settop(lua, 2);
  lua_pushcclosure(lua, HandleError, 1);
  lua_insert(lua, 1);
  const int status = lua_pcall(lua, 0, LUA_MULTRET, 1);
  if (status != 0 && LuaVm::Of(lua).dying()) return lua_error(lua);
  lua_pushboolean(lua, status == 0);
  lua_replace(lua, 1);
  return lua_gettop(lua);
}

// --- Coroutines ---

// As coroutine.status calls it.
const char* StatusOf(lua_State* lua, lua_State* coroutine) {
  if (lua == coroutine) return "running";
  if (lua_status(coroutine) == LUA_YIELD) return "suspended";
  if (lua_status(coroutine) != 0) return "dead";
  lua_Debug record;
  if (lua_getstack(coroutine, 0, &record) > 0) return "normal";
  return lua_gettop(coroutine) == 0 ? "dead" : "suspended";
}

// Resumes with the `count` values on the top. Leaves its results and returns how many, or an error
// value and returns -1. An error that ends the script goes on.
int Continue(lua_State* lua, lua_State* coroutine, int count) {
  const LuaVm& vm = LuaVm::Of(lua);
  vm.CheckStack(lua);
  if (!lua_checkstack(coroutine, count)) luaL_error(lua, "too many arguments to resume");
  const char* status = StatusOf(lua, coroutine);
  if (*status != 's') {
    lua_pushfstring(lua, "cannot resume %s coroutine", status);
    return -1;
  }
  lua_xmove(lua, coroutine, count);
  lua_setlevel(lua, coroutine);  // All of them together nest no deeper than one could.
  const int result = lua_resume(coroutine, count);
  if (result != 0 && result != LUA_YIELD) {
    lua_xmove(coroutine, lua, 1);
    if (vm.dying()) lua_error(lua);
    return -1;
  }
  const int results = lua_gettop(coroutine);
  if (!lua_checkstack(lua, results + 1)) luaL_error(lua, "too many results to resume");
  lua_xmove(coroutine, lua, results);
  return results;
}

int Resume(lua_State* lua) {
  lua_State* coroutine = lua_tothread(lua, 1);
  luaL_argcheck(lua, coroutine != nullptr, 1, "coroutine expected");
  const int results = Continue(lua, coroutine, lua_gettop(lua) - 1);
  const int returned = results < 0 ? 1 : results;
  lua_pushboolean(lua, results >= 0);
  lua_insert(lua, -(returned + 1));
  return returned + 1;
}

// Upvalue: the coroutine.
int CallWrapped(lua_State* lua) {
  lua_State* coroutine = lua_tothread(lua, lua_upvalueindex(1));
  const int results = Continue(lua, coroutine, lua_gettop(lua));
  if (results >= 0) return results;
  if (lua_isstring(lua, -1)) {  // With the place where it was called.
    luaL_where(lua, 1);
    lua_insert(lua, -2);
    lua_concat(lua, 2);
  }
  return lua_error(lua);
}

int Wrap(lua_State* lua) {
  luaL_argcheck(lua, lua_isfunction(lua, 1) && !lua_iscfunction(lua, 1), 1,
                "Lua function expected");
  lua_State* coroutine = lua_newthread(lua);
  lua_pushvalue(lua, 1);
  lua_xmove(lua, coroutine, 1);
  lua_pushcclosure(lua, CallWrapped, 1);
  return 1;
}

// --- Loading ---

// Leaves what load and loadstring answer.
int FinishLoading(lua_State* lua, int status) {
  if (status == 0) return 1;
  lua_pushnil(lua);
  lua_insert(lua, -2);
  return 2;
}

int LoadString(lua_State* lua) {
  luaL_checkstring(lua, 1);
  const std::string_view text = LuaText(lua, 1);
  return FinishLoading(lua, LoadText(lua, text, luaL_optstring(lua, 2, text.data())));
}

// Lua asks for the next piece while it compiles; here all of them come first.
int Load(lua_State* lua) {
  luaL_checktype(lua, 1, LUA_TFUNCTION);
  const char* name = luaL_optstring(lua, 2, "=(load)");
  lua_settop(lua, 2);
  lua_newtable(lua);
  int pieces = 0;
  for (;;) {
    lua_pushvalue(lua, 1);
    lua_call(lua, 0, 1);
    if (lua_isnil(lua, -1)) break;
    if (!lua_isstring(lua, -1)) return luaL_error(lua, "reader function must return a string");
    if (lua_objlen(lua, -1) == 0) break;
    lua_tolstring(lua, -1, nullptr);
    lua_rawseti(lua, 3, ++pieces);
  }
  lua_settop(lua, 3);
  luaL_Buffer text;
  luaL_buffinit(lua, &text);
  for (int i = 1; i <= pieces; ++i) {
    lua_rawgeti(lua, 3, i);
    luaL_addvalue(&text);
  }
  luaL_pushresult(&text);
  return FinishLoading(lua, LoadText(lua, LuaText(lua, -1), name));
}

// --- Environments and memory ---

int SetEnvironment(lua_State* lua) {
  // That of the thread is what the next script would get.
  if (lua_isnumber(lua, 1) && lua_tointeger(lua, 1) == 0) {
    return luaL_error(lua, "Attempt to modify a readonly table");
  }
  if (lua_isnumber(lua, 1)) {  // Levels are counted from Lua's own function.
    lua_pushinteger(lua, lua_tointeger(lua, 1) + 1);
    lua_replace(lua, 1);
  }
  return CallOriginal(lua);
}

int CollectGarbage(lua_State* lua) {
  const char* what = luaL_optstring(lua, 1, "collect");
  if (std::strcmp(what, "count") != 0 && std::strcmp(what, "collect") != 0) {
    LuaVm::Of(lua).NoteCollectorChanged();
  }
  return CallOriginal(lua);
}

// Replaces a function of the table on the top by one that has it as an upvalue.
void Replace(lua_State* lua, const char* name, lua_CFunction function) {
  lua_getfield(lua, -1, name);
  lua_pushcclosure(lua, function, 1);
  lua_setfield(lua, -2, name);
}

}  // namespace

void InstallBaseFunctions(lua_State* lua) {
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  for (const char* name : {"dofile", "loadfile", "print", "newproxy"}) {
    lua_pushnil(lua);
    lua_setfield(lua, -2, name);
  }
  SetField(lua, "next", Next);
  lua_pushcfunction(lua, Next);
  lua_pushcclosure(lua, Pairs, 1);
  lua_setfield(lua, -2, "pairs");
  SetField(lua, "rawget", RawGet);
  SetField(lua, "rawset", RawSet);
  SetField(lua, "getmetatable", GetMetatable);
  SetField(lua, "pcall", ProtectedCall);
  SetField(lua, "xpcall", ProtectedCallWithHandler);
  SetField(lua, "load", Load);
  SetField(lua, "loadstring", LoadString);
  SetField(lua, "setmetatable", SetMetatable);
  Replace(lua, "setfenv", SetEnvironment);
  Replace(lua, "collectgarbage", CollectGarbage);
  lua_getfield(lua, -1, "coroutine");
  SetField(lua, "resume", Resume);
  SetField(lua, "wrap", Wrap);
  lua_pop(lua, 1);
  lua_getfield(lua, -1, "table");
  SetField(lua, "insert", Insert);
  lua_pop(lua, 2);
}

}  // namespace redstart
