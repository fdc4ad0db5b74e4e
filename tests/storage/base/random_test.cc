#include "storage/base/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace redstart {
namespace {

TEST(RandomTest, EveryNumberBelowTheLimitComesUp) {
  std::vector<int> times(7);
  for (int i = 0; i < 7'000; ++i) ++times.at(RandomBelow(7));
  for (const int count : times) EXPECT_NEAR(count, 1000, 200);
  EXPECT_EQ(RandomBelow(1), 0u);
}

TEST(RandomTest, ASamplerTakesSoManyOfEachEquallyOften) {
  std::vector<int> times(10);
  for (int round = 0; round < 10'000; ++round) {
    SelectionSampler sampler(10, 3);
    int taken = 0;
    for (size_t i = 0; i < 10; ++i) {
      if (!sampler.Take()) continue;
      ++times[i];
      ++taken;
    }
    ASSERT_EQ(taken, 3);
    ASSERT_TRUE(sampler.done());
  }
  for (const int count : times) EXPECT_NEAR(count, 3000, 300);
}

}  // namespace
}  // namespace redstart
