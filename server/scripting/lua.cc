#include "server/scripting/lua.h"

namespace redstart {
namespace {

std::string_view WithoutLineEnds(std::string_view text) {
  while (!text.empty() && (text.front() == '\r' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

}  // namespace

void PushError(lua_State* lua, std::string_view text) {
  text = text.substr(0, text.find('\0'));
  std::string_view code = "ERR";
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
    const size_t blank = text.find(' ');
    if (blank != std::string_view::npos) {
      code = text.substr(0, blank);
      text.remove_prefix(blank + 1);
    }
  }
  lua_newtable(lua);
  lua_pushliteral(lua, "err");
  PushText(lua, code);
  lua_pushliteral(lua, " ");
  PushText(lua, WithoutLineEnds(text));
  lua_concat(lua, 3);
  lua_rawset(lua, -3);
}

int RaiseError(lua_State* lua, std::string_view text) {
  PushError(lua, text);
  return lua_error(lua);
}

}  // namespace redstart
