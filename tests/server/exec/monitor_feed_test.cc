#include "server/exec/monitor_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::IsEmpty;
using ::testing::StartsWith;

class MonitorFeedTest : public CommandTest {
 protected:
  MonitorFeedTest() { clock_.now_us = 1'700'000'000'000'042; }
  const std::unique_ptr<TestClient> monitor_ = NewClient();
};

TEST_F(MonitorFeedTest, ShowsWhatIsExecutedWithTimeDatabaseAndAddress) {
  EXPECT_EQ(monitor_->Run("MONITOR"), Ok());
  Run("SELECT", "3");
  Run("SET", "key", "line\nbreak \"quoted\" \x01");
  EXPECT_EQ(monitor_->TakeDelivered(),
            "+1700000000.000042 [3 127.0.0.1:5000] \"SELECT\" \"3\"\r\n"
            "+1700000000.000042 [3 127.0.0.1:5000] \"SET\" \"key\" "
            "\"line\\nbreak \\\"quoted\\\" \\x01\"\r\n");
}

TEST_F(MonitorFeedTest, TransactionsAreShownAsTheyAreExecuted) {
  monitor_->Run("MONITOR");
  Run("MULTI");
  Run("SET", "a", "1");
  Run("NOSUCHCOMMAND");
  Run("EXEC");
  EXPECT_THAT(monitor_->TakeDelivered(),
              testing::MatchesRegex("[^\n]*\"MULTI\"..[^\n]*\"EXEC\".."));
  Run("MULTI");
  Run("SET", "a", "1");
  Run("EXEC");
  EXPECT_THAT(monitor_->TakeDelivered(),
              testing::ContainsRegex("\"MULTI\".*\n.*\"SET\" \"a\" \"1\".*\n.*\"EXEC\""));
}

TEST_F(MonitorFeedTest, SecretsAndWhatAdministratorsDoAreNotShown) {
  monitor_->Run("MONITOR");
  Run("CONFIG", "GET", "port");
  EXPECT_THAT(monitor_->TakeDelivered(), IsEmpty());
  Run("AUTH", "user", "password");
  EXPECT_EQ(monitor_->TakeDelivered(),
            "+1700000000.000042 [0 127.0.0.1:5000] \"AUTH\" \"(redacted)\" \"(redacted)\"\r\n");
  Run("HELLO", "3", "SETNAME", "x", "AUTH", "user", "password");
  EXPECT_EQ(monitor_->TakeDelivered(),
            "+1700000000.000042 [0 127.0.0.1:5000] \"HELLO\" \"3\" \"SETNAME\" \"x\" \"AUTH\" "
            "\"(redacted)\" \"(redacted)\"\r\n");
}

TEST_F(MonitorFeedTest, WhoWatchesCannotUseKeysUntilItResets) {
  monitor_->Run("MONITOR");
  EXPECT_EQ(monitor_->Run("GET", "k"), Error("ERR Replica can't interact with the keyspace"));
  EXPECT_THAT(Run("CLIENT", "LIST").text(), testing::HasSubstr(" flags=O "));
  EXPECT_EQ(monitor_->Run("RESET"), RespValue::Simple("RESET"));
  Run("PING");
  EXPECT_THAT(monitor_->TakeDelivered(), testing::Not(testing::HasSubstr("PING")));
  EXPECT_EQ(monitor_->Run("GET", "k"), Nil());
  EXPECT_FALSE(services_.monitors->any());
}

TEST_F(MonitorFeedTest, WhoLeavesIsForgotten) {
  {
    const auto other = NewClient();
    other->Run("MONITOR");
    EXPECT_TRUE(services_.monitors->any());
  }
  EXPECT_FALSE(services_.monitors->any());
}

TEST_F(MonitorFeedTest, CannotBeginInATransaction) {
  Run("MULTI");
  Run("MONITOR");
  EXPECT_EQ(RunRaw({"EXEC"}), "*1\r\n-ERR MONITOR isn't allowed for DENY BLOCKING client\r\n");
}

}  // namespace
}  // namespace redstart
