#include "server/scripting/function_library.h"

#include <strings.h>

#include "server/scripting/library_source.h"
#include "server/scripting/lua_reply.h"
#include "server/scripting/redis_library.h"
#include "server/scripting/sandbox.h"
#include "server/scripting/script_flags.h"
#include "storage/base/random.h"
#include "storage/base/tick_clock.h"

namespace redstart {
namespace {

constexpr size_t kMemoryLimit = size_t{1} << 30;
constexpr char kChunkName[] = "@user_function";
// In Lua's registry: the globals that a library's code sees while it is loaded.
char load_globals_place;

// The loading under way.
class Loading final : public LuaInterrupt {
 public:
  Loading(Library* library, uint64_t limit_ms)
      : library_(library), limit_ms_(limit_ms), started_ns_(TickClock::SteadyNanos()) {}

  bool MustEnd() override {
    constexpr uint64_t kNanosPerMilli = 1'000'000;
    return limit_ms_ > 0 && TickClock::SteadyNanos() - started_ns_ > limit_ms_ * kNanosPerMilli;
  }
  const char* WhyEnded() const override { return "FUNCTION LOAD timeout"; }

  // False if there is such a function.
  bool Add(std::string_view name, const char* description, uint32_t flags, int callback) {
    Function function{std::string(name), std::nullopt, flags, callback};
    if (description != nullptr) function.description = description;
    return library_->functions.emplace(std::string(name), std::move(function)).second;
  }

 private:
  Library* const library_;
  const uint64_t limit_ms_;
  const uint64_t started_ns_;
};

// The arguments of redis.register_function. The strings are Lua's, and stay on its stack.
struct Registration {
  std::string_view name;  // With a null pointer if there is none.
  const char* description = nullptr;
  uint32_t flags = 0;
  int callback_index = 0;
};

// The flags in the table on the top.
bool ReadFlags(lua_State* lua, uint32_t* flags) {
  for (int i = 1;; ++i) {
    lua_rawgeti(lua, -1, i);
    const bool ends = lua_isnil(lua, -1);
    const auto flag = lua_type(lua, -1) == LUA_TSTRING ? FindScriptFlag(LuaText(lua, -1))
                                                       : std::optional<uint32_t>();
    lua_pop(lua, 1);
    if (ends) return true;
    if (!flag) return false;
    *flags |= *flag;
  }
}

// One named argument: the key and the value are on the top. Returns an error or null; a value that
// is to stay is left in `kept`, a table.
const char* ReadNamed(lua_State* lua, int kept, Registration* wanted) {
  if (lua_type(lua, -2) != LUA_TSTRING) {
    return "named argument key given to redis.register_function is not a string";
  }
  const char* key = lua_tostring(lua, -2);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, kept, key);
  if (strcasecmp(key, "function_name") == 0) {
    if (!lua_isstring(lua, -1)) {
      return "function_name argument given to redis.register_function must be a string";
    }
    wanted->name = LuaText(lua, -1);
  } else if (strcasecmp(key, "description") == 0) {
    if (!lua_isstring(lua, -1)) {
      return "description argument given to redis.register_function must be a string";
    }
    wanted->description = lua_tostring(lua, -1);
  } else if (strcasecmp(key, "callback") == 0) {
    if (!lua_isfunction(lua, -1)) {
      return "callback argument given to redis.register_function must be a function";
    }
    lua_pushvalue(lua, -1);
    lua_replace(lua, wanted->callback_index);
  } else if (strcasecmp(key, "flags") == 0) {
    if (!lua_istable(lua, -1)) {
      return "flags argument to redis.register_function must be a table representing function "
             "flags";
    }
    if (!ReadFlags(lua, &wanted->flags)) return "unknown flag given";
  } else {
    return "unknown argument given to redis.register_function";
  }
  return nullptr;
}

// Stack: the arguments' table, a place for the callback, a table that keeps strings alive.
const char* ReadNamedArguments(lua_State* lua, Registration* wanted) {
  if (!lua_istable(lua, 1)) {
    return "calling redis.register_function with a single argument is only applicable to Lua table "
           "(representing named arguments).";
  }
  wanted->callback_index = 2;
  lua_pushnil(lua);
  lua_newtable(lua);
  lua_pushnil(lua);
  while (lua_next(lua, 1) != 0) {
    const char* error = ReadNamed(lua, 3, wanted);
    if (error != nullptr) return error;
    lua_pop(lua, 1);
  }
  if (wanted->name.data() == nullptr)
    return "redis.register_function must get a function name argument";
  if (lua_isnil(lua, 2)) return "redis.register_function must get a callback argument";
  return nullptr;
}

const char* ReadPositionalArguments(lua_State* lua, Registration* wanted) {
  if (!lua_isstring(lua, 1)) return "first argument to redis.register_function must be a string";
  if (!lua_isfunction(lua, 2)) {
    return "second argument to redis.register_function must be a function";
  }
  wanted->name = LuaText(lua, 1);
  wanted->callback_index = 2;
  return nullptr;
}

int RegisterFunction(lua_State* lua) {
  auto* loading = dynamic_cast<Loading*>(LuaVm::Of(lua).interrupt());
  if (loading == nullptr) {
    return RaiseError(lua, "redis.register_function can only be called on FUNCTION LOAD command");
  }
  const int count = lua_gettop(lua);
  Registration wanted;
  const char* error = "wrong number of arguments to redis.register_function";
  if (count == 1) error = ReadNamedArguments(lua, &wanted);
  if (count == 2) error = ReadPositionalArguments(lua, &wanted);
  if (error != nullptr) return RaiseError(lua, error);
  if (!IsFunctionName(wanted.name)) return RaiseError(lua, kBadFunctionName);
  lua_pushvalue(lua, wanted.callback_index);
  const int callback = luaL_ref(lua, LUA_REGISTRYINDEX);
  if (!loading->Add(wanted.name, wanted.description, wanted.flags, callback)) {
    luaL_unref(lua, LUA_REGISTRYINDEX, callback);
    return RaiseError(lua, "Function already exists in the library");
  }
  return 0;
}

int OpenForFunctions(lua_State* lua) {
  lua_settop(lua, 0);
  OpenSandbox(lua, static_cast<int>(RandomBits()));
  PushRedisLibrary(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "server");
  lua_setfield(lua, -2, "redis");
  CloseSandbox(lua);
  // What a library's code sees while it is loaded: only redis, and of that only a little.
  lua_pushlightuserdata(lua, &load_globals_place);
  lua_newtable(lua);
  lua_newtable(lua);
  SetField(lua, "register_function", RegisterFunction);
  InstallLogAndVersion(lua);
  RefuseUnknownFields(lua);
  MakeReadOnly(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "server");
  lua_setfield(lua, -2, "redis");
  RefuseUnknownFields(lua);
  lua_rawset(lua, LUA_REGISTRYINDEX);
  return 0;
}

int LoadBody(lua_State* lua) {
  const std::string_view code = *static_cast<std::string_view*>(lua_touserdata(lua, 1));
  RestoreGlobals(lua);
  lua_pushlightuserdata(lua, &load_globals_place);
  lua_rawget(lua, LUA_REGISTRYINDEX);
  SetGlobalsSource(lua);
  if (LoadText(lua, code, kChunkName) != 0) {
    lua_pushliteral(lua, "Error compiling function: ");
    lua_insert(lua, -2);
    lua_concat(lua, 2);
    return lua_error(lua);
  }
  if (lua_pcall(lua, 0, 0, 0) == 0) return 0;
  // Two texts: what Redis says stands before it, and the error.
  const char* text = nullptr;
  if (lua_istable(lua, -1)) text = StringField(lua, "err");
  if (lua_isstring(lua, -1)) text = lua_pushfstring(lua, "ERR %s", lua_tostring(lua, -1));
  lua_pushfstring(lua, "Error registering functions: %s",
                  text == nullptr ? "ERR unknown error" : text);
  return lua_error(lua);
}

int RestoreBody(lua_State* lua) {
  PushRealGlobals(lua);
  SetGlobalsSource(lua);
  return 0;
}

}  // namespace

std::unique_ptr<LuaVm> MakeFunctionVm() {
  auto vm = std::make_unique<LuaVm>(kMemoryLimit);
  vm->Run(OpenForFunctions, nullptr, nullptr);
  return vm;
}

std::string RunLibraryCode(LuaVm* vm, std::string_view code, uint64_t limit_ms, Library* library) {
  Loading loading(library, limit_ms);
  std::string error;
  if (!vm->Run(LoadBody, &code, &loading)) {
    lua_State* lua = vm->state();
    error = lua_isstring(lua, -1) ? LuaText(lua, -1) : "execution failure";
  }
  lua_settop(vm->state(), 0);
  vm->Run(RestoreBody, nullptr, nullptr);
  return error;
}

void ReleaseFunctions(LuaVm* vm, const Library& library) {
  for (const auto& [name, function] : library.functions) {
    luaL_unref(vm->state(), LUA_REGISTRYINDEX, function.callback);
  }
}

}  // namespace redstart
