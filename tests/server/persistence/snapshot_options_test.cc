#include "server/persistence/snapshot_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

TEST(SnapshotOptionsTest, AutoIsWhatRedis7CanLoad) {
  Config config = DefaultConfig();
  EXPECT_EQ(RdbVersionFor(config), 10);
  config.rdb_version = 11;
  EXPECT_EQ(RdbVersionFor(config), 11);
}

TEST(SnapshotOptionsTest, UsageFollowsThePolicy) {
  TestServer server;
  Config config = DefaultConfig();
  const auto usage = [&](MaxmemoryPolicy policy) {
    config.maxmemory_policy = policy;
    return SnapshotOptionsFor(server.services, config).rdb.usage;
  };
  EXPECT_EQ(usage(MaxmemoryPolicy::kNoEviction), RdbUsage::kNothing);
  EXPECT_EQ(usage(MaxmemoryPolicy::kVolatileTtl), RdbUsage::kNothing);
  EXPECT_EQ(usage(MaxmemoryPolicy::kVolatileLru), RdbUsage::kIdleTime);
  EXPECT_EQ(usage(MaxmemoryPolicy::kAllkeysLfu), RdbUsage::kFrequency);
}

TEST(SnapshotOptionsTest, TheFactsAreRedissInItsOrder) {
  TestServer server;
  std::vector<std::string> names;
  for (const auto& [name, value] : SnapshotOptionsFor(server.services, DefaultConfig()).facts) {
    names.push_back(name);
  }
  EXPECT_THAT(names,
              testing::ElementsAre("redis-ver", "redis-bits", "ctime", "used-mem", "aof-base"));
}

}  // namespace
}  // namespace redstart
