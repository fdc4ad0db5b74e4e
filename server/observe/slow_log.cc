#include "server/observe/slow_log.h"

#include <algorithm>
#include <utility>

namespace redstart {

void SlowLog::Add(Entry entry, size_t max_entries) {
  std::deque<Entry> dropped;  // Freed without the lock.
  const MutexLock lock(&mutex_);
  entry.id = next_id_++;
  entries_.push_front(std::move(entry));
  while (entries_.size() > max_entries) {
    dropped.push_back(std::move(entries_.back()));
    entries_.pop_back();
  }
}

void SlowLog::Trim(size_t max_entries) {
  const MutexLock lock(&mutex_);
  if (entries_.size() > max_entries) entries_.resize(max_entries);
}

void SlowLog::Clear() {
  const MutexLock lock(&mutex_);
  entries_.clear();
}

size_t SlowLog::size() const {
  const MutexLock lock(&mutex_);
  return entries_.size();
}

std::vector<SlowLog::Entry> SlowLog::Newest(size_t count) const {
  const MutexLock lock(&mutex_);
  const size_t shown = std::min(count, entries_.size());
  return {entries_.begin(), entries_.begin() + static_cast<ptrdiff_t>(shown)};
}

std::string SlowLog::ShortenOne(std::string_view argument) {
  std::string shown(argument.substr(0, kMaxArgumentBytes));
  if (argument.size() > kMaxArgumentBytes) {
    shown += "... (" + std::to_string(argument.size() - kMaxArgumentBytes) + " more bytes)";
  }
  return shown;
}

std::string SlowLog::MoreArguments(size_t count) {
  return "... (" + std::to_string(count) + " more arguments)";
}

}  // namespace redstart
