#include "server/observe/allocator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace redstart {
namespace {

using ::testing::AnyOf;
using ::testing::StartsWith;

TEST(AllocatorTest, ALargeBlockIsSeenAndItsReleaseToo) {
  if (AllocatorName() == "libc") GTEST_SKIP() << "built without jemalloc";
  constexpr size_t kBytes = size_t{64} << 20;
  const AllocatorUsage before = ReadAllocatorUsage();
  EXPECT_GE(before.active, before.allocated);
  EXPECT_GE(before.resident, before.active);
  auto block = std::make_unique_for_overwrite<char[]>(kBytes);
  block[0] = 1;
  const AllocatorUsage with = ReadAllocatorUsage();
  EXPECT_GE(with.allocated, before.allocated + kBytes);
  EXPECT_EQ(block[0], 1);
  block = nullptr;
  EXPECT_LT(ReadAllocatorUsage().allocated, with.allocated - kBytes / 2);
}

TEST(AllocatorTest, TheNameHasTheVersion) {
  EXPECT_THAT(AllocatorName(), AnyOf("libc", StartsWith("jemalloc-")));
}

}  // namespace
}  // namespace redstart
