#ifndef REDSTART_STORAGE_SHARD_H_
#define REDSTART_STORAGE_SHARD_H_

// One part of the keyspace: for every database a table with the keys whose hash begins with the
// shard's number, the memory of their entries, and who listens to them.
//
// Owner. The keyspace; shards never move. Lock. mutex() guards everything here but what is said to
// be callable without it. Only ShardLocks hands a shard out, so whoever has one holds its lock.
// Invariants. An entry lives in one shard for life. A database has no table before its first key.
// This layer knows no time: what an expired key means is decided above (server/exec/key_access).

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "storage/base/counter.h"
#include "storage/base/futex_mutex.h"
#include "storage/base/page_pool.h"
#include "storage/base/reclaimer.h"
#include "storage/base/slab.h"
#include "storage/base/table.h"
#include "storage/entry.h"
#include "storage/key_hash.h"
#include "storage/key_listeners.h"
#include "storage/lazy_free.h"

namespace redstart {

// How a table of entries reads its nodes.
struct EntryPolicy {
  using Node = Entry;

  static bool KeyEquals(const Entry& entry, std::string_view key) { return entry.key() == key; }
  static uint64_t DeadlineOf(const Entry& entry) { return entry.deadline(); }
  // The position within the shard: hash order below the shard's bits.
  uint64_t PositionOf(const Entry& entry) const {
    return redstart::PositionOf(entry.key(), seed) << shard_bits;
  }

  uint64_t seed;
  int shard_bits;
};
using EntryTable = Table<EntryPolicy>;

class Shard {
 public:
  using Place = EntryTable::Place;

  // What all shards of a keyspace share. Outlives them.
  struct Surroundings {
    EntryPolicy policy;
    PagePool* pages;
    Reclaimer* reclaimer;
    LazyFree* lazy_free;
  };
  // `number` only decides into how many roots the tables are cut, so that not all shards grow at
  // the same time.
  Shard(const Surroundings& surroundings, size_t number);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  FutexMutex& mutex() { return mutex_; }

  // The table of a database, or null if it has no keys and never had.
  const EntryTable* table(int database) const;
  size_t size(int database) const { return TableSize(table(database)); }
  // Keys of the database that have a deadline.
  uint64_t with_deadline(int database) const;

  Place Find(int database, std::string_view key, uint64_t position) const;
  // The same for a key whose position is not at hand.
  Place FindByName(int database, std::string_view key) const {
    return Find(database, key,
                redstart::PositionOf(key, around_.policy.seed) << around_.policy.shard_bits);
  }
  // Adds an entry. REQUIRES: its key is not there.
  void Insert(int database, Entry* entry, uint64_t position);
  // Puts `entry` where another entry of the same key stands, and frees the other's memory, but not
  // what its payload points to: that has moved to the new entry or was released by the caller.
  void ReplaceShell(int database, Place place, Entry* entry, uint64_t position);
  // Removes an entry with its value.
  void Erase(int database, Place place);
  // Removes an entry and leaves it to the caller, who must end with FreeShell.
  Entry* Detach(int database, Place place);
  // To be called when an entry's deadline moved in place.
  void NoteDeadline(int database, uint64_t position, uint64_t deadline);

  // Entries of a database whose deadline has passed, at most `max`; true at the end of the table
  // (EntryTable::CollectDue).
  bool CollectDue(int database, uint64_t now, uint64_t* cursor, size_t max,
                  std::vector<Entry*>* due);

  // Takes all keys of a database out at once, to be freed in the background; returns how many there
  // were. O(1).
  size_t Clear(int database);
  void SwapDatabases(int a, int b);
  // Goes up whenever an entry comes, goes or moves: places and entries found before are to be
  // looked up again.
  uint64_t layout_version() const { return layout_version_; }
  // The databases that have a table.
  std::vector<int> Databases() const;

  // Frees what the payload of an entry points to; long values go to the background thread. Only
  // FreeShell may follow.
  void ReleaseValue(Entry* entry);

  Slab* slab() { return &slab_; }
  KeyListeners& listeners() { return listeners_; }
  const KeyListeners& listeners() const { return listeners_; }
  // Whether anybody listens to any key: the one test that a write pays for WATCH and its like.
  bool attention() const { return !listeners_.empty(); }

  // Hints that need no lock, from inside a Reclaimer read scope: see EntryTable. Databases past the
  // first 16 get none.
  void PrefetchBucket(int database, uint64_t position) const;
  void PrefetchNode(int database, uint64_t position) const;

  // Statistics: written under the lock, readable without it.
  Counter expired_keys;

 private:
  // A table with what is counted beside it. Freed through the reclaimer, because prefetching reads
  // it without a lock.
  struct Database {
    Database(EntryPolicy policy, int roots, Reclaimer* reclaimer)
        : table(policy, roots, reclaimer) {}

    EntryTable table;
    uint64_t with_deadline = 0;
  };
  // Databases with a slot of their own. All others, which few servers use, share a map.
  static constexpr int kDirect = 16;

  static size_t TableSize(const EntryTable* table) { return table == nullptr ? 0 : table->size(); }
  Database* Get(int database) const;
  Database* GetOrCreate(int database);
  // Puts `content`, which may be null, in place and returns what was there.
  Database* Exchange(int database, Database* content);
  // Frees every entry of a detached database, a few at a time under the lock, then the database.
  void FreeDetached(Database* database);

  FutexMutex mutex_;
  int roots_;
  Surroundings around_;
  Slab slab_;
  uint64_t layout_version_ = 0;
  KeyListeners listeners_;
  std::array<std::atomic<Database*>, kDirect> direct_{};
  absl::flat_hash_map<int, Database*> others_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_SHARD_H_
