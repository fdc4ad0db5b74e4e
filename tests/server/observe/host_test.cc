#include "server/observe/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace redstart {
namespace {

TEST(HostTest, TheSystemIsNamed) {
  EXPECT_THAT(OperatingSystem(), testing::StartsWith("Linux "));
}

TEST(HostTest, ThisProcessFitsIntoTheMachine) {
  EXPECT_GT(ResidentBytes(), 0u);
  EXPECT_GT(TotalMemoryBytes(), ResidentBytes());
}

TEST(HostTest, AThreadUsesNoMoreTimeThanItsProcess) {
  volatile uint64_t sum = 0;
  for (uint64_t i = 0; i < 20'000'000; ++i) sum = sum + i;
  const CpuTime thread = ThreadCpuTime();
  const CpuTime process = ProcessCpuTime();
  EXPECT_GT(thread.user, 0);
  EXPECT_LE(thread.user + thread.system, process.user + process.system + 0.01);
}

TEST(HostTest, TheLimitOfOpenFilesIsRaisedAsFarAsAllowed) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  ASSERT_GE(before.rlim_max, 64u);
  const rlimit low = {64, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  EXPECT_EQ(RaiseOpenFileLimit(32), 64u);
  EXPECT_EQ(RaiseOpenFileLimit(before.rlim_max), before.rlim_max);
  setrlimit(RLIMIT_NOFILE, &before);
}

}  // namespace
}  // namespace redstart
