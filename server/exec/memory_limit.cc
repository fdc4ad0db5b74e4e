#include "server/exec/memory_limit.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "storage/keyspace.h"

namespace redstart {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kEvictionsBetweenLooksAtClock = 16;
// More than a few values that were evicted: a database has been emptied.
constexpr uint64_t kManyObjects = 32;

// How long one request may evict: 50 us for each of the first ten degrees of tenacity, 15 % more
// than before for each of the others, and for ever at 100.
SteadyClock::duration TimeFor(int tenacity) {
  if (tenacity >= 100) return SteadyClock::duration::max();
  constexpr double kBasicMicros = 50;
  const double micros =
      tenacity <= 10 ? kBasicMicros * tenacity : kBasicMicros * 10 * std::pow(1.15, tenacity - 10);
  return std::chrono::microseconds(static_cast<int64_t>(micros));
}

}  // namespace

bool MemoryLimit::EvictUntilItFits(const KeyAccess::Parts& parts, bool may_delete,
                                   uint64_t now_us) {
  // Tables that have shrunk leave segments behind that count until then.
  services_.keyspace->reclaimer().Collect();
  const Outcome outcome = Evict(parts, may_delete, now_us);
  Publish(outcome, now_us);
  return outcome == Outcome::kTimeIsUp;
}

MemoryLimit::Outcome MemoryLimit::Evict(const KeyAccess::Parts& parts, bool may_delete,
                                        uint64_t now_us) {
  const Config& config = *parts.config;
  uint64_t excess = Excess(config.maxmemory);
  if (excess == 0) return Outcome::kFits;
  // Whoever may not delete need not be refused either: this passes.
  if (!may_delete || services_.state->loading) return Outcome::kSoon;
  const uint64_t freeing = services_.keyspace->lazy_free().pending_objects();
  if (freeing > kManyObjects) return Outcome::kSoon;
  const Outcome otherwise = freeing > 0 ? Outcome::kSoon : Outcome::kFull;
  if (config.maxmemory_policy == MaxmemoryPolicy::kNoEviction) return otherwise;
  // A snapshot cannot keep more for now; those who write wait for it, too.
  if (services_.keyspace->lacks_room()) return Outcome::kSoon;
  const SteadyClock::time_point started = SteadyClock::now();
  const SteadyClock::duration limit = TimeFor(config.maxmemory_eviction_tenacity);
  Outcome outcome = Outcome::kFits;
  for (int evicted = 1; outcome == Outcome::kFits; ++evicted) {
    const uint64_t freed = evictor_.EvictOne(parts, now_us / 1000);
    if (freed >= excess) break;
    excess -= freed;
    if (freed == 0) {
      outcome = otherwise;
    } else if (evicted % kEvictionsBetweenLooksAtClock == 0 &&
               SteadyClock::now() - started > limit) {
      outcome = Outcome::kTimeIsUp;
    }
  }
  if (config.latency_monitor_threshold > 0) [[unlikely]] {
    const std::chrono::nanoseconds took = SteadyClock::now() - started;
    slow_->NoteEvent("eviction-cycle", static_cast<uint64_t>(took.count()));
  }
  return outcome;
}

uint64_t MemoryLimit::Excess(int64_t maxmemory) {
  const uint64_t used = meter_.ReadCarefully();
  const uint64_t allowed = static_cast<uint64_t>(maxmemory) + services_.keyspace->captured_bytes();
  return used > allowed ? used - allowed : 0;
}

void MemoryLimit::Publish(Outcome outcome, uint64_t now_us) {
  ServerState& state = *services_.state;
  const bool is_full = outcome == Outcome::kFull;
  if (state.over_memory_limit.load(std::memory_order_relaxed) != is_full) {
    state.over_memory_limit.store(is_full, std::memory_order_relaxed);
  }
  uint64_t since = state.over_limit_since_us.load(std::memory_order_relaxed);
  if (outcome != Outcome::kFits) {
    if (since == 0) state.over_limit_since_us.compare_exchange_strong(since, now_us);
  } else if (since != 0 && state.over_limit_since_us.compare_exchange_strong(since, 0)) {
    state.over_limit_us.fetch_add(now_us - std::min(now_us, since), std::memory_order_relaxed);
  }
}

}  // namespace redstart
