#include "server/config/host_limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace redstart {
namespace {

// A file system of our own, laid out under a folder of this test's name.
class HostLimitsTest : public testing::Test {
 protected:
  HostLimitsTest()
      : root_(testing::TempDir() + "host_limits_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove_all(root_);
  }
  ~HostLimitsTest() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path full = root_ + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }

  const std::string root_;
};

TEST_F(HostLimitsTest, AtLeastOneCpuIsUsable) {
  EXPECT_GE(UsableCpus(), 1);
}

TEST_F(HostLimitsTest, WithoutCgroupsThereIsNoQuota) {
  EXPECT_EQ(CgroupCpuQuota(root_), 0);
}

TEST_F(HostLimitsTest, MaxMeansNoQuotaInVersion2) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "max 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 0);
}

TEST_F(HostLimitsTest, AFractionOfACpuCountsAsOne) {
  Write("/proc/self/cgroup", "0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "150000 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 2);
  Write("/sys/fs/cgroup/cpu.max", "5000 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 1);
}

TEST_F(HostLimitsTest, TheTightestGroupOnTheWayUpCounts) {
  Write("/proc/self/cgroup", "0::/pod/box\n");
  Write("/sys/fs/cgroup/pod/box/cpu.max", "800000 100000\n");
  Write("/sys/fs/cgroup/pod/cpu.max", "300000 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 3);
}

TEST_F(HostLimitsTest, AGroupThatOnlyTheHostSeesIsSkipped) {
  Write("/proc/self/cgroup", "0::/docker/0123abc\n");
  Write("/sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 2);
}

TEST_F(HostLimitsTest, Version1HasTheQuotaInTwoFiles) {
  Write("/proc/self/cgroup", "12:memory:/x\n4:cpu,cpuacct:/x\n");
  Write("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "250000\n");
  Write("/sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 3);
  Write("/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 0);
}

TEST_F(HostLimitsTest, TheTightestMemoryLimitOnTheWayUpCounts) {
  EXPECT_EQ(CgroupMemoryLimit(root_), 0u);
  Write("/proc/self/cgroup", "0::/pod/box\n");
  Write("/sys/fs/cgroup/pod/box/memory.max", "max\n");
  EXPECT_EQ(CgroupMemoryLimit(root_), 0u);
  Write("/sys/fs/cgroup/pod/memory.max", "536870912\n");
  EXPECT_EQ(CgroupMemoryLimit(root_), 536870912u);
  Write("/sys/fs/cgroup/pod/box/memory.max", "268435456\n");
  EXPECT_EQ(CgroupMemoryLimit(root_), 268435456u);
}

TEST_F(HostLimitsTest, Version1SaysNoMemoryLimitWithAHugeNumber) {
  Write("/proc/self/cgroup", "9:memory:/docker/x\n4:cpu,cpuacct:/docker/x\n");
  Write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_EQ(CgroupMemoryLimit(root_), 0u);
  Write("/sys/fs/cgroup/memory/docker/x/memory.limit_in_bytes", "67108864\n");
  EXPECT_EQ(CgroupMemoryLimit(root_), 67108864u);
}

TEST_F(HostLimitsTest, NonsenseIsNoQuota) {
  Write("/proc/self/cgroup", "nonsense\n0::/\n");
  Write("/sys/fs/cgroup/cpu.max", "a b\n");
  EXPECT_EQ(CgroupCpuQuota(root_), 0);
}

}  // namespace
}  // namespace redstart
