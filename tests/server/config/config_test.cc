#include "server/config/config.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace redstart {
namespace {

TEST(ConfigTest, DefaultsKnowTheMachine) {
  const Config config = DefaultConfig();
  EXPECT_GE(config.io_threads, 1);
  EXPECT_LE(config.io_threads, 128);
  EXPECT_EQ(config.dir, std::filesystem::current_path().string());
}

TEST(ConfigTest, DefaultsDifferFromThePlainStructInNothingElse) {
  Config config = DefaultConfig();
  config.io_threads = Config{}.io_threads;
  config.dir = Config{}.dir;
  EXPECT_EQ(config, Config{});
}

TEST(ConfigTest, LfuPoliciesAreToldApart) {
  EXPECT_TRUE(UsesLfu(MaxmemoryPolicy::kAllkeysLfu));
  EXPECT_TRUE(UsesLfu(MaxmemoryPolicy::kVolatileLfu));
  EXPECT_FALSE(UsesLfu(MaxmemoryPolicy::kAllkeysLru));
  EXPECT_FALSE(UsesLfu(MaxmemoryPolicy::kNoEviction));
}

}  // namespace
}  // namespace redstart
