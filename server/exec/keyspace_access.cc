#include "server/exec/keyspace_access.h"

#include <algorithm>
#include <vector>

#include "storage/base/random.h"

namespace redstart {
namespace {

// A cursor is the shard's number above the top bits of the position in the shard: 53 bits, for
// clients that keep it in a double, with up to 1,024 shards.
constexpr int kPositionBits = 43;
constexpr int kDroppedBits = 64 - kPositionBits;
// Keys visited under one hold of a shard's lock, some 10 us.
constexpr size_t kVisitsPerHold = 256;
// How often RandomKey tries again when it meets an expired key, before it gives up and answers with
// one all the same.
constexpr int kRandomTries = 100;

}  // namespace

Shard& KeyWalk::Enter(size_t shard, ShardLocks* own) {
  if (frame_.locks != nullptr) return (*frame_.locks)[shard];
  *own = parts_.keyspace->LockShard(shard);
  return (*own)[shard];
}

uint64_t KeyWalk::CursorAt(size_t shard, uint64_t position) const {
  return static_cast<uint64_t>(shard) << kPositionBits | position >> kDroppedBits;
}

uint64_t KeyWalk::Step(uint64_t cursor, size_t wanted, const Visit& visit) {
  size_t shard = cursor >> kPositionBits;
  std::optional<uint64_t> position = cursor << kDroppedBits;
  size_t seen = 0;
  std::vector<std::string> expired;
  while (shard < parts_.keyspace->shard_count()) {
    ShardLocks own;
    Shard& here = Enter(shard, &own);
    const EntryTable* table = here.table(database());
    if (table == nullptr) position.reset();
    for (size_t in_hold = 0; position && seen < wanted && in_hold < kVisitsPerHold;) {
      position = table->Walk(*position, [&](const Entry* entry) {
        ++seen;
        ++in_hold;
        if (frame_.IsGone(*entry)) {
          expired.emplace_back(entry->key());
        } else {
          visit(*entry);
        }
      });
    }
    DeleteExpired(frame_.locks != nullptr ? frame_.locks : &own, expired);
    expired.clear();
    if (position && seen >= wanted) return CursorAt(shard, *position);
    if (position) continue;
    ++shard;
    position = 0;
    if (seen >= wanted && shard < parts_.keyspace->shard_count()) return CursorAt(shard, 0);
  }
  return 0;
}

void KeyWalk::DeleteExpired(ShardLocks* locks, const std::vector<std::string>& keys) {
  if (keys.empty() || frame_.expiry == ExpiryMode::kHide) return;
  KeyAccess::Frame frame = frame_;
  frame.locks = locks;
  KeyAccess access(parts_, frame);
  for (const std::string& key : keys) {
    const KeyAccess::Located located = access.Locate(key, database());
    if (located.place) access.DeleteExpired(located, database(), key);
  }
  // Alone, the walk commits while the shard is still locked; inside a transaction the transaction
  // does.
  if (frame_.locks == nullptr) parts_.recorder->CommitEach(*locks);
}

std::optional<std::string> KeyWalk::RandomKey() {
  for (int tries = 0;; ++tries) {
    // A shard is drawn with a chance in proportion to its keys: so many keys are skipped.
    std::vector<size_t> sizes;
    size_t total = 0;
    ForEachShard([&](const Shard& shard) {
      sizes.push_back(shard.size(database()));
      total += sizes.back();
    });
    if (total == 0) return std::nullopt;
    size_t skip = RandomBits() % total;
    size_t number = 0;
    while (skip >= sizes[number]) skip -= sizes[number++];
    ShardLocks own;
    Shard& shard = Enter(number, &own);
    const EntryTable* table = shard.table(database());
    const Entry* entry = table == nullptr ? nullptr : table->Random(RandomBits);
    if (entry == nullptr) continue;  // The shard lost its keys since they were counted.
    if (!frame_.IsGone(*entry)) return std::string(entry->key());
    if (frame_.expiry == ExpiryMode::kHide && tries >= kRandomTries)
      return std::string(entry->key());
    DeleteExpired(frame_.locks != nullptr ? frame_.locks : &own, {std::string(entry->key())});
  }
}

size_t WholeKeyspace::Size(int database) const {
  size_t size = 0;
  for (size_t i = 0; i < shard_count(); ++i) size += shard(i).size(database);
  return size;
}

void WholeKeyspace::ForEachIn(int database, const std::function<void(const Entry&)>& visit) const {
  for (size_t i = 0; i < shard_count(); ++i) {
    const EntryTable* table = shard(i).table(database);
    if (table == nullptr) continue;
    for (std::optional<uint64_t> at = 0; at;) {
      at = table->Walk(*at, [&](const Entry* entry) {
        if (!frame_.IsGone(*entry)) visit(*entry);
      });
    }
  }
}

size_t WholeKeyspace::Flush(int database) {
  size_t removed = 0;
  for (size_t i = 0; i < shard_count(); ++i) {
    Shard& here = shard(i);
    if (here.attention()) {
      here.listeners().TouchDatabase(
          database,
          [&](std::string_view key) { return static_cast<bool>(here.FindByName(database, key)); },
          [](std::string_view) { return KeyListeners::After::kAbsent; });
      WakeWaiters(here, database);
    }
    removed += here.Clear(database);
  }
  return removed;
}

size_t WholeKeyspace::FlushAll() {
  size_t removed = 0;
  for (const int database : UsedDatabases()) removed += Flush(database);
  return removed;
}

size_t WholeKeyspace::CountWithDeadline(int database) const {
  size_t count = 0;
  for (size_t i = 0; i < shard_count(); ++i) count += shard(i).with_deadline(database);
  return count;
}

std::vector<int> WholeKeyspace::UsedDatabases() const {
  std::vector<int> used;
  for (size_t i = 0; i < shard_count(); ++i) {
    const std::vector<int> here = shard(i).Databases();
    used.insert(used.end(), here.begin(), here.end());
  }
  std::sort(used.begin(), used.end());
  used.erase(std::unique(used.begin(), used.end()), used.end());
  return used;
}

void WholeKeyspace::Swap(int a, int b) {
  for (size_t i = 0; i < shard_count(); ++i) {
    Shard& here = shard(i);
    if (here.attention()) {
      for (const auto& [gone, comes] : {std::pair(a, b), std::pair(b, a)}) {
        here.listeners().TouchDatabase(
            gone,
            [&, gone = gone](std::string_view key) {
              return static_cast<bool>(here.FindByName(gone, key));
            },
            [&, comes = comes](std::string_view key) {
              const auto place = here.FindByName(comes, key);
              if (!place) return KeyListeners::After::kAbsent;
              return place.node()->IsExpired(now_ms()) ? KeyListeners::After::kExpired
                                                       : KeyListeners::After::kPresent;
            });
        WakeWaiters(here, gone);
      }
    }
    here.SwapDatabases(a, b);
  }
}

void WholeKeyspace::WakeWaiters(const Shard& shard, int database) {
  shard.listeners().ForEachAwaited(database, [&](std::string_view key) {
    parts_.ready->Add(database, key, parts_.keyspace->HashOf(key));
  });
}

void WholeKeyspace::Changed(uint64_t changes) {
  parts_.recorder->Changed();
  parts_.stats->changes.Add(changes);
}

}  // namespace redstart
