#include "server/scripting/lua_reply.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "server/scripting/lua_vm.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr char kCounted[] = "ignore_error_stats_update";

// The text up to the line's end; moves behind it.
std::string_view TakeLine(const char** at) {
  const char* end = static_cast<const char*>(std::strchr(*at, '\r'));
  const std::string_view line(*at, static_cast<size_t>(end - *at));
  *at = end + 2;
  return line;
}

int64_t TakeNumber(const char** at) {
  return std::strtoll(TakeLine(at).data(), nullptr, 10);
}

std::string_view TakeBytes(const char** at, int64_t size) {
  const std::string_view bytes(*at, static_cast<size_t>(size));
  *at += size + 2;
  return bytes;
}

// Puts the value on the top into a new table, as its one field.
void WrapTop(lua_State* lua, const char* name) {
  lua_createtable(lua, 0, 1);
  lua_insert(lua, -2);
  lua_setfield(lua, -2, name);
}

void PushDouble(lua_State* lua, std::string_view text) {
  double value = std::nan("");
  if (text == "inf" || text == "-inf") {
    value = text[0] == '-' ? -HUGE_VAL : HUGE_VAL;
  } else if (text != "nan" && text != "-nan") {
    value = std::strtod(text.data(), nullptr);
  }
  lua_pushnumber(lua, value);
}

const char* PushArray(lua_State* lua, const char* at, int64_t count) {
  lua_createtable(lua, static_cast<int>(count), 0);
  for (int64_t i = 1; i <= count; ++i) {
    at = PushReply(lua, at);
    lua_rawseti(lua, -2, static_cast<int>(i));
  }
  return at;
}

const char* PushMap(lua_State* lua, const char* at, int64_t count) {
  lua_createtable(lua, 0, static_cast<int>(count));
  for (int64_t i = 0; i < count; ++i) {
    at = PushReply(lua, PushReply(lua, at));
    lua_settable(lua, -3);
  }
  WrapTop(lua, "map");
  return at;
}

const char* PushSet(lua_State* lua, const char* at, int64_t count) {
  lua_createtable(lua, 0, static_cast<int>(count));
  for (int64_t i = 0; i < count; ++i) {
    at = PushReply(lua, at);
    lua_pushboolean(lua, 1);
    lua_settable(lua, -3);
  }
  WrapTop(lua, "set");
  return at;
}

const char* PushVerbatim(lua_State* lua, const char* at) {
  const int64_t size = TakeNumber(&at);
  const std::string_view bytes = TakeBytes(&at, size);
  lua_createtable(lua, 0, 2);
  PushText(lua, bytes.substr(4));
  lua_setfield(lua, -2, "string");
  PushText(lua, bytes.substr(0, 3));
  lua_setfield(lua, -2, "format");
  WrapTop(lua, "verbatim_string");
  return at;
}

// What is said about a reply scripts do not see.
const char* SkipAttributes(lua_State* lua, const char* at, int64_t count) {
  const int top = lua_gettop(lua);
  for (int64_t i = 0; i < 2 * count; ++i) {
    at = PushReply(lua, at);
    lua_settop(lua, top);
  }
  return PushReply(lua, at);
}

void PushErrorReply(lua_State* lua, std::string_view line) {
  lua_pushliteral(lua, "-");
  PushText(lua, line);
  lua_concat(lua, 2);
  PushError(lua, LuaText(lua, -1));
  lua_remove(lua, -2);
  MarkCounted(lua);
}

// A RESP status or big number may have no line breaks.
void ReplyWithLine(lua_State* lua, ReplyBuilder& reply, bool is_number) {
  std::string line(LuaText(lua, -1));
  if (!is_number) line = line.c_str();
  for (char& c : line) {
    if (c == '\r' || c == '\n') c = ' ';
  }
  if (is_number) {
    reply.BigNumber(line);
  } else {
    reply.Simple(line);
  }
}

// Replies, where a table stands for another kind of reply by one of its fields. False if it does
// not. All accesses are raw: nothing of the script runs here.
struct TableReply {
  lua_State* lua;
  int script_resp;
  ReplyBuilder& reply;
  bool* errors_counted;

  // Pushes a field and says whether it is of a type; if not, takes it off again.
  bool PushIf(const char* name, int type) const {
    lua_pushstring(lua, name);
    lua_rawget(lua, -2);
    if (lua_type(lua, -1) == type) return true;
    lua_pop(lua, 1);
    return false;
  }

  bool Error() const {
    const char* text = StringField(lua, "err");
    if (text == nullptr) return false;
    *errors_counted = IsCounted(lua);
    reply.Fail(text);
    return true;
  }
  bool Scalar() const {
    if (PushIf("ok", LUA_TSTRING)) {
      ReplyWithLine(lua, reply, false);
    } else if (PushIf("double", LUA_TNUMBER)) {
      reply.Double(lua_tonumber(lua, -1));
    } else if (PushIf("big_number", LUA_TSTRING)) {
      ReplyWithLine(lua, reply, true);
    } else {
      return false;
    }
    lua_pop(lua, 1);
    return true;
  }
  bool Verbatim() const {
    if (!PushIf("verbatim_string", LUA_TTABLE)) return false;
    bool done = false;
    if (PushIf("format", LUA_TSTRING)) {
      lua_insert(lua, -2);
      if (PushIf("string", LUA_TSTRING)) {
        char format[4] = "   ";
        const std::string_view wanted = LuaText(lua, -3);
        std::memcpy(format, wanted.data(), std::min<size_t>(3, wanted.size()));
        reply.Verbatim(LuaText(lua, -1), {format, 3});
        lua_pop(lua, 1);
        done = true;
      }
      lua_pop(lua, 1);
    }
    lua_pop(lua, 1);
    return done;
  }
  bool Map() const {
    if (!PushIf("map", LUA_TTABLE)) return false;
    const size_t handle = reply.BeginMap();
    size_t count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, -2) != 0) {
      lua_pushvalue(lua, -2);
      ReplyWithTop(lua, script_resp, reply, errors_counted);
      ReplyWithTop(lua, script_resp, reply, errors_counted);
      ++count;
    }
    reply.EndMap(handle, count);
    lua_pop(lua, 1);
    return true;
  }
  bool Set() const {
    if (!PushIf("set", LUA_TTABLE)) return false;
    const size_t handle = reply.BeginSet();
    size_t count = 0;
    lua_pushnil(lua);
    while (lua_next(lua, -2) != 0) {
      lua_pop(lua, 1);
      lua_pushvalue(lua, -1);
      ReplyWithTop(lua, script_resp, reply, errors_counted);
      ++count;
    }
    reply.EndSet(handle, count);
    lua_pop(lua, 1);
    return true;
  }
  void Array() const {
    const size_t handle = reply.BeginArray();
    int count = 0;
    for (;;) {
      lua_rawgeti(lua, -1, count + 1);
      if (lua_isnil(lua, -1)) break;
      ReplyWithTop(lua, script_resp, reply, errors_counted);
      ++count;
    }
    lua_pop(lua, 1);
    reply.EndArray(handle, static_cast<size_t>(count));
  }
};

}  // namespace

const char* StringField(lua_State* lua, const char* name) {
  lua_pushstring(lua, name);
  lua_rawget(lua, -2);
  const char* text = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : nullptr;
  lua_pop(lua, 1);
  return text;
}

bool IsCounted(lua_State* lua) {
  lua_pushstring(lua, kCounted);
  lua_rawget(lua, -2);
  const bool counted = lua_toboolean(lua, -1) != 0;
  lua_pop(lua, 1);
  return counted;
}

void MarkCounted(lua_State* lua) {
  lua_pushstring(lua, kCounted);
  lua_pushboolean(lua, 1);
  lua_rawset(lua, -3);
}

const char* PushReply(lua_State* lua, const char* at) {
  luaL_checkstack(lua, 6, "the reply nests too deep");
  const char type = *at++;
  switch (type) {
    case ':':
      lua_pushnumber(lua, static_cast<lua_Number>(TakeNumber(&at)));
      return at;
    case '+':
      PushText(lua, TakeLine(&at));
      WrapTop(lua, "ok");
      return at;
    case '-':
      PushErrorReply(lua, TakeLine(&at));
      return at;
    case '_':
      TakeLine(&at);
      lua_pushnil(lua);
      return at;
    case '#':
      lua_pushboolean(lua, TakeLine(&at) == "t");
      return at;
    case ',':
      PushDouble(lua, TakeLine(&at));
      WrapTop(lua, "double");
      return at;
    case '(':
      PushText(lua, TakeLine(&at));
      WrapTop(lua, "big_number");
      return at;
    case '=':
      return PushVerbatim(lua, at);
    default:
      break;
  }
  const int64_t count = TakeNumber(&at);
  if (count < 0) {
    lua_pushboolean(lua, 0);
    return at;
  }
  switch (type) {
    case '$':
      PushText(lua, TakeBytes(&at, count));
      return at;
    case '%':
      return PushMap(lua, at, count);
    case '~':
      return PushSet(lua, at, count);
    case '|':
      return SkipAttributes(lua, at, count);
    default:
      return PushArray(lua, at, count);
  }
}

void ReplyWithTop(lua_State* lua, int script_resp, ReplyBuilder& reply, bool* errors_counted) {
  if (!lua_checkstack(lua, 4) || !LuaVm::Of(lua).HasStack()) {
    reply.Fail("ERR reached lua stack limit");
    lua_pop(lua, 1);
    return;
  }
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
      reply.Bulk(LuaText(lua, -1));
      break;
    case LUA_TBOOLEAN:
      if (script_resp >= 3) {
        reply.Bool(lua_toboolean(lua, -1) != 0);
      } else if (lua_toboolean(lua, -1) != 0) {
        reply.Integer(1);
      } else {
        reply.Null();
      }
      break;
    case LUA_TNUMBER: {
      // Out of range is what the machine makes of it, as on Redis.
      const double number = lua_tonumber(lua, -1);
      const bool fits = number >= -9223372036854775808.0 && number < 9223372036854775808.0;
      reply.Integer(fits ? static_cast<int64_t>(number) : INT64_MIN);
      break;
    }
    case LUA_TTABLE: {
      const TableReply table{lua, script_resp, reply, errors_counted};
      if (!table.Error() && !table.Scalar() && !table.Verbatim() && !table.Map() && !table.Set()) {
        table.Array();
      }
      break;
    }
    default:
      reply.Null();
  }
  lua_pop(lua, 1);
}

}  // namespace redstart
