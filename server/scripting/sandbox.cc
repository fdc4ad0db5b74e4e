#include "server/scripting/sandbox.h"

#include "server/scripting/base_library.h"
#include "server/scripting/libraries.h"
#include "server/scripting/lua_vm.h"
#include "server/scripting/string_library.h"

namespace redstart {
namespace {

// Places in Lua's registry: the addresses name them.
char real_globals_place;
char common_globals_place;
// In a proxy's metatable, where the real table stands.
char real_table_place;

constexpr char kReadOnly[] = "Attempt to modify a readonly table";

int RefuseAssignment(lua_State* lua) {
  return luaL_error(lua, kReadOnly);
}

int RefuseUnknownGlobal(lua_State* lua) {
  if (lua_gettop(lua) != 2) return luaL_error(lua, "Wrong number of arguments");
  if (!lua_isstring(lua, 2)) return luaL_error(lua, "The name of a global must be a string");
  return luaL_error(lua, "Script attempted to access nonexistent global variable '%s'",
                    lua_tostring(lua, 2));
}

void SetInRegistry(lua_State* lua, char* place) {
  lua_pushlightuserdata(lua, place);
  lua_insert(lua, -2);
  lua_rawset(lua, LUA_REGISTRYINDEX);
}

void GetFromRegistry(lua_State* lua, char* place) {
  lua_pushlightuserdata(lua, place);
  lua_rawget(lua, LUA_REGISTRYINDEX);
}

void Open(lua_State* lua, lua_CFunction open, const char* name) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

// Strings have a metatable that scripts can ask for. The globals are on the top.
void ProtectStrings(lua_State* lua) {
  lua_pushliteral(lua, "");
  lua_getmetatable(lua, -1);
  lua_newtable(lua);
  lua_getfield(lua, -4, "string");
  lua_setfield(lua, -2, "__index");
  MakeReadOnly(lua);
  lua_setfield(lua, -2, "__metatable");
  lua_pop(lua, 2);
}

}  // namespace

bool PushRealTable(lua_State* lua, int index) {
  if (lua_type(lua, index) != LUA_TTABLE || lua_getmetatable(lua, index) == 0) return false;
  lua_pushlightuserdata(lua, &real_table_place);
  lua_rawget(lua, -2);
  lua_remove(lua, -2);
  if (!lua_isnil(lua, -1)) return true;
  lua_pop(lua, 1);
  return false;
}

void RefuseIfReadOnly(lua_State* lua, int index) {
  if (!PushRealTable(lua, index)) return;
  // Without the place, which Redis does not name here either.
  lua_pushstring(lua, kReadOnly);
  lua_error(lua);
}

void MakeReadOnly(lua_State* lua) {
  lua_newtable(lua);  // The proxy.
  lua_newtable(lua);  // Its metatable.
  lua_pushlightuserdata(lua, &real_table_place);
  lua_pushvalue(lua, -4);
  lua_rawset(lua, -3);
  lua_pushliteral(lua, "__index");
  lua_pushvalue(lua, -4);
  lua_rawset(lua, -3);
  SetField(lua, "__newindex", RefuseAssignment);
  lua_setmetatable(lua, -2);
  lua_remove(lua, -2);
}

void OpenSandbox(lua_State* lua, int random_seed) {
  Open(lua, luaopen_base, "");
  Open(lua, luaopen_table, LUA_TABLIBNAME);
  Open(lua, luaopen_string, LUA_STRLIBNAME);
  Open(lua, luaopen_math, LUA_MATHLIBNAME);
  InstallBaseFunctions(lua);
  lua_getglobal(lua, "string");
  InstallStringFunctions(lua);
  lua_pop(lua, 1);
  lua_getglobal(lua, "math");
  InstallRandomFunctions(lua, random_seed);
  lua_pop(lua, 1);
  PushJsonLibrary(lua);
  lua_setglobal(lua, "cjson");
  PushStructLibrary(lua);
  lua_setglobal(lua, "struct");
  PushMsgpackLibrary(lua);
  lua_setglobal(lua, "cmsgpack");
  PushBitLibrary(lua);
  lua_setglobal(lua, "bit");
  lua_pushvalue(lua, LUA_GLOBALSINDEX);
  lua_pushvalue(lua, -1);
  SetInRegistry(lua, &real_globals_place);
}

void CloseSandbox(lua_State* lua) {
  lua_pushnil(lua);
  lua_setfield(lua, -2, "_G");  // It becomes the proxy.
  for (const char* name : {"coroutine", "table", "string", "math", "cjson", "struct", "cmsgpack",
                           "bit", "redis", "server"}) {
    lua_getfield(lua, -1, name);
    MakeReadOnly(lua);
    lua_setfield(lua, -2, name);
  }
  ProtectStrings(lua);
  lua_newtable(lua);
  SetField(lua, "__index", RefuseUnknownGlobal);
  lua_pushvalue(lua, -2);
  MakeReadOnly(lua);
  // Stack: globals, their metatable, their proxy.
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -4, "_G");
  SetInRegistry(lua, &common_globals_place);
  lua_setmetatable(lua, -2);
  lua_pop(lua, 1);
  RestoreGlobals(lua);
}

void RefuseUnknownFields(lua_State* lua) {
  lua_newtable(lua);
  SetField(lua, "__index", RefuseUnknownGlobal);
  lua_setmetatable(lua, -2);
}

void SetGlobalsSource(lua_State* lua) {
  GetFromRegistry(lua, &common_globals_place);
  lua_getmetatable(lua, -1);
  lua_pushliteral(lua, "__index");
  lua_pushvalue(lua, -4);
  lua_rawset(lua, -3);
  lua_pop(lua, 3);
}

void PushRealGlobals(lua_State* lua) {
  GetFromRegistry(lua, &real_globals_place);
}

void RestoreGlobals(lua_State* lua) {
  GetFromRegistry(lua, &common_globals_place);
  lua_replace(lua, LUA_GLOBALSINDEX);
}

void SetCommonEnvironment(lua_State* lua, int index) {
  if (index < 0) index += lua_gettop(lua) + 1;
  GetFromRegistry(lua, &common_globals_place);
  lua_setfenv(lua, index);
}

int LoadText(lua_State* lua, std::string_view text, const char* name) {
  if (text.empty() || text.front() != LUA_SIGNATURE[0]) {
    return luaL_loadbuffer(lua, text.data(), text.size(), name);
  }
  // What the compiler says about such a character where a text begins. Lua calls a chunk by what
  // stands behind '@' or '=', and by its first line otherwise.
  if (*name == '@' || *name == '=') {
    lua_pushfstring(lua, "%s:1: unexpected symbol near 'char(27)'", name + 1);
  } else {
    lua_pushliteral(lua, "[string \"\x1bLua...\"]:1: unexpected symbol near 'char(27)'");
  }
  return LUA_ERRSYNTAX;
}

int DescribeError(lua_State* lua) {
  lua_settop(lua, 1);
  if (!lua_istable(lua, 1)) {
    // What tostring() would say of it, but without its metamethods: this runs unprotected.
    const char* text = lua_isstring(lua, 1) ? lua_tostring(lua, 1) : luaL_typename(lua, 1);
    if (lua_isboolean(lua, 1)) text = lua_toboolean(lua, 1) ? "true" : "false";
    lua_newtable(lua);
    lua_pushliteral(lua, "err");
    lua_pushfstring(lua, "ERR %s", text);
    lua_rawset(lua, -3);
  }
  lua_Debug record;
  // Of a C function the caller is of interest.
  bool known = lua_getstack(lua, 1, &record) != 0 && lua_getinfo(lua, "Sl", &record) != 0;
  if (known && *record.what == 'C') {
    known = lua_getstack(lua, 2, &record) != 0 && lua_getinfo(lua, "Sl", &record) != 0;
  }
  if (known && !PushRealTable(lua, -1)) {
    lua_pushliteral(lua, "source");
    lua_pushstring(lua, record.source);
    lua_rawset(lua, -3);
    lua_pushliteral(lua, "line");
    lua_pushinteger(lua, record.currentline);
    lua_rawset(lua, -3);
  }
  return 1;
}

}  // namespace redstart
