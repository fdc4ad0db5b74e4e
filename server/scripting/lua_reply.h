#ifndef REDSTART_SERVER_SCRIPTING_LUA_REPLY_H_
#define REDSTART_SERVER_SCRIPTING_LUA_REPLY_H_

// Replies as Lua values, and Lua values as replies, by Redis's rules
// (redis.io/docs/interact/programmability/lua-api, "Data type conversion").

#include "protocol/reply_builder.h"
#include "server/scripting/lua.h"

namespace redstart {

// Pushes the value of the reply that begins at `at`; returns where it ends. REQUIRES: it is whole
// and well-formed: this server wrote it.
const char* PushReply(lua_State* lua, const char* at);

// Replies with the value on the top, and takes it off. `script_resp` is the version that the script
// has asked for: it decides about booleans. Sets *errors_counted if the value was an error that a
// command has answered, and that was counted then.
void ReplyWithTop(lua_State* lua, int script_resp, ReplyBuilder& reply, bool* errors_counted);

// The string in a field of the table on the top, past any metatable; null if there is none. Valid
// as long as the table has it.
const char* StringField(lua_State* lua, const char* name);
// Whether the error table on the top is one that has been counted.
bool IsCounted(lua_State* lua);
// Marks the error table on the top as counted.
void MarkCounted(lua_State* lua);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LUA_REPLY_H_
