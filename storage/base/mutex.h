#ifndef REDSTART_STORAGE_BASE_MUTEX_H_
#define REDSTART_STORAGE_BASE_MUTEX_H_

// A std::mutex that Clang's thread-safety analysis knows, for everything off the hot path
// (shards have futex_mutex.h):
//
//   MutexLock lock(&mutex_);                    // Held to the end of the block.
//   while (!done_) changed_.wait(mutex_);       // With a std::condition_variable_any.
//
// Why not absl::Mutex: Debian's is not instrumented, so ThreadSanitizer sees races that are none.

#include <mutex>

#include "absl/base/thread_annotations.h"

namespace redstart {

class ABSL_LOCKABLE Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  // Spelt as the standard library wants it.
  void lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }

 private:
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex* mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_->lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_->unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex* const mutex_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_MUTEX_H_
