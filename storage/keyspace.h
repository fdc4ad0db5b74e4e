#ifndef REDSTART_STORAGE_KEYSPACE_H_
#define REDSTART_STORAGE_KEYSPACE_H_

// The keyspace: every key of every database, split into shards by hash.
//
// Locking. A shard's lock guards everything in it. Shards are locked in ascending order, and a
// thread holds at most one ShardLocks at a time, so two threads can never wait for each other.
// ShardLocks is the proof of locking and the only door to a shard. While one is held: no I/O, no
// waiting, no logging, no freeing of anything large.
//
// Ownership. The keyspace owns its shards and they never move; entries live in one shard for life.
// SWAPDB exchanges the tables of two databases inside each shard.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "storage/base/page_pool.h"
#include "storage/base/reclaimer.h"
#include "storage/capture.h"
#include "storage/lazy_free.h"
#include "storage/shard.h"

namespace redstart {

class Keyspace;

// Holds the locks of some or all shards until it goes away. Movable, so that it can be returned.
class ShardLocks {
 public:
  ShardLocks() = default;
  ShardLocks(ShardLocks&& other) noexcept
      : keyspace_(std::exchange(other.keyspace_, nullptr)),
        extent_(other.extent_),
        one_(other.one_),
        some_(std::move(other.some_)) {}
  ShardLocks& operator=(ShardLocks&& other) noexcept;
  ~ShardLocks() { Unlock(); }

  // Whether anything is held.
  explicit operator bool() const { return keyspace_ != nullptr; }
  bool holds_all() const { return keyspace_ != nullptr && extent_ == Extent::kAll; }
  bool Holds(size_t shard) const;
  // REQUIRES: Holds(shard).
  Shard& operator[](size_t shard) const;
  // Notes that an effect on what is held ends at this offset of the log; and the largest such
  // offset, that is, what whoever reads under these locks can see.
  void NoteEffect(uint64_t offset) const;
  uint64_t last_effect() const;
  void Unlock();

 private:
  friend class Keyspace;
  // Nearly all commands need one shard, whose number then needs no list.
  enum class Extent : uint8_t { kOne, kSome, kAll };

  void UnlockMany();

  Keyspace* keyspace_ = nullptr;
  Extent extent_ = Extent::kOne;
  uint16_t one_ = 0;
  std::vector<uint16_t> some_;  // Ascending, each once.
};

class Keyspace {
 public:
  // SCAN's cursor has to fit 53 bits, and a table needs 43 of them (storage/base/table.h).
  static constexpr size_t kMaxShards = 1024;
  // Enough that few threads meet in one, few enough for a container of 64 MB.
  static size_t ShardCountFor(size_t threads);

  // REQUIRES: shard_count is a power of two up to kMaxShards.
  Keyspace(size_t shard_count, int databases, uint64_t hash_seed);
  ~Keyspace();
  Keyspace(const Keyspace&) = delete;
  Keyspace& operator=(const Keyspace&) = delete;

  // The place of a key in hash order, and what follows from it.
  uint64_t HashOf(std::string_view key) const { return PositionOf(key, seed_); }
  size_t ShardOf(uint64_t hash) const { return hash >> shard_shift_; }
  uint64_t PositionInShard(uint64_t hash) const { return hash << shard_bits_; }

  // Locks the shards of some hashes, each once, and waits until it has them all.
  // REQUIRES for all three: the calling thread holds no ShardLocks.
  [[nodiscard]] ShardLocks Lock(absl::Span<const uint64_t> hashes);
  [[nodiscard]] ShardLocks LockShard(size_t shard);
  // The one global cut: whoever holds all locks sees a prefix of history.
  [[nodiscard]] ShardLocks LockAll();
  // The same three for I/O threads, which must not be deaf while a script that holds everything
  // takes too long: while is_busy() they give up and hold nothing.
  [[nodiscard]] ShardLocks LockUnlessBusy(absl::Span<const uint64_t> hashes);
  [[nodiscard]] ShardLocks LockShardUnlessBusy(size_t shard);
  [[nodiscard]] ShardLocks LockAllUnlessBusy();
  bool is_busy() const { return busy_.load(std::memory_order_relaxed); }
  // By whoever holds all shards.
  void SetBusy(bool busy) { busy_.store(busy, std::memory_order_relaxed); }
  // The same as LockAll for what can wait, such as a snapshot's cut: it holds up nobody for more
  // than a millisecond while it waits for the shards that others hold, lets go and tries again;
  // only after 100 ms it queues like everybody, so that a stream of long commands cannot keep it
  // out.
  [[nodiscard]] ShardLocks LockAllPatiently();
  // One such try: holds nothing if some shard was held by others for longer than `limit`.
  [[nodiscard]] ShardLocks TryLockAll(std::chrono::microseconds limit);

  // A snapshot begins: from the instant of the call on, `capture` gets what changes before
  // Shard::WalkCut has come to it. REQUIRES: `all` holds every shard, and none is running.
  void BeginCut(const ShardLocks& all, Capture* capture);
  // It ends; `completed`: its walk has seen everything.
  void EndCut(const ShardLocks& all, bool completed);
  // To be called before BeginCut, by one thread and without locks: tags that aborted snapshots left
  // behind are taken off before the values for new ones run out. IsReadyForCut says whether that
  // can be left out.
  void PrepareCut();
  bool IsReadyForCut(const ShardLocks&) const { return stale_tags_ < CaptureState::kTags; }
  // What waits until the snapshot's memory has room again (CaptureState::over_budget). To be called
  // before a write, without locks.
  void AwaitRoom() {
    if (lacks_room()) [[unlikely]] {
      capture_.over_budget.wait(true);
    }
  }
  // Bytes that a running snapshot keeps of what has been changed or deleted since its cut.
  uint64_t captured_bytes() const { return capture_.waiting_bytes.load(std::memory_order_relaxed); }
  // The snapshot: it keeps so many more or (negative) fewer. Returns how many it keeps.
  uint64_t AddCapturedBytes(int64_t bytes);
  bool lacks_room() const { return capture_.over_budget.load(std::memory_order_relaxed); }
  void SetOverBudget(bool over);

  size_t shard_count() const { return shards_.size(); }
  int databases() const { return databases_; }
  uint64_t shard_bits() const { return shard_bits_; }

  // Hints for keys that will be needed soon; without any lock, from inside a Reclaimer read scope.
  void PrefetchBucket(int database, uint64_t hash) const {
    shards_[ShardOf(hash)]->PrefetchBucket(database, PositionInShard(hash));
  }
  void PrefetchNode(int database, uint64_t hash) const {
    shards_[ShardOf(hash)]->PrefetchNode(database, PositionInShard(hash));
  }

  Reclaimer& reclaimer() { return reclaimer_; }
  LazyFree& lazy_free() { return *lazy_free_; }
  PagePool& pages() { return pages_; }
  // Bytes of all entries that lie in pages; bytes in pages that hold none are not counted.
  uint64_t entry_bytes() const;
  // Keys removed because their deadline had passed, since the start.
  uint64_t expired_keys() const;
  // The same for fields of hashes.
  uint64_t expired_fields() const;

 private:
  friend class ShardLocks;

  std::vector<uint16_t> ShardsOf(absl::Span<const uint64_t> hashes) const;

  // Locks every shard unless one is held for longer than `limit`: then none.
  bool TryLockEach(std::chrono::microseconds limit);

  const int databases_;
  // Of effects under all locks, which would otherwise have to be noted in each shard. Written by
  // whoever holds all, read by whoever holds any.
  uint64_t last_effect_on_all_ = 0;
  const uint64_t seed_;
  int shard_bits_;
  int shard_shift_;
  std::atomic<bool> busy_{false};
  CaptureState capture_;
  uint8_t stale_tags_ = 0;  // Values up to this one may stand in entries.
  PagePool pages_;
  Reclaimer reclaimer_;
  std::unique_ptr<LazyFree> lazy_free_ = std::make_unique<LazyFree>();
  std::vector<std::unique_ptr<Shard>> shards_;
};

inline Shard& ShardLocks::operator[](size_t shard) const {
  return *keyspace_->shards_[shard];
}

inline void ShardLocks::Unlock() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (keyspace_ == nullptr) return;
  if (extent_ == Extent::kOne) [[likely]] {
    keyspace_->shards_[one_]->mutex().Unlock();
  } else {
    UnlockMany();
  }
  keyspace_ = nullptr;
}

inline ShardLocks Keyspace::LockShard(size_t shard) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  shards_[shard]->mutex().Lock();
  locks.one_ = static_cast<uint16_t>(shard);
  locks.keyspace_ = this;
  return locks;
}

inline ShardLocks Keyspace::LockShardUnlessBusy(size_t shard) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  if (!shards_[shard]->mutex().LockUnless(busy_)) [[unlikely]] {
    return locks;
  }
  locks.one_ = static_cast<uint16_t>(shard);
  locks.keyspace_ = this;
  return locks;
}

}  // namespace redstart

#endif  // REDSTART_STORAGE_KEYSPACE_H_
