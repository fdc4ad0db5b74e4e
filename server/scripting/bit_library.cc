// bit: operations on 32 bits.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "server/scripting/libraries.h"

namespace redstart {
namespace {

// A number's value modulo 2^32, rounded: adding this makes its bits the lower ones of the sum.
constexpr double kShiftIn = 6755399441055744.0;  // 2^52 + 2^51

uint32_t Bits(lua_State* lua, int index) {
  const double sum = luaL_checknumber(lua, index) + kShiftIn;
  uint64_t bits = 0;
  std::memcpy(&bits, &sum, sizeof(bits));
  return static_cast<uint32_t>(bits);
}

int Push(lua_State* lua, uint32_t bits) {
  lua_pushnumber(lua, static_cast<int32_t>(bits));
  return 1;
}

int ToBit(lua_State* lua) {
  return Push(lua, Bits(lua, 1));
}

int Not(lua_State* lua) {
  return Push(lua, ~Bits(lua, 1));
}

template <typename Combine>
int Fold(lua_State* lua, Combine combine) {
  uint32_t bits = Bits(lua, 1);
  for (int i = lua_gettop(lua); i > 1; --i) bits = combine(bits, Bits(lua, i));
  return Push(lua, bits);
}

int And(lua_State* lua) {
  return Fold(lua, [](uint32_t a, uint32_t b) { return a & b; });
}

int Or(lua_State* lua) {
  return Fold(lua, [](uint32_t a, uint32_t b) { return a | b; });
}

int Xor(lua_State* lua) {
  return Fold(lua, [](uint32_t a, uint32_t b) { return a ^ b; });
}

// Of the distance the lowest five bits count.
template <typename Move>
int Shift(lua_State* lua, Move move) {
  const uint32_t bits = Bits(lua, 1);
  return Push(lua, move(bits, static_cast<int>(Bits(lua, 2) & 31)));
}

int ShiftLeft(lua_State* lua) {
  return Shift(lua, [](uint32_t bits, int by) { return bits << by; });
}

int ShiftRight(lua_State* lua) {
  return Shift(lua, [](uint32_t bits, int by) { return bits >> by; });
}

int ShiftRightSigned(lua_State* lua) {
  return Shift(lua, [](uint32_t bits, int by) {
    return static_cast<uint32_t>(static_cast<int32_t>(bits) >> by);
  });
}

int RotateLeft(lua_State* lua) {
  return Shift(lua, [](uint32_t bits, int by) { return std::rotl(bits, by); });
}

int RotateRight(lua_State* lua) {
  return Shift(lua, [](uint32_t bits, int by) { return std::rotr(bits, by); });
}

int Swap(lua_State* lua) {
  return Push(lua, __builtin_bswap32(Bits(lua, 1)));
}

// tohex(x [, digits]): capital letters if the number of digits is negative.
int ToHex(lua_State* lua) {
  uint32_t bits = Bits(lua, 1);
  const int64_t wanted = lua_isnone(lua, 2) ? 8 : static_cast<int32_t>(Bits(lua, 2));
  const char* digits = wanted < 0 ? "0123456789ABCDEF" : "0123456789abcdef";
  const auto count = static_cast<size_t>(std::min<int64_t>(wanted < 0 ? -wanted : wanted, 8));
  char text[8];
  for (size_t i = count; i > 0; bits >>= 4) text[--i] = digits[bits & 15];
  lua_pushlstring(lua, text, count);
  return 1;
}

constexpr luaL_Reg kFunctions[] = {
    {"tobit", ToBit},       {"bnot", Not},
    {"band", And},          {"bor", Or},
    {"bxor", Xor},          {"lshift", ShiftLeft},
    {"rshift", ShiftRight}, {"arshift", ShiftRightSigned},
    {"rol", RotateLeft},    {"ror", RotateRight},
    {"bswap", Swap},        {"tohex", ToHex},
};

}  // namespace

void PushBitLibrary(lua_State* lua) {
  lua_newtable(lua);
  for (const luaL_Reg& function : kFunctions) SetField(lua, function.name, function.func);
}

}  // namespace redstart
