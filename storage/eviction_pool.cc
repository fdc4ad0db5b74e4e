#include "storage/eviction_pool.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "storage/access_clock.h"
#include "storage/base/random.h"

namespace redstart {
namespace {

bool IsWorse(const EvictionPool::Candidate& a, const EvictionPool::Candidate& b) {
  return a.rank < b.rank;
}

}  // namespace

void EvictionPool::Configure(EvictionOrder order, bool only_with_deadline, int lfu_decay_minutes) {
  lfu_decay_minutes_ = lfu_decay_minutes;
  if (order == order_ && only_with_deadline == only_with_deadline_) return;
  order_ = order;
  only_with_deadline_ = only_with_deadline;
  count_ = 0;
}

void EvictionPool::Offer(int database, const Entry& entry, uint64_t now_ms,
                         absl::FunctionRef<uint64_t(std::string_view key)> hash_of) {
  const uint64_t rank = RankOf(entry, now_ms);
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(count_);
  const auto worst = std::min_element(candidates_.begin(), end, IsWorse);
  if (count_ == kCandidates && worst->rank >= rank) return;
  const uint64_t hash = hash_of(entry.key());
  const auto is_it = [&](const Candidate& known) {
    return known.hash == hash && known.database == database;
  };
  auto place = std::find_if(candidates_.begin(), end, is_it);
  if (place == end && count_ == kCandidates) place = worst;
  if (place == end) ++count_;
  place->rank = rank;
  place->hash = hash;
  place->database = database;
  place->access = entry.access();
  place->deadline = entry.deadline();
  place->key.assign(entry.key());
}

const EvictionPool::Candidate& EvictionPool::TakeBest() {
  const auto end = candidates_.begin() + static_cast<ptrdiff_t>(count_);
  const auto best = std::max_element(candidates_.begin(), end, IsWorse);
  --count_;
  std::swap(*best, candidates_[count_]);
  return candidates_[count_];
}

bool EvictionPool::IsStillMeant(const Candidate& candidate, const Entry& entry) const {
  if (only_with_deadline_ && !entry.has_deadline()) return false;
  switch (order_) {
    case EvictionOrder::kLeastRecentlyUsed:
    case EvictionOrder::kLeastOftenUsed:
      return entry.access() == candidate.access;
    case EvictionOrder::kNearestDeadline:
      return entry.deadline() == candidate.deadline;
    case EvictionOrder::kAny:
      break;
  }
  return true;
}

uint64_t EvictionPool::RankOf(const Entry& entry, uint64_t now_ms) const {
  constexpr uint64_t kBest = std::numeric_limits<uint64_t>::max();
  switch (order_) {
    case EvictionOrder::kLeastRecentlyUsed:
      // By the moment of the last use: that stays the same while the candidate waits here.
      return kBest - (now_ms / 1000 - LruIdleSeconds(entry.access(), now_ms));
    case EvictionOrder::kLeastOftenUsed:
      return 255u - LfuCounter(entry.access(), now_ms, lfu_decay_minutes_);
    case EvictionOrder::kNearestDeadline:
      return kBest - entry.deadline();
    case EvictionOrder::kAny:
      break;
  }
  return RandomBits();
}

}  // namespace redstart
