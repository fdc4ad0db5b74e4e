#include "server/scripting/script_reply.h"

#include <string>

#include "server/scripting/lua_reply.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr size_t kShownBytes = 100;

// -1 if the table on the top does not say so.
lua_Integer LineField(lua_State* lua) {
  lua_pushliteral(lua, "line");
  lua_rawget(lua, -2);
  const lua_Integer line = lua_isnumber(lua, -1) ? lua_tointeger(lua, -1) : -1;
  lua_pop(lua, 1);
  return line;
}

void FailAt(const char* error, std::string_view script, const char* source, lua_Integer line,
            ReplyBuilder& reply) {
  if (source == nullptr || line < 0) return reply.Fail(error);
  const std::string number = FormatInt64(line);
  reply.FailWith({error, " script: ", script, ", on ", source, ":", number, "."});
}

}  // namespace

void ReplyWithFailure(lua_State* lua, std::string_view script, ReplyBuilder& reply,
                      bool* errors_counted) {
  if (lua_istable(lua, -1)) {
    const char* error = StringField(lua, "err");
    const char* source = StringField(lua, "source");
    const lua_Integer line = LineField(lua);
    *errors_counted = IsCounted(lua);
    FailAt(error == nullptr ? "ERR unknown error" : error, script, source, line, reply);
  } else {
    std::string_view text = "execution failure";
    if (lua_isstring(lua, -1)) text = LuaText(lua, -1);
    reply.FailWith({"ERR Error running script ", script, ", ", text.substr(0, kShownBytes)});
  }
  lua_pop(lua, 1);
}

}  // namespace redstart
