#include "server/exec/evictor.h"

#include "storage/base/random.h"
#include "storage/value.h"

namespace redstart {
namespace {

// So often all candidates may turn out to have been used by somebody else before this gives up for
// now.
constexpr int kRounds = 64;

EvictionOrder OrderOf(MaxmemoryPolicy policy) {
  switch (policy) {
    case MaxmemoryPolicy::kVolatileLru:
    case MaxmemoryPolicy::kAllkeysLru:
      return EvictionOrder::kLeastRecentlyUsed;
    case MaxmemoryPolicy::kVolatileLfu:
    case MaxmemoryPolicy::kAllkeysLfu:
      return EvictionOrder::kLeastOftenUsed;
    case MaxmemoryPolicy::kVolatileTtl:
      return EvictionOrder::kNearestDeadline;
    case MaxmemoryPolicy::kVolatileRandom:
    case MaxmemoryPolicy::kAllkeysRandom:
    case MaxmemoryPolicy::kNoEviction:
      break;
  }
  return EvictionOrder::kAny;
}

bool SparesKeysWithoutDeadline(MaxmemoryPolicy policy) {
  return policy == MaxmemoryPolicy::kVolatileLru || policy == MaxmemoryPolicy::kVolatileLfu ||
         policy == MaxmemoryPolicy::kVolatileRandom || policy == MaxmemoryPolicy::kVolatileTtl;
}

}  // namespace

size_t Evictor::EvictOne(const KeyAccess::Parts& parts, uint64_t now_ms) {
  const Config& config = *parts.config;
  pool_.Configure(OrderOf(config.maxmemory_policy),
                  SparesKeysWithoutDeadline(config.maxmemory_policy), config.lfu_decay_time);
  for (int round = 0; round < kRounds; ++round) {
    if (!Look(parts, now_ms) || state_->stopping.load(std::memory_order_relaxed)) return 0;
    while (!pool_.empty()) {
      if (const size_t bytes = Evict(pool_.TakeBest(), parts, now_ms)) return bytes;
    }
  }
  return 0;
}

bool Evictor::Look(const KeyAccess::Parts& parts, uint64_t now_ms) {
  Keyspace& keyspace = *parts.keyspace;
  const size_t wanted = pool_.order() == EvictionOrder::kAny
                            ? 1
                            : static_cast<size_t>(parts.config->maxmemory_samples);
  const uint64_t random = RandomBits();
  const size_t first = keyspace.ShardOf(random);
  bool found = false;
  for (size_t i = 0; i < keyspace.shard_count() && !found; ++i) {
    const size_t number = (first + i) % keyspace.shard_count();
    const ShardLocks locks = keyspace.LockShard(number);
    locks[number].Sample(keyspace.PositionInShard(random), wanted, pool_.only_with_deadline(),
                         [&](int database, const Entry& entry) {
                           found = true;
                           pool_.Offer(database, entry, now_ms,
                                       [&](std::string_view key) { return keyspace.HashOf(key); });
                         });
  }
  return found;
}

size_t Evictor::Evict(const EvictionPool::Candidate& candidate, const KeyAccess::Parts& parts,
                      uint64_t now_ms) {
  Keyspace& keyspace = *parts.keyspace;
  ShardLocks locks = keyspace.LockShard(keyspace.ShardOf(candidate.hash));
  const KeyRef key = {candidate.key, candidate.hash};
  KeyAccess access(
      parts,
      {.locks = &locks, .database = candidate.database, .now_ms = now_ms, .keys = {&key, 1}});
  const KeyAccess::Located located = access.Locate(candidate.key, candidate.database);
  if (!located.place || !pool_.IsStillMeant(candidate, *located.place.node())) return 0;
  // What was saved at the end is all that there will be.
  if (state_->stopping.load(std::memory_order_relaxed)) return 0;
  const size_t bytes = MemoryBytes(*located.place.node());
  // Who is told of it may be sure that it is in the log.
  Mailbox::Stage();
  access.DeleteEvicted(located, candidate.database, candidate.key);
  parts.recorder->CommitEach(locks);
  Mailbox::ReleaseStaged();
  locks.Unlock();
  blocking_->ServeLate(*parts.config);
  return bytes;
}

}  // namespace redstart
