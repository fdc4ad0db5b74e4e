#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

Config WithEveryCommandLogged() {
  Config config = DefaultConfig();
  config.slowlog_log_slower_than = 0;
  return config;
}

class SlowlogCommandsTest : public CommandTest {
 protected:
  SlowlogCommandsTest() : CommandTest(WithEveryCommandLogged()) {}

  // The arguments of the newest entries, one line each.
  std::vector<std::string> Logged(const char* count) {
    std::vector<std::string> lines;
    const RespValue reply = Run("SLOWLOG", "GET", count);
    for (size_t i = 0; i < reply.size(); ++i) {
      std::string line;
      for (size_t j = 0; j < reply[i][3].size(); ++j) {
        line.append(j > 0 ? " " : "").append(reply[i][3][j].text());
      }
      lines.push_back(line);
    }
    return lines;
  }
};

using ::testing::ElementsAre;

TEST_F(SlowlogCommandsTest, ShowsTheNewestFirst) {
  Run("CLIENT", "SETNAME", "me");
  Run("SET", "k", "v");
  const RespValue reply = Run("SLOWLOG", "GET", "1");
  ASSERT_EQ(reply.size(), 1u);
  ASSERT_EQ(reply[0].size(), 6u);
  EXPECT_EQ(reply[0][0], Int(1));
  EXPECT_EQ(reply[0][1], Int(1'700'000'000));
  EXPECT_EQ(reply[0][4], Bulk("127.0.0.1:5000"));
  EXPECT_EQ(reply[0][5], Bulk("me"));
  EXPECT_THAT(Logged("2"), ElementsAre("SLOWLOG GET 1", "SET k v"));
}

TEST_F(SlowlogCommandsTest, ATransactionsCommandsAreLoggedAndExecIsNot) {
  Run("MULTI");
  Run("SET", "k", "v");
  Run("EXEC");
  EXPECT_THAT(Logged("2"), ElementsAre("SET k v", "MULTI"));
}

TEST_F(SlowlogCommandsTest, SecretValuesOfOptionsAreNotLogged) {
  Run("CONFIG", "SET", "timeout", "5", "requirepass", "secret");
  EXPECT_THAT(Logged("1"), ElementsAre("CONFIG SET timeout 5 requirepass (redacted)"));
  Run("AUTH", "secret");
  EXPECT_THAT(Logged("1"), ElementsAre("AUTH (redacted)"));
}

TEST_F(SlowlogCommandsTest, TheCommandThatTurnsTheLogOffIsNotLogged) {
  Run("CONFIG", "SET", "slowlog-log-slower-than", "-1");
  Run("SET", "k", "v");
  EXPECT_THAT(Logged("-1"), testing::IsEmpty());
  Run("CONFIG", "SET", "slowlog-log-slower-than", "0");
  EXPECT_THAT(Logged("-1"), ElementsAre("CONFIG SET slowlog-log-slower-than 0"));
}

TEST_F(SlowlogCommandsTest, ALowerLimitTakesEffectAtOnce) {
  for (int i = 0; i < 5; ++i) Run("PING");
  EXPECT_EQ(Run("SLOWLOG", "LEN"), Int(5));
  Run("CONFIG", "SET", "slowlog-max-len", "2");
  EXPECT_EQ(Run("SLOWLOG", "LEN"), Int(2));
  EXPECT_EQ(Run("SLOWLOG", "RESET"), Ok());
  EXPECT_EQ(Run("SLOWLOG", "LEN"), Int(1));
}

TEST_F(SlowlogCommandsTest, CountsAreChecked) {
  EXPECT_EQ(Run("SLOWLOG", "GET", "-2"), Error("ERR count should be greater than or equal to -1"));
  EXPECT_EQ(Run("SLOWLOG", "GET", "x"), Error("ERR count should be greater than or equal to -1"));
  EXPECT_EQ(Run("SLOWLOG", "GET", "0").size(), 0u);
  EXPECT_EQ(Run("SLOWLOG", "GET", "1", "2"),
            Error("ERR unknown subcommand or wrong number of arguments for 'GET'. Try SLOWLOG "
                  "HELP."));
}

}  // namespace
}  // namespace redstart
