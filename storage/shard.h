#ifndef REDSTART_STORAGE_SHARD_H_
#define REDSTART_STORAGE_SHARD_H_

// One part of the keyspace: for every database a table with the keys whose hash begins with the
// shard's number, the memory of their entries, and who listens to them.
//
// Changing an entry. Places show entries as constants; Edit gives the entry itself, and like every
// other way to change what a key holds it first shows a running snapshot what was there
// (capture.h).
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
#include "absl/functional/function_ref.h"
#include "storage/base/counter.h"
#include "storage/base/futex_mutex.h"
#include "storage/base/page_pool.h"
#include "storage/base/reclaimer.h"
#include "storage/base/same_bytes.h"
#include "storage/base/slab.h"
#include "storage/base/table.h"
#include "storage/capture.h"
#include "storage/entry.h"
#include "storage/key_hash.h"
#include "storage/key_listeners.h"
#include "storage/lazy_free.h"
#include "storage/value.h"

namespace redstart {

// How a table of entries reads its nodes.
struct EntryPolicy {
  using Node = Entry;

  static bool KeyEquals(const Entry& entry, std::string_view key) {
    return SameBytes(entry.key(), key);
  }
  static uint64_t DeadlineOf(const Entry& entry) {
    return entry.has_field_deadlines() ? EarliestDeadline(entry) : entry.deadline();
  }
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
  // Where an entry stands, as EntryTable::Place, but read-only.
  class Place {
   public:
    Place() = default;
    explicit operator bool() const { return static_cast<bool>(place_); }
    const Entry* node() const { return place_.node(); }

   private:
    friend class Shard;
    explicit Place(EntryTable::Place place) : place_(place) {}

    EntryTable::Place place_;
  };

  // What all shards of a keyspace share. Outlives them.
  struct Surroundings {
    EntryPolicy policy;
    PagePool* pages;
    Reclaimer* reclaimer;
    LazyFree* lazy_free;
    const CaptureState* capture;
  };
  // `number` also decides into how many roots the tables are cut, so that not all shards grow at
  // the same time.
  Shard(const Surroundings& surroundings, size_t number);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  FutexMutex& mutex() { return mutex_; }
  size_t number() const { return number_; }

  // The table of a database, or null if it has no keys and never had.
  const EntryTable* table(int database) const;
  size_t size(int database) const { return TableSize(table(database)); }
  // Keys of the database that have a deadline.
  uint64_t with_deadline(int database) const;
  // Its hashes of which fields have deadlines.
  uint64_t with_field_deadlines(int database) const;

  Place Find(int database, std::string_view key, uint64_t position) const {
    const Database* found = Get(database);
    return found == nullptr ? Place() : Place(found->table.Find(key, position));
  }
  // The same for a key whose position is not at hand.
  Place FindByName(int database, std::string_view key) const {
    return Find(database, key,
                redstart::PositionOf(key, around_.policy.seed) << around_.policy.shard_bits);
  }
  // Adds an entry. REQUIRES: its key is not there.
  void Insert(int database, Entry* entry, uint64_t position);
  // The entry itself, to be changed.
  Entry* Edit(int database, Place place);
  // Puts `entry` where another entry of the same key stands, and frees the other's memory, but not
  // what its payload points to: that has moved to the new entry, or the caller released it after
  // Edit().
  void ReplaceShell(int database, Place place, Entry* entry, uint64_t position);
  // The same, but the other entry goes with its value.
  void Replace(int database, Place place, Entry* entry, uint64_t position);
  // Removes an entry with its value.
  void Erase(int database, Place place);
  // Removes an entry and leaves it to the caller, who must end with FreeShell.
  Entry* Detach(int database, Place place);
  // Frees an entry that is in no table, with its value.
  void FreeDetachedEntry(Entry* entry);
  // To be called when an entry's deadline moved in place.
  void NoteDeadline(int database, uint64_t position, uint64_t deadline);
  // To be called when fields of an entry's hash got or lost deadlines, or some were erased.
  void NoteFieldDeadlines(int database, Place place, uint64_t position, bool has_any);

  // Entries of a database whose deadline, or that of a field, has passed, at most `max`; true at
  // the end of the table (EntryTable::CollectDue).
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

  // --- What a snapshot does here (CaptureState::capture is its own). ---
  struct CutDatabase {
    int number;  // At the cut.
    size_t keys;
    uint64_t with_deadline;
  };
  // The databases as they were called at the cut; the counts are those of now.
  std::vector<CutDatabase> CutDatabases() const;
  // Goes on with the walk through one of them, in hash order: visits the entries that have not been
  // captured and takes their tags off, bucket by bucket, until `visit` has returned false. True at
  // the end.
  bool WalkCut(int number, absl::FunctionRef<bool(const Entry&)> visit);
  // Takes the tags off some more entries; true when there are none left. REQUIRES: no snapshot is
  // running.
  bool ClearTags();
  // The snapshot ends: tables that only it still needed are freed. To be called with every shard
  // locked, before CaptureState::capture becomes null.
  void EndCut();

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
  void PrefetchBucket(int database, uint64_t position) const {
    if (const Database* hint = Hint(database)) hint->table.PrefetchBucket(position);
  }
  void PrefetchNode(int database, uint64_t position) const {
    if (const Database* hint = Hint(database)) hint->table.PrefetchNode(position);
  }

  // Statistics: written under the lock, readable without it.
  Counter expired_keys;
  Counter expired_fields;

 private:
  // A table with what is counted beside it. Freed through the reclaimer, because prefetching reads
  // it without a lock.
  struct Database {
    Database(EntryPolicy policy, int roots, Reclaimer* reclaimer)
        : table(policy, roots, reclaimer) {}

    EntryTable table;
    uint64_t with_deadline = 0;
    uint64_t with_field_deadlines = 0;
    uint64_t born = 0;       // CaptureState::cut when it was made.
    uint64_t renamed = 0;    // The cut since which it has another number, if it is the current one:
    int number_at_cut = 0;   // what its number was then.
    uint64_t walked = 0;     // The cut whose walk has come here:
    uint64_t walked_to = 0;  // what is before this position has been seen,
    bool walked_out = false;  // or everything has.
    uint64_t cleaned = 0;     // The cut after which all tags were taken off:
    uint64_t cleaned_to = 0;  // how far that has come.
  };
  // Databases with a slot of their own. All others, which few servers use, share a map.
  static constexpr int kDirect = 16;

  const Database* Hint(int database) const {
    if (database >= kDirect) return nullptr;
    return direct_[database].load(std::memory_order_acquire);
  }
  static size_t TableSize(const EntryTable* table) { return table == nullptr ? 0 : table->size(); }
  Database* Get(int database) const {
    if (database < kDirect) return direct_[database].load(std::memory_order_relaxed);
    return GetOther(database);
  }
  Database* GetOther(int database) const;
  Database* GetOrCreate(int database);
  // Whether a running snapshot has still to come to this position.
  bool IsAhead(const Database& database, uint64_t position) const;
  void NoteRenaming(Database* database, int number);
  int NumberAtCut(const Database& database, int number) const;
  Database* FindCut(int number) const;
  // Shows a running snapshot the entry before it changes, if it needs that.
  void Preserve(int database, const Database& in, Place place);
  uint8_t TagFor(const Database& database, uint64_t position) const;
  // Counts what an entry has that comes into a table (1) or goes (-1).
  static void Count(Database* in, const Entry& entry, int times);
  static void NoteDeadlineOf(Database* in, const Entry& entry, uint64_t position);
  // Removes the entry from its table only.
  Entry* Unlink(Database* in, Place place);
  // Whether the snapshot took the entry, which has just been replaced or removed.
  bool TakenByCapture(int database, const Database& in, uint64_t position, Entry* entry);
  // Puts `content`, which may be null, in place and returns what was there.
  Database* Exchange(int database, Database* content);
  // Frees every entry of a detached database, a few at a time under the lock, then the database.
  void FreeDetached(Database* database);

  FutexMutex mutex_;
  const size_t number_;
  int roots_;
  Surroundings around_;
  Slab slab_;
  uint64_t layout_version_ = 0;
  KeyListeners listeners_;
  std::array<std::atomic<Database*>, kDirect> direct_{};
  absl::flat_hash_map<int, Database*> others_;
  std::vector<Database*> detached_;  // Cleared, but a snapshot has not seen all of them.
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_SHARD_H_
