#ifndef REDSTART_STORAGE_KEY_LISTENERS_H_
#define REDSTART_STORAGE_KEY_LISTENERS_H_

// Who wants to know about changes of a key: sessions that WATCH it, and requests that wait for it
// to become ready (BLPOP).
//
// Owner and lock. One per shard, guarded by the shard's lock. A watch points to a flag that belongs
// to the watching session; a session removes its watches, under the locks of their shards, before
// its flag goes away. A waiter is shared with the session that waits. Cost. Shard::attention()
// tells with one byte whether there is anybody at all, so that a write nobody waits for pays one
// test.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/functional/function_ref.h"
#include "storage/types/value_type.h"

namespace redstart {

// A request that waits for keys; what it is stands above (server/exec/blocked_request.h).
class Waiter {
 public:
  virtual ~Waiter() = default;
};

class KeyListeners {
 public:
  bool empty() const { return watches_.empty() && waits_.empty(); }

  // `expired`: the key was past its deadline already, so that its deletion is no change to the
  // watcher. Watching the same key twice with the same flag counts once.
  void Watch(int database, std::string_view key, std::atomic<bool>* touched, bool expired);
  void Unwatch(int database, std::string_view key, const std::atomic<bool>* touched);
  // Whether this watch was, or became, one of an expired key.
  bool IsMarkedExpired(int database, std::string_view key, const std::atomic<bool>* touched) const;

  // The key changed; `exists` says whether it is there now.
  void Touch(int database, std::string_view key, bool exists);

  // What FLUSHALL, FLUSHDB and SWAPDB do to the watched keys of one database. Both calls receive a
  // key and answer whether it stood in the database that goes away, and what stands in the one that
  // takes its place.
  enum class After { kAbsent, kExpired, kPresent };
  template <typename Before, typename Next>
  void TouchDatabase(int database, Before&& was_there, Next&& comes_instead);

  // --- Waiting for a key. ---
  struct Wait {
    std::shared_ptr<Waiter> waiter;
    ValueType type;    // A value of another type is of no use,
    bool at_any_rate;  // unless it also wants to hear that the key is gone or of another type.
  };
  // Returns the number of the wait: those who come later have greater ones.
  uint64_t AddWait(int database, std::string_view key, Wait wait);
  void RemoveWait(int database, std::string_view key, uint64_t number);
  bool IsAwaited(int database, std::string_view key) const {
    return !waits_.empty() && waits_.contains(KeyView(database, key));
  }
  // The first wait for the key with a greater number than `after`; its number is put there. Null if
  // there is none, or (`only_any_rate`) no more that would hear of the key's absence.
  const Wait* NextWait(int database, std::string_view key, bool only_any_rate,
                       uint64_t* after) const;
  uint64_t last_wait() const { return last_wait_; }
  // Calls visit(key) for every awaited key of a database.
  void ForEachAwaited(int database, absl::FunctionRef<void(std::string_view key)> visit) const;
  size_t awaited_keys() const { return waits_.size(); }
  // How many of them somebody waits for at any rate.
  size_t awaited_at_any_rate() const;

 private:
  struct OneWatch {
    std::atomic<bool>* touched;
    bool expired;
  };
  using Key = std::pair<int, std::string>;
  using KeyView = std::pair<int, std::string_view>;
  // Keys are looked for as they stand in a request, without a copy.
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(const KeyView& key) const {
      return std::hash<std::string_view>()(key.second) ^ static_cast<size_t>(key.first);
    }
    size_t operator()(const Key& key) const { return (*this)(KeyView(key)); }
  };
  struct KeyEqual {
    using is_transparent = void;
    bool operator()(const KeyView& a, const KeyView& b) const { return a == b; }
  };
  template <typename Value>
  using KeyMap = absl::flat_hash_map<Key, Value, KeyHash, KeyEqual>;
  using Watches = absl::InlinedVector<OneWatch, 1>;
  struct Queue {
    std::map<uint64_t, Wait> waits;  // By number.
    size_t at_any_rate = 0;          // How many of them.
  };

  KeyMap<Watches> watches_;
  KeyMap<Queue> waits_;
  uint64_t last_wait_ = 0;
};

template <typename Before, typename Next>
void KeyListeners::TouchDatabase(int database, Before&& was_there, Next&& comes_instead) {
  for (auto& [key, watches] : watches_) {
    if (key.first != database) continue;
    const bool before = was_there(key.second);
    const After after = comes_instead(key.second);
    if (!before && after == After::kAbsent) continue;
    for (OneWatch& watch : watches) {
      if (watch.expired && after == After::kAbsent) {
        watch.expired =
            false;  // The expired key is gone now, which is what the watcher saw all along.
      } else if (after == After::kExpired && (watch.expired || !before)) {
        watch.expired = true;  // Absent before and logically absent still.
      } else {
        watch.touched->store(true, std::memory_order_relaxed);
      }
    }
  }
}

}  // namespace redstart

#endif  // REDSTART_STORAGE_KEY_LISTENERS_H_
