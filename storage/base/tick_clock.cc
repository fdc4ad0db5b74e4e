#include "storage/base/tick_clock.h"

#include <ctime>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace redstart {
namespace {

// Long enough that two sightings that are each off by a hundred nanoseconds err by 0.01 %.
constexpr uint64_t kMeasuredNanos = 2'000'000;

// Whether the counter ticks at one rate in every state of the CPU.
bool HasInvariantCounter() {
#if defined(__x86_64__)
  unsigned a = 0;
  unsigned b = 0;
  unsigned c = 0;
  unsigned d = 0;
  return __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d & 1u << 8) != 0;
#else
  return false;
#endif
}

#if defined(__x86_64__)
// Both clocks at one instant.
struct Sighting {
  uint64_t ticks = 0;
  uint64_t nanos = 0;
};

// The best of several: a thread that is taken off its CPU between the two reads would pair the
// instants of two moments.
Sighting Look() {
  Sighting best;
  uint64_t best_width = UINT64_MAX;
  for (int i = 0; i < 16; ++i) {
    const uint64_t before = __rdtsc();
    const uint64_t nanos = TickClock::SteadyNanos();
    const uint64_t width = __rdtsc() - before;
    if (width >= best_width) continue;
    best_width = width;
    best = {before + width / 2, nanos};
  }
  return best;
}
#endif

// Nanoseconds per tick with `shift` bits behind the point, or 0 if there is no such counter.
uint64_t MeasureRate([[maybe_unused]] int shift) {
  if (!HasInvariantCounter()) return 0;
#if defined(__x86_64__)
  const Sighting first = Look();
  Sighting last = first;
  while (last.nanos - first.nanos < kMeasuredNanos) last = Look();
  const uint64_t ticks = last.ticks - first.ticks;
  return ticks == 0 ? 0 : ((last.nanos - first.nanos) << shift) / ticks;
#else
  return 0;
#endif
}

}  // namespace

TickClock::TickClock() {
  static const uint64_t kRate = MeasureRate(kShift);
  if (kRate == 0) return;
  uses_counter_ = true;
  nanos_per_tick_ = kRate;
}

uint64_t TickClock::SteadyNanos() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

std::string TickClock::Name() const {
  if (!uses_counter_) return "POSIX clock_gettime";
  return "X86 TSC @ " + std::to_string(Ticks(1'000'000) / 1000) + " ticks/us";
}

}  // namespace redstart
