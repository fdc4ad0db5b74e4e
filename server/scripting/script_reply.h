#ifndef REDSTART_SERVER_SCRIPTING_SCRIPT_REPLY_H_
#define REDSTART_SERVER_SCRIPTING_SCRIPT_REPLY_H_

// The reply of a script that has failed.

#include <string_view>

#include "protocol/reply_builder.h"
#include "server/scripting/lua.h"

namespace redstart {

// Replies with the error value on the top, and takes it off. Sets *errors_counted if a command had
// answered with it, and it was counted then.
void ReplyWithFailure(lua_State* lua, std::string_view script, ReplyBuilder& reply,
                      bool* errors_counted);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SCRIPT_REPLY_H_
