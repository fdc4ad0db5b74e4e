// cmsgpack: MessagePack.

#include <algorithm>
#include <bit>
#include <climits>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "server/scripting/libraries.h"
#include "server/scripting/lua_vm.h"

namespace redstart {
namespace {

// Tables nest no deeper: what lies deeper becomes nil, which is also how circles end.
constexpr int kMaxDepth = 16;

// --- Encoding ---

// Bytes in a block of Lua's memory, which stands at a fixed place on the stack.
struct Output {
  lua_State* lua;
  int index;
  char* data = nullptr;
  size_t size = 0;
  size_t capacity = 0;

  char* Room(size_t bytes) {
    if (capacity - size < bytes) {
      const size_t wanted = std::max<size_t>(256, 2 * (size + bytes));
      luaL_checkstack(lua, 1, "in MessagePack");
      auto* fresh = static_cast<char*>(lua_newuserdata(lua, wanted));
      if (size > 0) std::memcpy(fresh, data, size);
      lua_replace(lua, index);
      data = fresh;
      capacity = wanted;
    }
    char* room = data + size;
    size += bytes;
    return room;
  }
  void Bytes(std::string_view bytes) {
    if (!bytes.empty()) std::memcpy(Room(bytes.size()), bytes.data(), bytes.size());
  }
  // A type byte and a number of `bytes` bytes behind it, the highest first.
  void Number(unsigned type, uint64_t value, size_t bytes) {
    char* to = Room(bytes + 1);
    *to++ = static_cast<char>(type);
    for (size_t i = bytes; i > 0; --i) *to++ = static_cast<char>(value >> (8 * (i - 1)) & 0xff);
  }
};

void EncodeInteger(Output& out, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  if (value >= 0) {
    if (value <= 0x7f) return out.Number(static_cast<unsigned>(value), 0, 0);
    if (value <= 0xff) return out.Number(0xcc, bits, 1);
    if (value <= 0xffff) return out.Number(0xcd, bits, 2);
    if (value <= 0xffffffff) return out.Number(0xce, bits, 4);
    return out.Number(0xcf, bits, 8);
  }
  if (value >= -32) return out.Number(static_cast<unsigned>(bits & 0xff), 0, 0);
  if (value >= INT8_MIN) return out.Number(0xd0, bits, 1);
  if (value >= INT16_MIN) return out.Number(0xd1, bits, 2);
  if (value >= INT32_MIN) return out.Number(0xd2, bits, 4);
  out.Number(0xd3, bits, 8);
}

void EncodeNumber(Output& out, double value) {
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  if (value >= -kLimit && value < kLimit && std::trunc(value) == value) {
    return EncodeInteger(out, static_cast<int64_t>(value));
  }
  const auto narrow = static_cast<float>(value);
  if (static_cast<double>(narrow) == value) {
    return out.Number(0xca, std::bit_cast<uint32_t>(narrow), 4);
  }
  out.Number(0xcb, std::bit_cast<uint64_t>(value), 8);
}

void EncodeString(Output& out, std::string_view text) {
  if (text.size() < 32) {
    out.Number(0xa0 | static_cast<unsigned>(text.size()), 0, 0);
  } else if (text.size() <= 0xff) {
    out.Number(0xd9, text.size(), 1);
  } else if (text.size() <= 0xffff) {
    out.Number(0xda, text.size(), 2);
  } else {
    out.Number(0xdb, text.size(), 4);
  }
  out.Bytes(text);
}

// The head of an array or a map: `few` is the type of those with up to 15 elements.
void EncodeCount(Output& out, size_t count, unsigned few, unsigned more, unsigned many) {
  if (count <= 15) return out.Number(few | static_cast<unsigned>(count), 0, 0);
  if (count <= 0xffff) return out.Number(more, count, 2);
  out.Number(many, count, 4);
}

void EncodeTop(Output& out, int depth);

// What the keys of the table on the top are: how many, and whether they are 1 to that number.
struct Keys {
  size_t count = 0;
  bool is_array = true;
};

Keys LookAtKeys(lua_State* lua) {
  Keys keys;
  double largest = 0;
  luaL_checkstack(lua, 2, "in MessagePack");
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pop(lua, 1);
    ++keys.count;
    const double number = lua_type(lua, -1) == LUA_TNUMBER ? lua_tonumber(lua, -1) : 0;
    if (number <= 0 || number > INT_MAX || std::trunc(number) != number) keys.is_array = false;
    largest = std::max(largest, number);
  }
  LuaVm::Of(lua).Spend(lua, keys.count);
  keys.is_array = keys.is_array && largest == static_cast<double>(keys.count);
  return keys;
}

void EncodeTable(Output& out, int depth) {
  lua_State* lua = out.lua;
  const Keys keys = LookAtKeys(lua);
  luaL_checkstack(lua, 3, "in MessagePack");
  if (keys.is_array) {
    EncodeCount(out, keys.count, 0x90, 0xdc, 0xdd);
    for (size_t i = 1; i <= keys.count; ++i) {
      lua_rawgeti(lua, -1, static_cast<int>(i));
      EncodeTop(out, depth + 1);
    }
    return;
  }
  EncodeCount(out, keys.count, 0x80, 0xde, 0xdf);
  lua_pushnil(lua);
  while (lua_next(lua, -2) != 0) {
    lua_pushvalue(lua, -2);
    EncodeTop(out, depth + 1);
    EncodeTop(out, depth + 1);
  }
}

// Encodes the value on the top and takes it off.
void EncodeTop(Output& out, int depth) {
  lua_State* lua = out.lua;
  switch (lua_type(lua, -1)) {
    case LUA_TSTRING:
      EncodeString(out, LuaText(lua, -1));
      break;
    case LUA_TBOOLEAN:
      out.Number(lua_toboolean(lua, -1) ? 0xc3 : 0xc2, 0, 0);
      break;
    case LUA_TNUMBER:
      EncodeNumber(out, lua_tonumber(lua, -1));
      break;
    case LUA_TTABLE:
      if (depth < kMaxDepth) {
        EncodeTable(out, depth);
        break;
      }
      [[fallthrough]];
    default:
      out.Number(0xc0, 0, 0);
  }
  lua_pop(lua, 1);
}

int Pack(lua_State* lua) {
  const int count = lua_gettop(lua);
  if (count == 0) return luaL_argerror(lua, 0, "MessagePack pack needs input.");
  lua_pushnil(lua);
  Output out{lua, count + 1};
  for (int i = 1; i <= count; ++i) {
    luaL_checkstack(lua, 1, "in MessagePack");
    lua_pushvalue(lua, i);
    EncodeTop(out, 0);
  }
  lua_pushlstring(lua, out.data, out.size);
  return 1;
}

// --- Decoding ---

struct Input {
  lua_State* lua;
  const char* at;
  size_t left;

  void Need(size_t bytes) const {
    if (left < bytes) luaL_error(lua, "Missing bytes in input.");
  }
  std::string_view Take(size_t bytes) {
    Need(bytes);
    const std::string_view taken(at, bytes);
    at += bytes;
    left -= bytes;
    return taken;
  }
  uint64_t Number(size_t bytes) {
    uint64_t value = 0;
    for (const char byte : Take(bytes)) value = value << 8 | static_cast<unsigned char>(byte);
    return value;
  }
};

void Decode(Input& in);

void DecodeArray(Input& in, size_t count) {
  lua_State* lua = in.lua;
  lua_newtable(lua);
  luaL_checkstack(lua, 2, "in MessagePack");
  for (size_t i = 1; i <= count; ++i) {
    Decode(in);
    lua_rawseti(lua, -2, static_cast<int>(i));
  }
}

void DecodeMap(Input& in, size_t count) {
  lua_State* lua = in.lua;
  lua_newtable(lua);
  for (; count > 0; --count) {
    Decode(in);
    Decode(in);
    lua_settable(lua, -3);
  }
}

// Those whose type byte is a whole type. False if it is none.
bool DecodeTyped(Input& in, unsigned type) {
  lua_State* lua = in.lua;
  switch (type) {
    case 0xc0:
      lua_pushnil(lua);
      return true;
    case 0xc2:
    case 0xc3:
      lua_pushboolean(lua, type == 0xc3);
      return true;
    case 0xca:
      lua_pushnumber(lua, std::bit_cast<float>(static_cast<uint32_t>(in.Number(4))));
      return true;
    case 0xcb:
      lua_pushnumber(lua, std::bit_cast<double>(in.Number(8)));
      return true;
    case 0xcc:
    case 0xcd:
    case 0xce:
      lua_pushnumber(lua, static_cast<double>(in.Number(size_t{1} << (type - 0xcc))));
      return true;
    case 0xcf:  // Lua's integers are signed, and so Redis takes these.
      lua_pushinteger(lua, static_cast<lua_Integer>(in.Number(8)));
      return true;
    case 0xd0:
      lua_pushinteger(lua, static_cast<int8_t>(in.Number(1)));
      return true;
    case 0xd1:
      lua_pushinteger(lua, static_cast<int16_t>(in.Number(2)));
      return true;
    case 0xd2:
      lua_pushinteger(lua, static_cast<int32_t>(in.Number(4)));
      return true;
    case 0xd3:
      lua_pushnumber(lua, static_cast<double>(static_cast<int64_t>(in.Number(8))));
      return true;
    case 0xd9:
    case 0xda:
    case 0xdb:
      PushText(lua, in.Take(in.Number(size_t{1} << (type - 0xd9))));
      return true;
    case 0xdc:
    case 0xdd:
      DecodeArray(in, in.Number(type == 0xdc ? 2 : 4));
      return true;
    case 0xde:
    case 0xdf:
      DecodeMap(in, in.Number(type == 0xde ? 2 : 4));
      return true;
    default:
      return false;
  }
}

void Decode(Input& in) {
  lua_State* lua = in.lua;
  LuaVm& vm = LuaVm::Of(lua);
  vm.Spend(lua, 1);
  vm.CheckStack(lua);
  luaL_checkstack(lua, 2,
                  "too many return values at once; use unpack_one or unpack_limit instead.");
  const auto type = static_cast<unsigned char>(in.Take(1)[0]);
  if (type < 0x80) return lua_pushinteger(lua, type);
  if (type >= 0xe0) return lua_pushinteger(lua, static_cast<int8_t>(type));
  if (type < 0x90) return DecodeMap(in, type & 0x0f);
  if (type < 0xa0) return DecodeArray(in, type & 0x0f);
  if (type < 0xc0) return PushText(lua, in.Take(type & 0x1f));
  if (!DecodeTyped(in, type)) luaL_error(lua, "Bad data format in input.");
}

// Up to `limit` values from `offset` on; with neither, all of them. Otherwise the first result is
// the offset behind them, or -1 at the end.
int UnpackSome(lua_State* lua, lua_Integer limit, lua_Integer offset) {
  size_t size = 0;
  const char* data = luaL_checklstring(lua, 1, &size);
  if (offset < 0 || limit < 0) {
    return luaL_error(lua, "Invalid request to unpack with offset of %d and limit of %d.",
                      static_cast<int>(offset), static_cast<int>(size));
  }
  if (static_cast<size_t>(offset) > size) {
    return luaL_error(lua, "Start offset %d greater than input length %d.",
                      static_cast<int>(offset), static_cast<int>(size));
  }
  const bool all = limit == 0 && offset == 0;
  if (all) limit = INT_MAX;
  Input in{lua, data + offset, size - static_cast<size_t>(offset)};
  int count = 0;
  for (; in.left > 0 && count < limit; ++count) Decode(in);
  if (all) return count;
  luaL_checkstack(lua, 1, "in MessagePack");
  lua_pushinteger(lua, in.left == 0 ? -1 : static_cast<lua_Integer>(size - in.left));
  lua_insert(lua, 2);
  return count + 1;
}

int Unpack(lua_State* lua) {
  return UnpackSome(lua, 0, 0);
}

int UnpackOne(lua_State* lua) {
  const lua_Integer offset = luaL_optinteger(lua, 2, 0);
  lua_settop(lua, 1);
  return UnpackSome(lua, 1, offset);
}

int UnpackLimit(lua_State* lua) {
  const lua_Integer limit = luaL_checkinteger(lua, 2);
  const lua_Integer offset = luaL_optinteger(lua, 3, 0);
  lua_settop(lua, 1);
  return UnpackSome(lua, limit, offset);
}

}  // namespace

void PushMsgpackLibrary(lua_State* lua) {
  lua_newtable(lua);
  SetField(lua, "pack", Pack);
  SetField(lua, "unpack", Unpack);
  SetField(lua, "unpack_one", UnpackOne);
  SetField(lua, "unpack_limit", UnpackLimit);
  // What scripts may know it by.
  constexpr std::string_view kFacts[][2] = {
      {"_NAME", "cmsgpack"},
      {"_VERSION", "lua-cmsgpack 0.4.0"},
      {"_COPYRIGHT", "Copyright (C) 2012, Salvatore Sanfilippo"},
      {"_DESCRIPTION", "MessagePack C implementation for Lua"},
  };
  for (const auto& [name, text] : kFacts) {
    PushText(lua, name);
    PushText(lua, text);
    lua_rawset(lua, -3);
  }
}

}  // namespace redstart
