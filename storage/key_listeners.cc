#include "storage/key_listeners.h"

#include <algorithm>

namespace redstart {
namespace {

template <typename Watches>
auto FindWatch(Watches& watches, const std::atomic<bool>* touched) {
  return std::find_if(watches.begin(), watches.end(),
                      [&](const auto& watch) { return watch.touched == touched; });
}

}  // namespace

void KeyListeners::Watch(int database, std::string_view key, std::atomic<bool>* touched,
                         bool expired) {
  Watches& watches = watches_[Key(database, key)];
  if (FindWatch(watches, touched) == watches.end()) watches.push_back({touched, expired});
}

void KeyListeners::Unwatch(int database, std::string_view key, const std::atomic<bool>* touched) {
  const auto found = watches_.find(Key(database, key));
  if (found == watches_.end()) return;
  const auto watch = FindWatch(found->second, touched);
  if (watch != found->second.end()) found->second.erase(watch);
  if (found->second.empty()) watches_.erase(found);
}

bool KeyListeners::IsMarkedExpired(int database, std::string_view key,
                                   const std::atomic<bool>* touched) const {
  const auto found = watches_.find(Key(database, key));
  if (found == watches_.end()) return false;
  const auto watch = FindWatch(found->second, touched);
  return watch != found->second.end() && watch->expired;
}

void KeyListeners::Touch(int database, std::string_view key, bool exists) {
  const auto found = watches_.find(Key(database, key));
  if (found == watches_.end()) return;
  for (OneWatch& watch : found->second) {
    if (watch.expired && !exists) {
      watch.expired = false;  // What the watcher took for gone is gone: no change.
    } else {
      watch.touched->store(true, std::memory_order_relaxed);
    }
  }
}

}  // namespace redstart
