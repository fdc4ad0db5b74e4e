#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class ObjectCommandsTest : public CommandTest {
 protected:
  void SetPolicy(std::string policy) {
    ASSERT_TRUE(config_.Set({{"maxmemory-policy", std::move(policy)}}, {}).ok());
  }
};

TEST_F(ObjectCommandsTest, EncodingsHaveTheNamesAndLimitsOfRedis) {
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Nil());
  Run("SET", "k", "12345678901234567");
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("int"));
  Run("SET", "k", std::string(44, 'x'));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("embstr"));
  Run("SET", "k", std::string(45, 'x'));
  EXPECT_EQ(Run("object", "encoding", "k"), Bulk("raw"));
  Run("SET", "k", std::string(100'000, 'x'));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("raw"));
}

TEST_F(ObjectCommandsTest, IdleTimeGrowsUntilTheKeyIsUsed) {
  Run("SET", "k", "v");
  Advance(70'500);
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), Int(70));
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), Int(70));  // Asking is no use.
  Run("GET", "k");
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "k"), Int(0));
  EXPECT_EQ(Run("OBJECT", "IDLETIME", "none"), Nil());
}

TEST_F(ObjectCommandsTest, FrequencyDecaysByTheMinute) {
  SetPolicy("volatile-lfu");
  Run("SET", "k", "v");
  EXPECT_EQ(Run("OBJECT", "FREQ", "k"), Int(5));
  Advance(3 * 60'000);
  EXPECT_EQ(Run("OBJECT", "FREQ", "k"), Int(2));
  EXPECT_EQ(Run("OBJECT", "FREQ", "none"), Nil());
}

TEST_F(ObjectCommandsTest, ThePolicyDecidesWhatIsTracked) {
  Run("SET", "k", "v");
  EXPECT_THAT(Run("OBJECT", "FREQ", "k").text(),
              testing::StartsWith("ERR An LFU maxmemory policy is not selected, access frequency "
                                  "not tracked. Please note that when switching"));
  SetPolicy("allkeys-lfu");
  EXPECT_THAT(Run("OBJECT", "IDLETIME", "k").text(),
              testing::StartsWith("ERR An LFU maxmemory policy is selected, idle time not tracked. "
                                  "Please note that when switching"));
}

TEST_F(ObjectCommandsTest, SmallIntegersSeemSharedUnlessEveryValueNeedsAClock) {
  Run("MSET", "small", "9999", "big", "10000", "text", "x");
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "small"), Int(2147483647));
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "big"), Int(1));
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "text"), Int(1));
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "none"), Nil());
  SetPolicy("allkeys-lru");
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "small"), Int(2147483647));
}

class ObjectCommandsWithALimitTest : public CommandTest {
 protected:
  ObjectCommandsWithALimitTest() : CommandTest(Limited()) {}
  static Config Limited() {
    Config config = DefaultConfig();
    config.maxmemory = int64_t{1} << 30;
    config.maxmemory_policy = MaxmemoryPolicy::kAllkeysLru;
    return config;
  }
};

TEST_F(ObjectCommandsWithALimitTest, NoIntegerSeemsShared) {
  Run("SET", "small", "1");
  EXPECT_EQ(Run("OBJECT", "REFCOUNT", "small"), Int(1));
}

TEST_F(ObjectCommandsTest, ExpiredKeysHaveNoEncoding) {
  Run("SET", "k", "v", "PX", "10");
  Advance(11);
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Nil());
}

TEST_F(ObjectCommandsTest, HelpNamesEverySubcommandAndTheWrongOnesAreNamedBack) {
  const RespValue help = Run("OBJECT", "HELP");
  ASSERT_EQ(help.size(), 11u);
  EXPECT_EQ(help[0].text(), "OBJECT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:");
  EXPECT_EQ(help[1].text(), "ENCODING <key>");
  EXPECT_EQ(Run("OBJECT", "NONE", "k"), Error("ERR unknown subcommand 'NONE'. Try OBJECT HELP."));
  EXPECT_EQ(Run("OBJECT", "FREQ"),
            Error("ERR wrong number of arguments for 'object|freq' command"));
  EXPECT_EQ(Run("OBJECT"), Error("ERR wrong number of arguments for 'object' command"));
}

}  // namespace
}  // namespace redstart
