#include "storage/base/futex_mutex.h"

#include <immintrin.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "storage/base/lock_wait.h"
#include "storage/base/tick_clock.h"

namespace redstart {
namespace {

// About a microsecond: longer than most commands hold a shard, shorter than going to sleep and
// being woken.
constexpr int kSpins = 40;

// How long somebody who may be called off sleeps at a time.
constexpr timespec kNap = {.tv_sec = 0, .tv_nsec = 5'000'000};

void Futex(std::atomic<uint32_t>* word, int operation, uint32_t value,
           const timespec* timeout = nullptr) {
  syscall(SYS_futex, reinterpret_cast<uint32_t*>(word), operation | FUTEX_PRIVATE_FLAG, value,
          timeout, nullptr, 0);
}

}  // namespace

bool FutexMutex::LockSlow(const std::atomic<bool>* called_off) {
  for (int i = 0; i < kSpins; ++i) {
    _mm_pause();
    uint32_t expected = kFree;
    if (word_.load(std::memory_order_relaxed) == kFree &&
        word_.compare_exchange_weak(expected, kHeld, std::memory_order_acquire)) {
      return true;
    }
  }
  // Whoever slept takes the lock as contended: others may sleep too, and a wake-up too many is
  // harmless.
  if (word_.exchange(kContended, std::memory_order_acquire) == kFree) return true;
  const uint64_t started = TickClock::SteadyNanos();
  bool locked = false;
  do {
    if (called_off != nullptr && called_off->load(std::memory_order_relaxed)) break;
    Futex(&word_, FUTEX_WAIT, kContended, called_off == nullptr ? nullptr : &kNap);
    locked = word_.exchange(kContended, std::memory_order_acquire) == kFree;
  } while (!locked);
  AddSleptForLocksNanos(TickClock::SteadyNanos() - started);
  return locked;
}

void FutexMutex::WakeOne() {
  Futex(&word_, FUTEX_WAKE, 1);
}

}  // namespace redstart
