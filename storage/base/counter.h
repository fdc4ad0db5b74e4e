#ifndef REDSTART_STORAGE_BASE_COUNTER_H_
#define REDSTART_STORAGE_BASE_COUNTER_H_

// A statistic with one writer at a time (a thread of its own, or the holder of a lock) and any
// number of readers. Adding costs a plain load and store; a locked add, which several writers would
// need, costs ten times as much.

#include <atomic>
#include <cstdint>

namespace redstart {

class Counter {
 public:
  void Add(uint64_t n = 1) {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void Subtract(uint64_t n = 1) { Add(-n); }
  void Set(uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  uint64_t Get() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<uint64_t> value_{0};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_COUNTER_H_
