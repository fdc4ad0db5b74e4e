#ifndef REDSTART_SERVER_SCRIPTING_REDIS_LIBRARY_H_
#define REDSTART_SERVER_SCRIPTING_REDIS_LIBRARY_H_

// redis.*: what scripts call the server by (redis.io/docs/interact/programmability/lua-api).
//
// Its functions work in the ScriptRun under way.

#include "server/scripting/lua.h"

namespace redstart {

// Pushes the library. What is only for scripts, not for functions, comes with InstallForScripts.
void PushRedisLibrary(lua_State* lua);
// Adds breakpoint, debug and replicate_commands to the library on the top.
void InstallForScripts(lua_State* lua);
// Adds log and its levels, and the version, to the table on the top: what code may use that only
// registers functions.
void InstallLogAndVersion(lua_State* lua);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_REDIS_LIBRARY_H_
