#ifndef REDSTART_SERVER_OBSERVE_LATENCY_MONITOR_H_
#define REDSTART_SERVER_OBSERVE_LATENCY_MONITOR_H_

// The spikes of latency that LATENCY tells about: for each kind of event the worst of each of the
// last 160 seconds in which one took latency-monitor-threshold or longer.
//
// One per server; any thread, a mutex of its own, never while shards are locked. Kinds of events
// are names such as "command" and "expire-cycle", as on Redis.

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/base/mutex.h"

namespace redstart {

class LatencyMonitor {
 public:
  static constexpr size_t kMaxSpikes = 160;

  struct Spike {
    uint64_t unix_seconds = 0;
    uint64_t milliseconds = 0;
  };
  struct Series {
    std::deque<Spike> spikes;  // Oldest first; never empty.
    uint64_t worst_ms = 0;     // Of all times.
  };

  void Add(std::string_view event, uint64_t milliseconds, uint64_t unix_seconds);
  // Of one kind of event, or nothing if there was none.
  std::optional<Series> Find(std::string_view event) const;
  // All kinds, by name.
  std::vector<std::pair<std::string, Series>> All() const;
  // Forgets one kind of event, in whatever case it is spelt, or all. Returns how many it forgot.
  size_t Reset(std::string_view event);
  size_t ResetAll();

 private:
  mutable Mutex mutex_;
  std::map<std::string, Series, std::less<>> events_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_LATENCY_MONITOR_H_
