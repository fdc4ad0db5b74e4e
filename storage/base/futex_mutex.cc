#include "storage/base/futex_mutex.h"

#include <immintrin.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "storage/base/lock_wait.h"
#include "storage/base/tick_clock.h"

namespace redstart {
namespace {

// About a microsecond: longer than most commands hold a shard, shorter than going to sleep and
// being woken.
constexpr int kSpins = 40;

void Futex(std::atomic<uint32_t>* word, int operation, uint32_t value) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), operation | FUTEX_PRIVATE_FLAG, value,
          nullptr, nullptr, 0);
}

}  // namespace

void FutexMutex::LockSlow() {
  for (int i = 0; i < kSpins; ++i) {
    _mm_pause();
    uint32_t expected = kFree;
    if (word_.load(std::memory_order_relaxed) == kFree &&
        word_.compare_exchange_weak(expected, kHeld, std::memory_order_acquire)) {
      return;
    }
  }
  // Whoever slept takes the lock as contended: others may sleep too, and a wake-up too many is
  // harmless.
  if (word_.exchange(kContended, std::memory_order_acquire) == kFree) return;
  const uint64_t started = TickClock::SteadyNanos();
  do {
    Futex(&word_, FUTEX_WAIT, kContended);
  } while (word_.exchange(kContended, std::memory_order_acquire) != kFree);
  AddSleptForLocksNanos(TickClock::SteadyNanos() - started);
}

void FutexMutex::WakeOne() {
  Futex(&word_, FUTEX_WAKE, 1);
}

}  // namespace redstart
