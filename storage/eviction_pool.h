#ifndef REDSTART_STORAGE_EVICTION_POOL_H_
#define REDSTART_STORAGE_EVICTION_POOL_H_

// The best candidates for eviction among the entries that were looked at lately.
//
// Nobody keeps keys in the order of their use: a few entries are looked at before each eviction,
// and the best of those that did not go this time are remembered for the next ones. With 16 of them
// and 5 to 8 looked at each time this comes near to true LRU (the approximation that Redis has used
// since 3.0, described in its documentation of eviction).
//
// Owner. Whoever evicts, on one thread; no lock. A candidate is a copy: its entry may be gone, or
// have been used since, so it must be looked up again and compared (IsStillMeant).

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/entry.h"

namespace redstart {

// What an entry must be to go first.
enum class EvictionOrder : uint8_t { kLeastRecentlyUsed, kLeastOftenUsed, kNearestDeadline, kAny };

class EvictionPool {
 public:
  struct Candidate {
    uint64_t rank;  // The greater, the better.
    uint64_t hash;
    int database;
    uint32_t access;
    uint64_t deadline;
    std::string key;
  };
  static constexpr size_t kCandidates = 16;

  // Begins anew if the order, or whose turn it is, is another one than before.
  void Configure(EvictionOrder order, bool only_with_deadline, int lfu_decay_minutes);
  EvictionOrder order() const { return order_; }
  bool only_with_deadline() const { return only_with_deadline_; }

  bool empty() const { return count_ == 0; }
  // Takes an entry in if it is better than the worst that is here. `hash_of` is for those only.
  void Offer(int database, const Entry& entry, uint64_t now_ms,
             absl::FunctionRef<uint64_t(std::string_view key)> hash_of);
  // The best one, which is removed; valid until the next Offer. REQUIRES: !empty().
  const Candidate& TakeBest();
  // Whether this entry, found under the candidate's key, is the one that was offered, and as it
  // was.
  bool IsStillMeant(const Candidate& candidate, const Entry& entry) const;

 private:
  uint64_t RankOf(const Entry& entry, uint64_t now_ms) const;

  EvictionOrder order_ = EvictionOrder::kAny;
  bool only_with_deadline_ = false;
  int lfu_decay_minutes_ = 1;
  size_t count_ = 0;
  // In no order. Those behind the first count_ only keep their memory for names to come.
  std::array<Candidate, kCandidates> candidates_ = {};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_EVICTION_POOL_H_
