#include "storage/base/sha1.h"

#include <bit>
#include <cstring>

namespace redstart {
namespace {

constexpr size_t kBlockBytes = 64;
using State = std::array<uint32_t, 5>;

uint32_t LoadBigEndian(const char* from) {
  uint32_t word;
  std::memcpy(&word, from, sizeof(word));
  return __builtin_bswap32(word);
}

void AddBlock(const char* block, State* state) {
  uint32_t words[80];
  for (int i = 0; i < 16; ++i) words[i] = LoadBigEndian(block + 4 * i);
  for (int i = 16; i < 80; ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = *state;
  for (int i = 0; i < 80; ++i) {
    uint32_t mixed;
    if (i < 20) {
      mixed = ((b & c) | (~b & d)) + 0x5A827999;
    } else if (i < 40) {
      mixed = (b ^ c ^ d) + 0x6ED9EBA1;
    } else if (i < 60) {
      mixed = ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    } else {
      mixed = (b ^ c ^ d) + 0xCA62C1D6;
    }
    const uint32_t next = std::rotl(a, 5) + mixed + e + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  const State added = {a, b, c, d, e};
  for (size_t i = 0; i < state->size(); ++i) (*state)[i] += added[i];
}

}  // namespace

Sha1Digest Sha1(std::string_view bytes) {
  State state = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const uint64_t bits = __builtin_bswap64(static_cast<uint64_t>(bytes.size()) * 8);
  while (bytes.size() >= kBlockBytes) {
    AddBlock(bytes.data(), &state);
    bytes.remove_prefix(kBlockBytes);
  }
  // The rest, a one bit, zeros, and the length at the end of one block or of a second.
  char last[2 * kBlockBytes] = {};
  if (!bytes.empty()) std::memcpy(last, bytes.data(), bytes.size());
  last[bytes.size()] = static_cast<char>(0x80);
  const size_t size = bytes.size() + 9 <= kBlockBytes ? kBlockBytes : 2 * kBlockBytes;
  std::memcpy(last + size - sizeof(bits), &bits, sizeof(bits));
  for (size_t at = 0; at < size; at += kBlockBytes) AddBlock(last + at, &state);
  Sha1Digest digest;
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

std::string ToHex(const Sha1Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace redstart
