// What a shard's lock costs: a futex word, std::mutex and absl::Mutex, alone, around lookups in a
// large table, and between threads. The futex word here is a copy of the idea (spin briefly, then
// sleep), not of the shard's lock itself.

#include <absl/synchronization/mutex.h>
#include <benchmark/benchmark.h>

#include <atomic>
#include <mutex>
#include <random>

#include "tests/benchmark/table_workload.h"

namespace redstart::benchmarks {
namespace {

constexpr uint64_t kMillion = 1000000;

// 0: free, 1: held, 2: held and somebody may sleep.
class FutexWord {
 public:
  void lock() {
    for (int i = 0; i < kSpins; ++i) {
      uint32_t expected = 0;
      if (state_.compare_exchange_weak(expected, 1, std::memory_order_acquire)) return;
#if defined(__x86_64__)
      __builtin_ia32_pause();
#endif
    }
    while (state_.exchange(2, std::memory_order_acquire) != 0) state_.wait(2);
  }
  void unlock() {
    if (state_.exchange(0, std::memory_order_release) == 2) state_.notify_one();
  }

 private:
  static constexpr int kSpins = 40;
  std::atomic<uint32_t> state_{0};
};

struct AbslMutex {
  void lock() { mutex.Lock(); }
  void unlock() { mutex.Unlock(); }
  absl::Mutex mutex;
};

struct NoLock {
  void lock() {}
  void unlock() {}
};

template <typename Lock>
void LockAndUnlock(benchmark::State& state) {
  static Lock lock;
  for (auto _ : state) {
    lock.lock();
    benchmark::ClobberMemory();
    lock.unlock();
  }
}
BENCHMARK(LockAndUnlock<FutexWord>);
BENCHMARK(LockAndUnlock<std::mutex>);
BENCHMARK(LockAndUnlock<AbslMutex>);

ShardedTables& TenMillionKeys() {
  static ShardedTables* tables = [] {
    auto* filled = new ShardedTables(64);
    for (uint64_t i = 0; i < 10 * kMillion; ++i) filled->Insert(i);
    return filled;
  }();
  return *tables;
}

// One lock per shard, on a line of its own, held for one lookup.
template <typename Lock>
void LockedLookup(benchmark::State& state) {
  struct alignas(64) Padded {
    Lock lock;
  };
  static Padded locks[64];
  ShardedTables& tables = TenMillionKeys();
  std::mt19937_64 random(static_cast<uint64_t>(state.thread_index()));
  for (auto _ : state) {
    const Key key(random() % (10 * kMillion));
    const uint64_t hash = HashOf(key.view());
    std::lock_guard guard(locks[hash >> 58].lock);
    auto place = tables.ShardOf(hash).table.Find(key.view(), tables.PositionOf(hash));
    benchmark::DoNotOptimize(place.node()->header);
  }
}
BENCHMARK(LockedLookup<NoLock>);
BENCHMARK(LockedLookup<FutexWord>);
BENCHMARK(LockedLookup<std::mutex>);
BENCHMARK(LockedLookup<AbslMutex>);
BENCHMARK(LockedLookup<FutexWord>)->Threads(2);
BENCHMARK(LockedLookup<std::mutex>)->Threads(2);
BENCHMARK(LockedLookup<AbslMutex>)->Threads(2);

}  // namespace
}  // namespace redstart::benchmarks

BENCHMARK_MAIN();
