#ifndef REDSTART_SERVER_EXEC_SUBSCRIPTIONS_H_
#define REDSTART_SERVER_EXEC_SUBSCRIPTIONS_H_

// What one session has subscribed to.
//
// Owner and thread. The session's, made when it first subscribes; the sizes are published, because
// other threads show them in CLIENT LIST.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "server/exec/publisher.h"

namespace redstart {

class Subscriptions {
 public:
  using Names = absl::flat_hash_set<std::string>;

  const Names& names(SubscriptionKind kind) const { return names_[Index(kind)]; }
  bool Contains(SubscriptionKind kind, std::string_view name) const {
    return names(kind).contains({name.data(), name.size()});
  }
  // False if it was there already.
  bool Add(SubscriptionKind kind, std::string_view name) {
    const bool is_new = names_[Index(kind)].emplace(name).second;
    if (is_new) bytes_.fetch_add(BytesOf(name), std::memory_order_relaxed);
    return Publish(kind, is_new);
  }
  // False if it was not there.
  bool Remove(SubscriptionKind kind, std::string_view name) {
    const bool was_there = names_[Index(kind)].erase({name.data(), name.size()}) > 0;
    if (was_there) bytes_.fetch_sub(BytesOf(name), std::memory_order_relaxed);
    return Publish(kind, was_there);
  }

  // Any thread.
  size_t count(SubscriptionKind kind) const {
    return counts_[Index(kind)].load(std::memory_order_relaxed);
  }
  // What the names take, here and where the messages are sent from.
  size_t memory_bytes() const { return bytes_.load(std::memory_order_relaxed); }
  size_t total() const {
    size_t sum = 0;
    for (const auto& count : counts_) sum += count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static size_t BytesOf(std::string_view name) {
    // A slot here, and one there.
    return 2 * (sizeof(std::string) + 1 + name.size());
  }
  static size_t Index(SubscriptionKind kind) { return static_cast<size_t>(kind); }
  bool Publish(SubscriptionKind kind, bool changed) {
    counts_[Index(kind)].store(static_cast<uint32_t>(names_[Index(kind)].size()),
                               std::memory_order_relaxed);
    return changed;
  }

  std::array<Names, kSubscriptionKinds> names_;
  std::atomic<size_t> bytes_{0};
  std::array<std::atomic<uint32_t>, kSubscriptionKinds> counts_{};
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SUBSCRIPTIONS_H_
