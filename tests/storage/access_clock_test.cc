#include "storage/access_clock.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

constexpr uint64_t kMinute = 60'000;
constexpr uint64_t kNow = 1'700'000'000'000;

TEST(AccessClockTest, IdleTimeIsTheDifferenceOfSeconds) {
  const uint32_t access = LruClock(kNow);
  EXPECT_EQ(LruIdleSeconds(access, kNow), 0u);
  EXPECT_EQ(LruIdleSeconds(access, kNow + 5500), 5u);
}

TEST(AccessClockTest, IdleTimeSurvivesTheWrapOfTheClock) {
  const uint64_t before_wrap = (uint64_t{kAccessClockMask} - 9) * 1000;
  const uint32_t access = LruClock(before_wrap);
  EXPECT_EQ(LruIdleSeconds(access, before_wrap + 30'000), 30u);
}

TEST(AccessClockTest, ANewKeyStartsWithTheInitialCounter) {
  EXPECT_EQ(LfuCounter(LfuNew(kNow), kNow, 1), kLfuInitial);
}

TEST(AccessClockTest, TheCounterLosesOnePerPeriod) {
  const uint32_t access = LfuWithCounter(100, kNow);
  EXPECT_EQ(LfuCounter(access, kNow + 3 * kMinute, 1), 97);
  EXPECT_EQ(LfuCounter(access, kNow + 30 * kMinute, 10), 97);
  EXPECT_EQ(LfuCounter(access, kNow + 1000 * kMinute, 1), 0);
  EXPECT_EQ(LfuCounter(access, kNow + 1000 * kMinute, 0), 100) << "0 turns the decay off";
}

TEST(AccessClockTest, DecaySurvivesTheWrapOfTheMinutes) {
  const uint64_t before_wrap = (uint64_t{1} << 16) * 1000 * kMinute - 2 * kMinute;
  EXPECT_EQ(LfuCounter(LfuWithCounter(50, before_wrap), before_wrap + 5 * kMinute, 1), 45);
}

TEST(AccessClockTest, TheFirstUsesAlwaysCount) {
  uint32_t access = LfuWithCounter(0, kNow);
  for (int use = 1; use <= kLfuInitial; ++use) {
    access = LfuTouched(access, kNow, 1, 10);
    EXPECT_EQ(LfuCounter(access, kNow, 1), use);
  }
}

TEST(AccessClockTest, IncrementsGetRarerAndEndAt255) {
  uint32_t access = LfuNew(kNow);
  for (int use = 0; use < 1000; ++use) access = LfuTouched(access, kNow, 1, 10);
  // Redis documents 18 for 1,000 hits with factor 10.
  EXPECT_GE(LfuCounter(access, kNow, 1), 10);
  EXPECT_LE(LfuCounter(access, kNow, 1), 30);
  access = LfuWithCounter(255, kNow);
  EXPECT_EQ(LfuCounter(LfuTouched(access, kNow, 1, 0), kNow, 1), 255);
}

TEST(AccessClockTest, AUseRenewsTheMinutes) {
  const uint32_t access = LfuTouched(LfuWithCounter(20, kNow), kNow + 5 * kMinute, 1, 1'000'000);
  EXPECT_EQ(LfuCounter(access, kNow + 5 * kMinute, 1), 15);
  EXPECT_EQ(LfuCounter(access, kNow + 6 * kMinute, 1), 14);
}

}  // namespace
}  // namespace redstart
