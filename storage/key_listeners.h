#ifndef REDSTART_STORAGE_KEY_LISTENERS_H_
#define REDSTART_STORAGE_KEY_LISTENERS_H_

// Who wants to know about changes of a key: for now the sessions that WATCH it.
//
// Owner and lock. One per shard, guarded by the shard's lock. It points to flags that belong to the
// watching sessions; a session removes its watches, under the locks of their shards, before its
// flag goes away. Cost. Shard::attention() tells with one byte whether there is anybody at all, so
// that a write nobody waits for pays one test.

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"

namespace redstart {

class KeyListeners {
 public:
  bool empty() const { return watches_.empty(); }

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

 private:
  struct OneWatch {
    std::atomic<bool>* touched;
    bool expired;
  };
  using Key = std::pair<int, std::string>;
  using Watches = absl::InlinedVector<OneWatch, 1>;

  absl::flat_hash_map<Key, Watches> watches_;
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
