#ifndef REDSTART_STORAGE_KEY_HASH_H_
#define REDSTART_STORAGE_KEY_HASH_H_

// Where a key lies in hash order. This alone decides it: the top bits of the result are the shard,
// the rest is the position in the shard's table (Keyspace has the arithmetic), and one order serves
// SCAN, snapshots and expiry.
//
// XXH3 takes some 2 ns for a key of 16 bytes. The seed is drawn at random per process, so that
// nobody can aim at one shard.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace redstart {

inline uint64_t PositionOf(std::string_view key, uint64_t seed) {
  return XXH3_64bits_withSeed(key.data(), key.size(), seed);
}

}  // namespace redstart

#endif  // REDSTART_STORAGE_KEY_HASH_H_
