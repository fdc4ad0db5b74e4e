#include <gmock/gmock.h>

#include <chrono>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using DebugCommandsTest = CommandTest;

TEST_F(DebugCommandsTest, IsRefusedUnlessAllowed) {
  Config config = *config_.current();
  config.enable_debug_command = ProtectedAction::kNo;
  ConfigStore strict(config);
  Services services = services_;
  services.config = &strict;
  Dispatcher dispatcher(services);
  TestClient client(&dispatcher, &sessions_, NowMs(), true);
  EXPECT_THAT(client.Run("DEBUG", "SLEEP", "0").text(), HasSubstr("DEBUG command not allowed"));
  EXPECT_THAT(client.Run("DEBUG", "NOTHING").text(), HasSubstr("DEBUG command not allowed"));
}

TEST_F(DebugCommandsTest, OneTextForUnknownSubcommandsAndWrongCounts) {
  EXPECT_EQ(Run("DEBUG", "nothing"),
            Error("ERR unknown subcommand or wrong number of arguments for 'nothing'. Try DEBUG "
                  "HELP."));
  for (const char* name : {"SLEEP", "OBJECT", "PROTOCOL", "SET-ACTIVE-EXPIRE", "LOG"}) {
    const std::string expected =
        std::string("ERR unknown subcommand or wrong number of arguments for '")
            .append(name)
            .append("'. Try DEBUG HELP.");
    EXPECT_EQ(Run("DEBUG", name), Error(expected));
    EXPECT_EQ(Run("DEBUG", name, "1", "2"), Error(expected));
  }
  EXPECT_EQ(Run("DEBUG"), Error("ERR wrong number of arguments for 'debug' command"));
  EXPECT_THAT(Run("DEBUG", "HELP")[0].text(), HasSubstr("DEBUG <subcommand>"));
}

TEST_F(DebugCommandsTest, SetActiveExpireTurnsTheBackgroundDeletionOff) {
  Run("SET", "k", "v", "PX", "10");
  EXPECT_EQ(Run("DEBUG", "SET-ACTIVE-EXPIRE", "0"), Ok());
  Advance(11);
  dispatcher_.SweepExpired(0, 1, 1'000'000);
  EXPECT_EQ(keyspace_.expired_keys(), 0u);
  EXPECT_EQ(Run("DEBUG", "SET-ACTIVE-EXPIRE", "1"), Ok());
  dispatcher_.SweepExpired(0, 1, 1'000'000);
  EXPECT_EQ(keyspace_.expired_keys(), 1u);
}

TEST_F(DebugCommandsTest, SleepTakesItsTime) {
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(Run("DEBUG", "SLEEP", "0.02"), Ok());
  EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(20));
  EXPECT_EQ(Run("DEBUG", "SLEEP", "-1"), Ok());
  EXPECT_EQ(Run("DEBUG", "SLEEP", "text"), Ok());
}

TEST_F(DebugCommandsTest, ObjectTellsHowAValueIsStored) {
  Run("SET", "k", "hello");
  Advance(5000);
  EXPECT_THAT(Run("DEBUG", "OBJECT", "k").text(),
              MatchesRegex("Value at:0x[0-9a-f]+ refcount:1 encoding:embstr serializedlength:6 "
                           "lru:[0-9]+ lru_seconds_idle:5"));
  Run("SET", "k", "12");
  EXPECT_THAT(Run("DEBUG", "OBJECT", "k").text(), HasSubstr("encoding:int serializedlength:2 "));
  EXPECT_EQ(Run("DEBUG", "OBJECT", "missing"), Error("ERR no such key"));
}

TEST_F(DebugCommandsTest, ProtocolHasAReplyOfEachTypeInRespTwo) {
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"string", "$11\r\nHello World\r\n"},
      {"integer", ":12345\r\n"},
      {"double", "$5\r\n3.141\r\n"},
      {"bignum", "$37\r\n1234567999999999999999999999999999999\r\n"},
      {"null", "$-1\r\n"},
      {"array", "*3\r\n:0\r\n:1\r\n:2\r\n"},
      {"set", "*3\r\n:0\r\n:1\r\n:2\r\n"},
      {"map", "*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n"},
      {"attrib", "$39\r\nSome real reply following the attribute\r\n"},
      {"push", "-ERR RESP2 is not supported by this command\r\n"},
      {"verbatim", "$25\r\nThis is a verbatim\nstring\r\n"},
      {"true", ":1\r\n"},
      {"false", ":0\r\n"},
  };
  for (const auto& [name, bytes] : expected) EXPECT_EQ(RunRaw({"DEBUG", "PROTOCOL", name}), bytes);
  EXPECT_THAT(Run("DEBUG", "PROTOCOL", "x").text(), HasSubstr("Wrong protocol type name"));
}

TEST_F(DebugCommandsTest, ProtocolHasAReplyOfEachTypeInRespThree) {
  Run("HELLO", "3");
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"double", ",3.141\r\n"},
      {"bignum", "(1234567999999999999999999999999999999\r\n"},
      {"null", "_\r\n"},
      {"set", "~3\r\n:0\r\n:1\r\n:2\r\n"},
      {"map", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"},
      {"attrib",
       "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n"
       "$39\r\nSome real reply following the attribute\r\n"},
      {"push",
       ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push "
       "reply\r\n"},
      {"verbatim", "=29\r\ntxt:This is a verbatim\nstring\r\n"},
      {"true", "#t\r\n"},
      {"false", "#f\r\n"},
  };
  for (const auto& [name, bytes] : expected) EXPECT_EQ(RunRaw({"DEBUG", "PROTOCOL", name}), bytes);
}

TEST_F(DebugCommandsTest, PopulateMakesKeysWithoutCountingChanges) {
  Run("SET", "key:1", "mine");
  EXPECT_EQ(Run("DEBUG", "POPULATE", "3"), Ok());
  EXPECT_EQ(Run("GET", "key:0"), Bulk("value:0"));
  EXPECT_EQ(Run("GET", "key:1"), Bulk("mine"));
  EXPECT_EQ(Run("DEBUG", "POPULATE", "1", "p", "10"), Ok());
  EXPECT_EQ(Run("GET", "p:0"), Bulk(std::string("value:0\0\0\0", 10)));
  EXPECT_EQ(stats_.Sum(&ThreadStats::changes), 1u);
  EXPECT_EQ(Effects().size(), 2u);  // SELECT and SET.
  EXPECT_EQ(Run("DEBUG", "POPULATE", "-1"), Error("ERR value is out of range, must be positive"));
}

TEST_F(DebugCommandsTest, PauseCronTurnsASwitch) {
  EXPECT_EQ(Run("DEBUG", "PAUSE-CRON", "1"), Ok());
  EXPECT_TRUE(state_.cron_paused);
  EXPECT_EQ(Run("DEBUG", "PAUSE-CRON", "0"), Ok());
  EXPECT_FALSE(state_.cron_paused);
}

}  // namespace
}  // namespace redstart
