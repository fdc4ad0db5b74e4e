#ifndef REDSTART_STORAGE_LAZY_FREE_H_
#define REDSTART_STORAGE_LAZY_FREE_H_

// The background thread that frees what is too large to be freed by a command: long strings, whole
// databases.
//
// Owner. The keyspace. Lock. Its own mutex guards the queue only; jobs run without it and may lock
// shards one at a time. Invariant. Every job that was added is run: the destructor runs what is
// left.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "storage/base/counter.h"
#include "storage/base/mutex.h"

namespace redstart {

class LazyFree {
 public:
  LazyFree() = default;
  ~LazyFree();
  LazyFree(const LazyFree&) = delete;
  LazyFree& operator=(const LazyFree&) = delete;

  // Runs `job` soon on the background thread, which is started by the first job. `objects` is what
  // INFO's lazyfree_pending_objects counts meanwhile, `bytes` about what it will give back. Never
  // blocks for long; may be called with shards locked.
  void Add(size_t objects, std::function<void()> job, size_t bytes = 0);
  // Waits until everything added so far is freed.
  void Drain();

  uint64_t pending_objects() const;
  uint64_t freed_objects() const;
  // Bytes of all jobs so far, and of those that are done. Any thread, no lock.
  uint64_t added_bytes() const { return added_bytes_.load(std::memory_order_relaxed); }
  uint64_t freed_bytes() const { return freed_bytes_.load(std::memory_order_relaxed); }

 private:
  struct Job {
    size_t objects;
    std::function<void()> run;
    size_t bytes;
  };
  void Loop();

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Job> jobs_ ABSL_GUARDED_BY(mutex_);
  bool running_job_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t pending_objects_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t freed_objects_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<uint64_t> added_bytes_{0};
  std::atomic<uint64_t> freed_bytes_{0};
  std::thread thread_;  // Started under mutex_, joined when nobody adds any more.
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_LAZY_FREE_H_
