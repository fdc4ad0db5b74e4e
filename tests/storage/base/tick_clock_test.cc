#include "storage/base/tick_clock.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(TickClockTest, AgreesWithTheSystemsClockWithinAPercent) {
  const TickClock clock;
  const uint64_t started_ns = TickClock::SteadyNanos();
  const uint64_t started = clock.Now();
  while (TickClock::SteadyNanos() - started_ns < 20'000'000) {
  }
  const uint64_t ticks = clock.Now() - started;
  const uint64_t nanos = TickClock::SteadyNanos() - started_ns;
  // A thread that loses its CPU between the two reads makes the second one late.
  EXPECT_GE(clock.Nanos(ticks), 19'800'000u);
  EXPECT_LE(clock.Nanos(ticks), nanos + nanos / 100);
}

TEST(TickClockTest, TicksAndNanosecondsAreInverse) {
  const TickClock clock;
  for (const uint64_t nanos :
       {uint64_t{1'000}, uint64_t{10'000'000}, uint64_t{3'600'000'000'000}}) {
    const uint64_t back = clock.Nanos(clock.Ticks(nanos));
    EXPECT_LE(back, nanos);
    EXPECT_GE(back, nanos - 2);
  }
}

TEST(TickClockTest, NamesItsSource) {
  const std::string name = TickClock().Name();
  EXPECT_TRUE(name == "POSIX clock_gettime" || name.starts_with("X86 TSC @ ")) << name;
}

}  // namespace
}  // namespace redstart
