// math.random and math.randomseed: the generator of drand48(3), so that a seed gives the same
// sequence on every machine, and on Redis.

#include <cmath>
#include <cstdint>

#include "server/scripting/libraries.h"

namespace redstart {
namespace {

constexpr uint64_t kFactor = 0x5DEECE66D;
constexpr uint64_t kSummand = 0xB;
constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;
constexpr uint64_t kSeedLow = 0x330E;

// The state lies in a userdata that both functions share.
uint64_t& StateOf(lua_State* lua) {
  return *static_cast<uint64_t*>(lua_touserdata(lua, lua_upvalueindex(1)));
}

uint64_t Seeded(int seed) {
  return uint64_t{static_cast<uint32_t>(seed)} << 16 | kSeedLow;
}

int Random(lua_State* lua) {
  uint64_t& state = StateOf(lua);
  state = (state * kFactor + kSummand) & kMask;
  const auto bits = static_cast<int32_t>(state >> 17);
  const double fraction = static_cast<double>(bits % INT32_MAX) / static_cast<double>(INT32_MAX);
  switch (lua_gettop(lua)) {
    case 0:
      lua_pushnumber(lua, fraction);
      return 1;
    case 1: {
      const int last = luaL_checkint(lua, 1);
      luaL_argcheck(lua, 1 <= last, 1, "interval is empty");
      lua_pushnumber(lua, std::floor(fraction * last) + 1);
      return 1;
    }
    case 2: {
      const int first = luaL_checkint(lua, 1);
      const int last = luaL_checkint(lua, 2);
      luaL_argcheck(lua, first <= last, 2, "interval is empty");
      const double size = static_cast<double>(last) - first + 1;
      lua_pushnumber(lua, std::floor(fraction * size) + first);
      return 1;
    }
    default:
      return luaL_error(lua, "wrong number of arguments");
  }
}

int Seed(lua_State* lua) {
  StateOf(lua) = Seeded(luaL_checkint(lua, 1));
  return 0;
}

}  // namespace

void InstallRandomFunctions(lua_State* lua, int seed) {
  auto* state = static_cast<uint64_t*>(lua_newuserdata(lua, sizeof(uint64_t)));
  *state = Seeded(seed);
  lua_pushvalue(lua, -1);
  lua_pushcclosure(lua, Random, 1);
  lua_setfield(lua, -3, "random");
  lua_pushcclosure(lua, Seed, 1);
  lua_setfield(lua, -2, "randomseed");
}

}  // namespace redstart
