#include "server/scripting/redis_library.h"

#include <cmath>
#include <string>

#include "server/exec/services.h"
#include "server/observe/log.h"
#include "server/scripting/lua_reply.h"
#include "server/scripting/script_run.h"
#include "storage/base/number.h"
#include "storage/base/sha1.h"

namespace redstart {
namespace {

constexpr char kBadArguments[] = "Lua redis lib command arguments must be strings or integers";
constexpr char kNoArguments[] = "Please specify at least one argument for this redis lib call";
constexpr int kReplicateToFiles = 1;
constexpr int kReplicateToReplicas = 2;
constexpr int kReplicateToAll = kReplicateToFiles | kReplicateToReplicas;

// A number as commands get it: an integer if it is one, otherwise with as many digits as it takes.
void NumberToText(lua_State* lua, int index) {
  constexpr double kIntegerLimit = 4611686018427387904.0;  // 2^62
  constexpr size_t kMostChars = 64;
  const double number = lua_tonumber(lua, index);
  char text[kMostChars];
  const char* end;
  if (std::abs(number) <= kIntegerLimit && std::trunc(number) == number) {
    end = FormatInt64(static_cast<int64_t>(number), text);
  } else {
    end = FormatDouble(number, text);
  }
  lua_pushlstring(lua, text, static_cast<size_t>(end - text));
  lua_replace(lua, index);
}

// Hands all arguments of the Lua function to the run, or pushes an error.
bool TakeArguments(lua_State* lua, ScriptRun& run) {
  const int count = lua_gettop(lua);
  // No look at the stack: Lua allows 8,000 arguments, which leaves nothing to be asked for beyond
  // the free slots that every C function has.
  if (count == 0) {
    PushError(lua, kNoArguments);
    return false;
  }
  run.ClearArguments();
  for (int i = 1; i <= count; ++i) {
    const int type = lua_type(lua, i);
    if (type == LUA_TNUMBER) {
      NumberToText(lua, i);
    } else if (type != LUA_TSTRING) {
      lua_settop(lua, 0);
      PushError(lua, kBadArguments);
      return false;
    }
    run.AddArgument(LuaText(lua, i));
  }
  return true;
}

int CallCommand(lua_State* lua, bool raise) {
  ScriptRun& run = ScriptRun::Of(lua);
  if (!TakeArguments(lua, run)) return raise ? lua_error(lua) : 1;
  const bool ran = run.CallCommand();
  lua_settop(lua, 0);
  if (!ran) {
    PushError(lua, run.refusal());
    MarkCounted(lua);
  } else {
    PushReply(lua, run.reply());
  }
  const bool failed = !ran || run.reply()[0] == '-';
  return failed && raise ? lua_error(lua) : 1;
}

int CallRaising(lua_State* lua) {
  return CallCommand(lua, true);
}

int CallQuietly(lua_State* lua) {
  return CallCommand(lua, false);
}

int Sha1Hex(lua_State* lua) {
  if (lua_gettop(lua) != 1) return RaiseError(lua, "wrong number of arguments");
  size_t size = 0;
  const char* text = lua_tolstring(lua, 1, &size);
  const Sha1Digest digest = Sha1({text == nullptr ? "" : text, size});
  char hex[2 * sizeof(digest)];
  for (size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
    hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
  }
  lua_pushlstring(lua, hex, sizeof(hex));
  return 1;
}

bool IsOneString(lua_State* lua) {
  if (lua_gettop(lua) == 1 && lua_type(lua, 1) == LUA_TSTRING) return true;
  PushError(lua, "wrong number or type of arguments");
  return false;
}

int ErrorReply(lua_State* lua) {
  if (!IsOneString(lua)) return 1;
  const char* text = lua_tostring(lua, 1);
  lua_pushfstring(lua, *text == '-' ? "%s" : "-%s", text);
  PushError(lua, LuaText(lua, -1));
  return 1;
}

int StatusReply(lua_State* lua) {
  if (!IsOneString(lua)) return 1;
  lua_newtable(lua);
  lua_pushvalue(lua, 1);
  lua_setfield(lua, -2, "ok");
  return 1;
}

int SetReplication(lua_State* lua) {
  if (lua_gettop(lua) != 1) return RaiseError(lua, "redis.set_repl() requires one argument.");
  const int flags = static_cast<int>(lua_tointeger(lua, 1));
  if ((flags & ~kReplicateToAll) != 0) {
    return RaiseError(
        lua, "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.");
  }
  ScriptRun::Of(lua).set_records((flags & kReplicateToReplicas) != 0);
  return 0;
}

int CheckPermission(lua_State* lua) {
  ScriptRun& run = ScriptRun::Of(lua);
  if (!TakeArguments(lua, run)) return lua_error(lua);
  if (!run.KnowsCommand()) {
    return RaiseError(lua, "Invalid command passed to redis.acl_check_cmd()");
  }
  lua_pushboolean(lua, 1);  // There is one user, who may do everything.
  return 1;
}

int SetResp(lua_State* lua) {
  if (lua_gettop(lua) != 1) return RaiseError(lua, "redis.setresp() requires one argument.");
  const int version = static_cast<int>(lua_tointeger(lua, 1));
  if (version != 2 && version != 3) return RaiseError(lua, "RESP version must be 2 or 3.");
  ScriptRun::Of(lua).set_resp(version);
  return 0;
}

int Log(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count < 2) return RaiseError(lua, "redis.log() requires two arguments or more.");
  if (!lua_isnumber(lua, 1)) {
    return RaiseError(lua, "First argument must be a number (log level).");
  }
  constexpr LogLevel kLevels[] = {LogLevel::kDebug, LogLevel::kVerbose, LogLevel::kNotice,
                                  LogLevel::kWarning};
  const lua_Integer level = lua_tointeger(lua, 1);
  if (level < 0 || level >= 4) return RaiseError(lua, "Invalid debug level.");
  if (!logging::Enabled(kLevels[level])) return 0;
  luaL_Buffer text;
  luaL_buffinit(lua, &text);
  for (int i = 2; i <= count; ++i) {
    if (!lua_isstring(lua, i)) continue;
    if (i > 2) luaL_addchar(&text, ' ');
    lua_pushvalue(lua, i);
    luaL_addvalue(&text);
  }
  luaL_pushresult(&text);
  // One line at once although shards are locked: a script that logs waits for its log, as on Redis.
  logging::Write(kLevels[level], LuaText(lua, -1));
  return 0;
}

int AnswerTrue(lua_State* lua) {
  lua_pushboolean(lua, 1);
  return 1;
}

int AnswerFalse(lua_State* lua) {
  lua_pushboolean(lua, 0);
  return 1;
}

int DoNothing(lua_State*) {
  return 0;
}

void SetNumber(lua_State* lua, const char* name, lua_Number value) {
  lua_pushstring(lua, name);
  lua_pushnumber(lua, value);
  lua_rawset(lua, -3);
}

// "7.2.6" is 0x070206.
lua_Number VersionNumber() {
  lua_Number number = 0;
  lua_Number part = 0;
  for (const char c : kRedisVersion) {
    if (c == '.') {
      number = number * 256 + part;
      part = 0;
    } else {
      part = part * 10 + (c - '0');
    }
  }
  return number * 256 + part;
}

}  // namespace

void InstallLogAndVersion(lua_State* lua) {
  SetField(lua, "log", Log);
  constexpr const char* kLevels[] = {"LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING"};
  for (int level = 0; level < 4; ++level) SetNumber(lua, kLevels[level], level);
  SetNumber(lua, "REDIS_VERSION_NUM", VersionNumber());
  lua_pushliteral(lua, "REDIS_VERSION");
  PushText(lua, kRedisVersion);
  lua_rawset(lua, -3);
}

void PushRedisLibrary(lua_State* lua) {
  lua_newtable(lua);
  SetField(lua, "call", CallRaising);
  SetField(lua, "pcall", CallQuietly);
  InstallLogAndVersion(lua);
  SetField(lua, "setresp", SetResp);
  SetField(lua, "sha1hex", Sha1Hex);
  SetField(lua, "error_reply", ErrorReply);
  SetField(lua, "status_reply", StatusReply);
  SetField(lua, "set_repl", SetReplication);
  SetNumber(lua, "REPL_NONE", 0);
  SetNumber(lua, "REPL_AOF", kReplicateToFiles);
  SetNumber(lua, "REPL_SLAVE", kReplicateToReplicas);
  SetNumber(lua, "REPL_REPLICA", kReplicateToReplicas);
  SetNumber(lua, "REPL_ALL", kReplicateToAll);
  SetField(lua, "acl_check_cmd", CheckPermission);
}

void InstallForScripts(lua_State* lua) {
  // There is no debugger, so nothing stops at a breakpoint.
  SetField(lua, "breakpoint", AnswerFalse);
  SetField(lua, "debug", DoNothing);
  SetField(lua, "replicate_commands", AnswerTrue);
}

}  // namespace redstart
