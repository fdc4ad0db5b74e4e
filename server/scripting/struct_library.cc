// struct: binary records after format strings.
//
//   > < = byte order, ! [n] alignment, x one byte of padding, b h l T i[n] integers (capitals:
//   unsigned), f d floats, c[n] n characters (packing with 0: the whole string; unpacking with 0:
//   as many as the last number said), s a string that ends with a zero byte

#include <algorithm>
#include <bit>
#include <cctype>
#include <climits>
#include <cstdint>
#include <cstring>

#include "server/scripting/libraries.h"

namespace redstart {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr int kMaxIntegerBytes = 32;
constexpr int kMaxAlignment = 8;

// Reads a format from left to right.
struct Format {
  lua_State* lua;
  const char* at;
  bool big_endian = false;
  size_t alignment = 1;

  bool done() const { return *at == '\0'; }
  // The option at the front, and the bytes that it takes (0: it depends, or none).
  struct Item {
    char option;
    size_t size;
  };
  Item Next() {
    const char option = *at++;
    return {option, SizeOf(option)};
  }
  // Bytes to be skipped before an item at `position`.
  size_t Padding(size_t position, const Item& item) const {
    if (item.size == 0 || item.option == 'c') return 0;
    const size_t unit = std::min(item.size, alignment);
    return (unit - (position & (unit - 1))) & (unit - 1);
  }
  // What is no item: byte order and alignment.
  void Control(char option) {
    switch (option) {
      case ' ':
        return;
      case '>':
        big_endian = true;
        return;
      case '<':
        big_endian = false;
        return;
      case '!': {
        const int wanted = Number(kMaxAlignment);
        if (wanted <= 0 || (wanted & (wanted - 1)) != 0) {
          luaL_error(lua, "alignment %d is not a power of 2", wanted);
        }
        alignment = static_cast<size_t>(wanted);
        return;
      }
      default:
        luaL_argerror(lua, 1, lua_pushfstring(lua, "invalid format option '%c'", option));
    }
  }

 private:
  int Number(int otherwise) {
    if (!std::isdigit(static_cast<unsigned char>(*at))) return otherwise;
    int64_t number = 0;
    for (; std::isdigit(static_cast<unsigned char>(*at)); ++at) {
      number = number * 10 + (*at - '0');
      if (number > INT_MAX) luaL_error(lua, "integral size overflow");
    }
    return static_cast<int>(number);
  }
  size_t SizeOf(char option) {
    switch (option) {
      case 'b':
      case 'B':
      case 'x':
        return 1;
      case 'h':
      case 'H':
        return sizeof(short);
      case 'l':
      case 'L':
        return sizeof(long);
      case 'T':
        return sizeof(size_t);
      case 'f':
        return sizeof(float);
      case 'd':
        return sizeof(double);
      case 'c':
        return static_cast<size_t>(Number(1));
      case 'i':
      case 'I': {
        const int size = Number(sizeof(int));
        if (size > kMaxIntegerBytes) {
          luaL_error(lua, "integral size %d is larger than limit of %d", size, kMaxIntegerBytes);
        }
        return static_cast<size_t>(size);
      }
      default:
        return 0;
    }
  }
};

bool IsInteger(char option) {
  return std::strchr("bBhHlLTiI", option) != nullptr;
}

void AddInteger(lua_State* lua, luaL_Buffer* out, int index, const Format& format, size_t size) {
  const double number = luaL_checknumber(lua, index);
  auto value = number < 0 ? static_cast<uint64_t>(static_cast<int64_t>(number))
                          : static_cast<uint64_t>(number);
  char bytes[kMaxIntegerBytes];
  for (size_t i = 0; i < size; ++i, value >>= 8) {
    bytes[format.big_endian ? size - 1 - i : i] = static_cast<char>(value & 0xff);
  }
  luaL_addlstring(out, bytes, size);
}

double IntegerAt(const char* data, const Format& format, bool is_signed, size_t size) {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) {
    const char byte = data[format.big_endian ? i : size - 1 - i];
    value = value << 8 | static_cast<unsigned char>(byte);
  }
  if (!is_signed) return static_cast<double>(value);
  if (size > 0 && size < sizeof(value)) {
    const uint64_t sign = uint64_t{1} << (size * 8 - 1);
    value = (value ^ sign) - sign;
  }
  return static_cast<double>(static_cast<int64_t>(value));
}

template <typename Float>
void AddFloat(luaL_Buffer* out, double number, const Format& format) {
  const auto value = static_cast<Float>(number);
  char bytes[sizeof(Float)];
  std::memcpy(bytes, &value, sizeof(value));
  if (format.big_endian) std::reverse(bytes, bytes + sizeof(bytes));
  luaL_addlstring(out, bytes, sizeof(bytes));
}

template <typename Float>
double FloatAt(const char* data, const Format& format) {
  char bytes[sizeof(Float)];
  std::memcpy(bytes, data, sizeof(bytes));
  if (format.big_endian) std::reverse(bytes, bytes + sizeof(bytes));
  Float value;
  std::memcpy(&value, bytes, sizeof(value));
  return value;
}

int Pack(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  int index = 2;
  size_t total = 0;
  lua_pushnil(lua);  // Parts the arguments from the buffer's pieces.
  luaL_Buffer out;
  luaL_buffinit(lua, &out);
  while (!format.done()) {
    Format::Item item = format.Next();
    const size_t padding = format.Padding(total, item);
    for (size_t i = 0; i < padding; ++i) luaL_addchar(&out, '\0');
    total += padding;
    if (IsInteger(item.option)) {
      AddInteger(lua, &out, index++, format, item.size);
    } else if (item.option == 'x') {
      luaL_addchar(&out, '\0');
    } else if (item.option == 'f') {
      AddFloat<float>(&out, luaL_checknumber(lua, index++), format);
    } else if (item.option == 'd') {
      AddFloat<double>(&out, luaL_checknumber(lua, index++), format);
    } else if (item.option == 'c' || item.option == 's') {
      size_t size = 0;
      const char* text = luaL_checklstring(lua, index++, &size);
      if (item.size == 0) item.size = size;
      luaL_argcheck(lua, size >= item.size, index, "string too short");
      luaL_addlstring(&out, text, item.size);
      if (item.option == 's') {
        luaL_addchar(&out, '\0');
        ++item.size;
      }
    } else {
      format.Control(item.option);
    }
    total += item.size;
  }
  luaL_pushresult(&out);
  return 1;
}

int Unpack(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  size_t size = 0;
  const char* data = luaL_checklstring(lua, 2, &size);
  const lua_Integer first = luaL_optinteger(lua, 3, 1);
  luaL_argcheck(lua, first > 0, 3, "offset must be 1 or greater");
  auto at = static_cast<size_t>(first - 1);
  int results = 0;
  const auto need = [&](size_t bytes) {
    luaL_argcheck(lua, bytes <= size && at <= size - bytes, 2, "data string too short");
  };
  while (!format.done()) {
    Format::Item item = format.Next();
    at += format.Padding(at, item);
    need(item.size);
    luaL_checkstack(lua, 2, "too many results");
    ++results;
    if (IsInteger(item.option)) {
      const bool is_signed = std::islower(static_cast<unsigned char>(item.option)) != 0;
      lua_pushnumber(lua, IntegerAt(data + at, format, is_signed, item.size));
    } else if (item.option == 'f') {
      lua_pushnumber(lua, FloatAt<float>(data + at, format));
    } else if (item.option == 'd') {
      lua_pushnumber(lua, FloatAt<double>(data + at, format));
    } else if (item.option == 'c') {
      if (item.size == 0) {
        if (results == 1 || !lua_isnumber(lua, -1)) {
          luaL_error(lua, "format 'c0' needs a previous size");
        }
        const double count = lua_tonumber(lua, -1);
        lua_pop(lua, 1);
        --results;
        luaL_argcheck(lua, count >= 0 && count <= static_cast<double>(size), 2,
                      "data string too short");
        item.size = static_cast<size_t>(count);
        need(item.size);
      }
      lua_pushlstring(lua, data + at, item.size);
    } else if (item.option == 's') {
      const void* end = std::memchr(data + at, '\0', size - at);
      if (end == nullptr) luaL_error(lua, "unfinished string in data");
      item.size = static_cast<size_t>(static_cast<const char*>(end) - (data + at)) + 1;
      lua_pushlstring(lua, data + at, item.size - 1);
    } else {
      --results;
      if (item.option != 'x') format.Control(item.option);
    }
    at += item.size;
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(at + 1));
  return results + 1;
}

int Size(lua_State* lua) {
  Format format{lua, luaL_checkstring(lua, 1)};
  size_t total = 0;
  while (!format.done()) {
    const Format::Item item = format.Next();
    total += format.Padding(total, item);
    if (item.option == 's') luaL_argerror(lua, 1, "option 's' has no fixed size");
    if (item.option == 'c' && item.size == 0) {
      luaL_argerror(lua, 1, "option 'c0' has no fixed size");
    }
    if (!std::isalnum(static_cast<unsigned char>(item.option))) format.Control(item.option);
    total += item.size;
  }
  lua_pushinteger(lua, static_cast<lua_Integer>(total));
  return 1;
}

}  // namespace

void PushStructLibrary(lua_State* lua) {
  lua_newtable(lua);
  SetField(lua, "pack", Pack);
  SetField(lua, "unpack", Unpack);
  SetField(lua, "size", Size);
}

}  // namespace redstart
