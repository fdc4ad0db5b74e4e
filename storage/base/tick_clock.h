#ifndef REDSTART_STORAGE_BASE_TICK_CLOCK_H_
#define REDSTART_STORAGE_BASE_TICK_CLOCK_H_

// A clock for durations that is cheap enough to be read after every command: the CPU's time stamp
// counter where it ticks at a constant rate, otherwise the system's monotonic clock.
//
// Its ticks mean nothing by themselves: take the difference of two, and turn it into time. The
// counter's rate is measured once per process, in some 2 ms, by the first TickClock. Copies are
// values; any thread, no lock. Source: Intel SDM volume 3, "Time-Stamp Counter" (invariant TSC).

#include <cstdint>
#include <string>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace redstart {

class TickClock {
 public:
  TickClock();

  uint64_t Now() const {
#if defined(__x86_64__)
    if (uses_counter_) [[likely]] {
      return __rdtsc();
    }
#endif
    return SteadyNanos();
  }
  // A number of ticks as nanoseconds, and back. Good for durations up to some days.
  uint64_t Nanos(uint64_t ticks) const {
    return static_cast<uint64_t>((static_cast<Wide>(ticks) * nanos_per_tick_) >> kShift);
  }
  uint64_t Ticks(uint64_t nanos) const {
    return static_cast<uint64_t>((static_cast<Wide>(nanos) << kShift) / nanos_per_tick_);
  }
  // As INFO's monotonic_clock: "X86 TSC @ 2100 ticks/us" or "POSIX clock_gettime".
  std::string Name() const;

  static uint64_t SteadyNanos();

 private:
  static constexpr int kShift = 32;
  __extension__ using Wide = unsigned __int128;

  uint64_t nanos_per_tick_ = uint64_t{1} << kShift;  // A fixed-point number.
  bool uses_counter_ = false;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_TICK_CLOCK_H_
