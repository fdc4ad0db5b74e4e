#ifndef REDSTART_SERVER_SCRIPTING_LIBRARIES_H_
#define REDSTART_SERVER_SCRIPTING_LIBRARIES_H_

// The libraries that scripts have besides Lua's own. Each function pushes one: a table of functions
// (see lua.h for how they are written). The libraries have no state but what is said.

#include "server/scripting/lua.h"

namespace redstart {

// bit: operations on 32 bits (bitop.luajit.org, by whose documentation it is written).
void PushBitLibrary(lua_State* lua);
// struct: binary records after format strings (www.inf.puc-rio.br/~roberto/struct).
void PushStructLibrary(lua_State* lua);
// cmsgpack: MessagePack (github.com/msgpack/msgpack/blob/master/spec.md), encoded in the shortest
// form, tables to a depth of 16.
void PushMsgpackLibrary(lua_State* lua);
// cjson: lua-cjson 2.1, of which encode checks first that its result fits the script's memory.
// Its options belong to the interpreter.
void PushJsonLibrary(lua_State* lua);
// math.random and math.randomseed with the sequence that Redis has, put into the math library,
// which is on the top of the stack. Its state belongs to the interpreter; `seed` is the first.
void InstallRandomFunctions(lua_State* lua, int seed);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LIBRARIES_H_
