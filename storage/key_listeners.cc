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
  const auto found = watches_.find(KeyView(database, key));
  if (found == watches_.end()) return;
  const auto watch = FindWatch(found->second, touched);
  if (watch != found->second.end()) found->second.erase(watch);
  if (found->second.empty()) watches_.erase(found);
}

bool KeyListeners::IsMarkedExpired(int database, std::string_view key,
                                   const std::atomic<bool>* touched) const {
  const auto found = watches_.find(KeyView(database, key));
  if (found == watches_.end()) return false;
  const auto watch = FindWatch(found->second, touched);
  return watch != found->second.end() && watch->expired;
}

void KeyListeners::Touch(int database, std::string_view key, bool exists) {
  const auto found = watches_.find(KeyView(database, key));
  if (found == watches_.end()) return;
  for (OneWatch& watch : found->second) {
    if (watch.expired && !exists) {
      watch.expired = false;  // What the watcher took for gone is gone: no change.
    } else {
      watch.touched->store(true, std::memory_order_relaxed);
    }
  }
}

uint64_t KeyListeners::AddWait(int database, std::string_view key, Wait wait) {
  Queue& queue = waits_[Key(database, key)];
  queue.at_any_rate += wait.at_any_rate;
  queue.waits.emplace_hint(queue.waits.end(), ++last_wait_, std::move(wait));
  return last_wait_;
}

void KeyListeners::RemoveWait(int database, std::string_view key, uint64_t number) {
  const auto found = waits_.find(KeyView(database, key));
  if (found == waits_.end()) return;
  const auto wait = found->second.waits.find(number);
  if (wait == found->second.waits.end()) return;
  found->second.at_any_rate -= wait->second.at_any_rate;
  found->second.waits.erase(wait);
  if (found->second.waits.empty()) waits_.erase(found);
}

const KeyListeners::Wait* KeyListeners::NextWait(int database, std::string_view key,
                                                 bool only_any_rate, uint64_t* after) const {
  const auto found = waits_.find(KeyView(database, key));
  if (found == waits_.end()) return nullptr;
  if (only_any_rate && found->second.at_any_rate == 0) return nullptr;
  const auto wait = found->second.waits.upper_bound(*after);
  if (wait == found->second.waits.end()) return nullptr;
  *after = wait->first;
  return &wait->second;
}

void KeyListeners::ForEachAwaited(int database,
                                  absl::FunctionRef<void(std::string_view key)> visit) const {
  for (const auto& [key, queue] : waits_) {
    if (key.first == database) visit(key.second);
  }
}

size_t KeyListeners::awaited_at_any_rate() const {
  size_t count = 0;
  for (const auto& [key, queue] : waits_) count += queue.at_any_rate > 0;
  return count;
}

}  // namespace redstart
