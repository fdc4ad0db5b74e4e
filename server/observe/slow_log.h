#ifndef REDSTART_SERVER_OBSERVE_SLOW_LOG_H_
#define REDSTART_SERVER_OBSERVE_SLOW_LOG_H_

// The commands that took longer than slowlog-log-slower-than, newest first: what SLOWLOG shows.
//
// One per server; any thread, a mutex of its own, never while shards are locked: an entry is made
// when its command ends and added once the locks are gone. Arguments are shortened as on Redis, so
// that an entry takes some KB at most, and what is secret in them is not kept at all.

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/base/mutex.h"

namespace redstart {

class SlowLog {
 public:
  struct Entry {
    uint64_t id = 0;  // Set by Add.
    uint64_t unix_seconds = 0;
    uint64_t microseconds = 0;
    std::vector<std::string> arguments;
    std::string client_address;
    std::string client_name;
  };

  // Arguments of an entry; the last one of more says how many there are.
  static constexpr size_t kMaxArguments = 32;
  static constexpr size_t kMaxArgumentBytes = 128;
  // `count` arguments, of which get(i) is the i-th, as an entry shows them.
  template <typename Get>
  static std::vector<std::string> Shorten(size_t count, Get&& get) {
    std::vector<std::string> shown;
    const size_t whole = count > kMaxArguments ? kMaxArguments - 1 : count;
    for (size_t i = 0; i < whole; ++i) shown.push_back(ShortenOne(get(i)));
    if (whole < count) shown.push_back(MoreArguments(count - whole));
    return shown;
  }

  // Keeps the newest `max_entries`.
  void Add(Entry entry, size_t max_entries);
  // Forgets the oldest beyond `max_entries`.
  void Trim(size_t max_entries);
  void Clear();
  size_t size() const;
  // The newest `count`.
  std::vector<Entry> Newest(size_t count) const;

 private:
  static std::string ShortenOne(std::string_view argument);
  static std::string MoreArguments(size_t count);

  mutable Mutex mutex_;
  std::deque<Entry> entries_ ABSL_GUARDED_BY(mutex_);
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_SLOW_LOG_H_
