#ifndef REDSTART_SERVER_SCRIPTING_SANDBOX_H_
#define REDSTART_SERVER_SCRIPTING_SANDBOX_H_

// What scripts find in their interpreter, and what keeps them from changing it for others.
//
// Redis patches Lua so that tables can be read-only. Here scripts see proxies: empty tables that
// look everything up in the real one and refuse assignments. Functions of Lua's base library that
// reach past metatables (rawset, setmetatable, next, ...) are replaced by ones that know proxies.
// Code is compiled from text only: bytecode can crash Lua. There are no files, no way to end the
// process, and no userdata with a destructor, which would run when nothing can end it.
//
// Used by the interpreter's thread.

#include "server/scripting/lua.h"

namespace redstart {

// Opens the libraries, and pushes the real table of globals, to which the caller may still add.
// REQUIRES: the stack is empty; errors are caught by the caller.
void OpenSandbox(lua_State* lua, int random_seed);
// Replaces the real table on the top by its proxy.
void MakeReadOnly(lua_State* lua);
// Takes the real table of globals off the stack and makes its proxy the globals of all that is
// compiled from now on. Tables among its fields become read-only. What does not exist can be
// neither read nor set, as on Redis.
void CloseSandbox(lua_State* lua);

// Makes reading fields of the table on the top that do not exist an error.
void RefuseUnknownFields(lua_State* lua);
// Lets the common globals look everything up in the table on the top, which is taken off, instead.
void SetGlobalsSource(lua_State* lua);
// Pushes the real globals, to set those that change from script to script.
void PushRealGlobals(lua_State* lua);
// Makes `lua`'s globals what CloseSandbox made them, should a script have changed that.
void RestoreGlobals(lua_State* lua);
// Gives the function at `index` the common globals.
void SetCommonEnvironment(lua_State* lua, int index);

// As luaL_loadbuffer, but for text alone.
int LoadText(lua_State* lua, std::string_view text, const char* name);
// What runs when an error is raised, where nobody of the script catches it: makes a table of the
// error, with "source" and "line" of whoever raised it.
int DescribeError(lua_State* lua);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SANDBOX_H_
