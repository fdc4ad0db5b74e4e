#ifndef REDSTART_TESTS_BENCHMARK_TABLE_WORKLOAD_H_
#define REDSTART_TESTS_BENCHMARK_TABLE_WORKLOAD_H_

// What the table benchmarks share: entries like the keyspace's (8 bytes of header, a 16-byte key, a
// 32-byte value: 56 bytes from a slab) in tables that are sharded as the keyspace shards them, by
// the hash's first bits.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <time.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "storage/base/page_pool.h"
#include "storage/base/reclaimer.h"
#include "storage/base/slab.h"
#include "storage/base/table.h"

namespace redstart::benchmarks {

constexpr size_t kKeyBytes = 16;

struct Entry {
  uint64_t header;
  char key[kKeyBytes];
  char value[32];

  std::string_view view() const { return {key, kKeyBytes}; }
};
static_assert(sizeof(Entry) == 56);

// "key:" and the number with leading zeros.
struct Key {
  explicit Key(uint64_t number) {
    std::memcpy(bytes, "key:", 4);
    for (size_t i = kKeyBytes; i-- > 4; number /= 10)
      bytes[i] = static_cast<char>('0' + number % 10);
  }
  std::string_view view() const { return {bytes, kKeyBytes}; }
  char bytes[kKeyBytes];
};

inline uint64_t HashOf(std::string_view key) {
  return XXH3_64bits_withSeed(key.data(), key.size(), 42);
}

struct Policy {
  using Node = Entry;
  int shard_bits = 0;
  static bool KeyEquals(const Entry& entry, std::string_view key) {
    return key.size() == kKeyBytes && std::memcmp(entry.key, key.data(), kKeyBytes) == 0;
  }
  uint64_t PositionOf(const Entry& entry) const { return HashOf(entry.view()) << shard_bits; }
  static uint64_t DeadlineOf(const Entry& entry) { return entry.header; }
};

class ShardedTables {
 public:
  struct Shard {
    Shard(PagePool* pool, int shard_bits, int roots, Reclaimer* reclaimer)
        : slab(pool), table(Policy{shard_bits}, roots, reclaimer) {}
    Slab slab;
    Table<Policy> table;
  };

  // A power of two of shards, with 8 to 16 roots each, or one table with `roots` roots.
  explicit ShardedTables(size_t shards, int roots = 0) : shard_bits_(std::bit_width(shards) - 1) {
    for (size_t i = 0; i < shards; ++i) {
      const int own = roots != 0 ? roots : 8 + static_cast<int>(i % 9);
      shards_.push_back(std::make_unique<Shard>(&pool_, shard_bits_, own, &reclaimer_));
    }
  }

  Shard& ShardOf(uint64_t hash) {
    return *shards_[shard_bits_ == 0 ? 0 : hash >> (64 - shard_bits_)];
  }
  uint64_t PositionOf(uint64_t hash) const { return hash << shard_bits_; }

  void Insert(uint64_t number) {
    const Key key(number);
    const uint64_t hash = HashOf(key.view());
    Shard& shard = ShardOf(hash);
    auto* entry = static_cast<Entry*>(shard.slab.Allocate(sizeof(Entry)));
    entry->header = 0;
    std::memcpy(entry->key, key.bytes, kKeyBytes);
    std::memset(entry->value, 'v', sizeof(entry->value));
    shard.table.Insert(entry, PositionOf(hash));
  }
  Entry* Find(uint64_t number) {
    const Key key(number);
    const uint64_t hash = HashOf(key.view());
    auto place = ShardOf(hash).table.Find(key.view(), PositionOf(hash));
    return place ? place.node() : nullptr;
  }
  void Erase(uint64_t number) {
    const Key key(number);
    const uint64_t hash = HashOf(key.view());
    Shard& shard = ShardOf(hash);
    auto place = shard.table.Find(key.view(), PositionOf(hash));
    Entry* entry = place.node();
    shard.table.Erase(place);
    shard.slab.Free(entry, sizeof(Entry));
  }

  size_t TableBytes() const {
    size_t bytes = 0;
    for (const auto& shard : shards_) bytes += shard->table.MemoryBytes();
    return bytes;
  }
  size_t size() const {
    size_t size = 0;
    for (const auto& shard : shards_) size += shard->table.size();
    return size;
  }
  size_t SlabBytes() const { return pool_.bytes_in_use(); }
  std::vector<std::unique_ptr<Shard>>& shards() { return shards_; }
  Reclaimer& reclaimer() { return reclaimer_; }

 private:
  const int shard_bits_;
  PagePool pool_;
  Reclaimer reclaimer_;
  std::vector<std::unique_ptr<Shard>> shards_;
};

// The thread's own time, so that other work on the machine does not count as a pause.
inline uint64_t ThreadNs() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1000000000 + static_cast<uint64_t>(now.tv_nsec);
}

}  // namespace redstart::benchmarks

#endif  // REDSTART_TESTS_BENCHMARK_TABLE_WORKLOAD_H_
