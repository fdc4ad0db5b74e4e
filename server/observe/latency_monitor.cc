#include "server/observe/latency_monitor.h"

#include <algorithm>

#include "server/config/option_value.h"

namespace redstart {

void LatencyMonitor::Add(std::string_view event, uint64_t milliseconds, uint64_t unix_seconds) {
  const MutexLock lock(&mutex_);
  Series& series = events_.try_emplace(std::string(event)).first->second;
  series.worst_ms = std::max(series.worst_ms, milliseconds);
  if (!series.spikes.empty() && series.spikes.back().unix_seconds == unix_seconds) {
    Spike& last = series.spikes.back();
    last.milliseconds = std::max(last.milliseconds, milliseconds);
    return;
  }
  series.spikes.push_back({unix_seconds, milliseconds});
  if (series.spikes.size() > kMaxSpikes) series.spikes.pop_front();
}

std::optional<LatencyMonitor::Series> LatencyMonitor::Find(std::string_view event) const {
  const MutexLock lock(&mutex_);
  const auto found = events_.find(event);
  if (found == events_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::pair<std::string, LatencyMonitor::Series>> LatencyMonitor::All() const {
  const MutexLock lock(&mutex_);
  return {events_.begin(), events_.end()};
}

size_t LatencyMonitor::Reset(std::string_view event) {
  const MutexLock lock(&mutex_);
  return std::erase_if(events_,
                       [&](const auto& known) { return EqualsIgnoreCase(known.first, event); });
}

size_t LatencyMonitor::ResetAll() {
  const MutexLock lock(&mutex_);
  const size_t count = events_.size();
  events_.clear();
  return count;
}

}  // namespace redstart
