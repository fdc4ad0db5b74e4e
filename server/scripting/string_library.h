#ifndef REDSTART_SERVER_SCRIPTING_STRING_LIBRARY_H_
#define REDSTART_SERVER_SCRIPTING_STRING_LIBRARY_H_

// The functions of Lua's string library that may take long or deep, written anew so that a script
// can be ended while they run: find, match, gmatch, gsub and rep. See lua_pattern.h.

#include "server/scripting/lua.h"

namespace redstart {

// Puts them into the string library, which is on the top of the stack.
void InstallStringFunctions(lua_State* lua);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_STRING_LIBRARY_H_
