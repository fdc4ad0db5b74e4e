#ifndef REDSTART_SERVER_SCRIPTING_BASE_LIBRARY_H_
#define REDSTART_SERVER_SCRIPTING_BASE_LIBRARY_H_

// Lua's base functions as the sandbox has them (sandbox.h): those that could change or unveil a
// read-only table, catch the error that ends a script, nest coroutines until the machine's stack
// is full, or load bytecode are replaced; files and newproxy are gone.

#include "server/scripting/lua.h"

namespace redstart {

// Puts them into the globals. REQUIRES: Lua's base, table and string libraries are open.
void InstallBaseFunctions(lua_State* lua);

// Pushes the table behind the proxy at `index`; false, and nothing, if that is none.
bool PushRealTable(lua_State* lua, int index);
// Raises an error if there is a read-only table at `index`.
void RefuseIfReadOnly(lua_State* lua, int index);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_BASE_LIBRARY_H_
