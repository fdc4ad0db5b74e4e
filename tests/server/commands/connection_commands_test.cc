#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ConnectionCommandsTest = CommandTest;

Config WithPassword() {
  Config config = DefaultConfig();
  config.requirepass = "secret";
  return config;
}

class PasswordTest : public CommandTest {
 protected:
  PasswordTest() : CommandTest(WithPassword()) {}
  std::unique_ptr<TestClient> NewStranger() {
    return std::make_unique<TestClient>(&dispatcher_, &sessions_, NowMs(), false);
  }
};

TEST_F(ConnectionCommandsTest, PingAndEchoAnswer) {
  EXPECT_EQ(Run("PING"), RespValue::Simple("PONG"));
  EXPECT_EQ(Run("PING", "hello"), Bulk("hello"));
  EXPECT_EQ(Run("PING", "a", "b"), Error("ERR wrong number of arguments for 'ping' command"));
  EXPECT_EQ(Run("ECHO", "hello"), Bulk("hello"));
}

TEST_F(ConnectionCommandsTest, SelectChangesTheDatabaseOfThisClientAlone) {
  const auto other = NewClient();
  EXPECT_EQ(Run("SELECT", "9"), Ok());
  EXPECT_EQ(Run("SET", "k", "nine"), Ok());
  EXPECT_EQ(other->Run("GET", "k"), Nil());
  EXPECT_EQ(other->Run("SELECT", "9"), Ok());
  EXPECT_EQ(other->Run("GET", "k"), Bulk("nine"));
}

TEST_F(ConnectionCommandsTest, SelectRefusesWhatIsNoDatabase) {
  EXPECT_EQ(Run("SELECT", "16"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("SELECT", "-1"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("SELECT", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("SELECT", "2147483648"),
            Error("ERR value is out of range, value must between -2147483648 and 2147483647"));
}

TEST_F(ConnectionCommandsTest, AuthWithoutAConfiguredPasswordIsAMistakeUnlessTheUserIsNamed) {
  EXPECT_EQ(Run("AUTH", "x"),
            Error("ERR AUTH <password> called without any password configured for the default "
                  "user. Are you sure your configuration is correct?"));
  EXPECT_EQ(Run("AUTH", "default", "anything"), Ok());
  EXPECT_EQ(Run("AUTH", "nobody", "x"),
            Error("WRONGPASS invalid username-password pair or user is disabled."));
  EXPECT_EQ(Run("AUTH", "a", "b", "c"), Error("ERR syntax error"));
}

TEST_F(PasswordTest, NothingButLoggingInIsAllowedBeforeThePassword) {
  const auto stranger = NewStranger();
  const RespValue refused = Error("NOAUTH Authentication required.");
  EXPECT_EQ(stranger->Run("PING"), refused);
  EXPECT_EQ(stranger->Run("GET", "k"), refused);
  const RespValue wrong = Error("WRONGPASS invalid username-password pair or user is disabled.");
  EXPECT_EQ(stranger->Run("AUTH", "secre"), wrong);
  EXPECT_EQ(stranger->Run("AUTH", "secretsecret"), wrong);
  EXPECT_EQ(stranger->Run("AUTH", ""), wrong);
  EXPECT_EQ(stranger->Run("AUTH", "nobody", "secret"), wrong);
  EXPECT_EQ(stats_.Sum(&ThreadStats::auth_failures), 4u);
  EXPECT_EQ(stranger->Run("PING"), refused);
  EXPECT_EQ(stranger->Run("AUTH", "default", "secret"), Ok());
  EXPECT_EQ(stranger->Run("PING"), RespValue::Simple("PONG"));
  // A wrong password does not log out who is in.
  EXPECT_EQ(stranger->Run("AUTH", "x"), wrong);
  EXPECT_EQ(stranger->Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(PasswordTest, ClientsGetInOnceThePasswordIsTakenAway) {
  const auto stranger = NewStranger();
  const std::vector<ConfigStore::NameValue> changes = {{"requirepass", ""}};
  ASSERT_TRUE(config_.Set(changes, {}).ok());
  EXPECT_EQ(stranger->Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(PasswordTest, HelloLogsInAndRefusesStrangers) {
  const auto stranger = NewStranger();
  EXPECT_THAT(stranger->Run("HELLO", "3").text(),
              HasSubstr("NOAUTH HELLO must be called with the client already authenticated"));
  EXPECT_EQ(stranger->session().resp_version.load(), 2);
  EXPECT_THAT(stranger->Run("HELLO", "3", "AUTH", "default", "x").text(), HasSubstr("WRONGPASS"));
  const RespValue hello = stranger->Run("HELLO", "3", "AUTH", "default", "secret");
  EXPECT_EQ(*hello.Find("proto"), Int(3));
  EXPECT_EQ(stranger->Run("PING"), RespValue::Simple("PONG"));
  EXPECT_EQ(stranger->Run("RESET"), RespValue::Simple("RESET"));
  EXPECT_EQ(stranger->Run("PING"), Error("NOAUTH Authentication required."));
}

TEST_F(ConnectionCommandsTest, HelloTellsAboutTheServerAndSwitchesTheProtocol) {
  EXPECT_EQ(RunRaw({"HELLO"}),
            "*14\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.2.6\r\n$5\r\nproto\r\n"
            ":2\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster"
            "\r\n$7\r\nmodules\r\n*0\r\n");
  EXPECT_THAT(RunRaw({"hello", "3", "setname", "me"}), HasSubstr("%7\r\n$6\r\nserver"));
  EXPECT_EQ(client_.session().labels().name, "me");
  EXPECT_EQ(RunRaw({"GET", "missing"}), "_\r\n");
  EXPECT_THAT(RunRaw({"HELLO", "2"}), HasSubstr("*14\r\n"));
  EXPECT_EQ(RunRaw({"GET", "missing"}), "$-1\r\n");
}

TEST_F(ConnectionCommandsTest, HelloRefusesWhatItDoesNotKnow) {
  EXPECT_EQ(Run("HELLO", "x"), Error("ERR Protocol version is not an integer or out of range"));
  EXPECT_EQ(Run("HELLO", "1"), Error("NOPROTO unsupported protocol version"));
  EXPECT_EQ(Run("HELLO", "4"), Error("NOPROTO unsupported protocol version"));
  EXPECT_EQ(Run("HELLO", "3", "FOO"), Error("ERR Syntax error in HELLO option 'FOO'"));
  EXPECT_EQ(Run("HELLO", "3", "AUTH", "a"), Error("ERR Syntax error in HELLO option 'AUTH'"));
  EXPECT_EQ(Run("HELLO", "3", "SETNAME", "a b"),
            Error("ERR Client names cannot contain spaces, newlines or special characters."));
  EXPECT_EQ(client_.session().resp_version.load(), 2);
}

TEST_F(ConnectionCommandsTest, ResetLeavesTransactionDatabaseNameAndProtocol) {
  Run("SELECT", "3");
  Run("HELLO", "3", "SETNAME", "me");
  Run("WATCH", "k");
  Run("MULTI");
  EXPECT_EQ(Run("RESET"), RespValue::Simple("RESET"));
  const Session& session = client_.session();
  EXPECT_FALSE(session.in_transaction());
  EXPECT_FALSE(session.is_watching());
  EXPECT_EQ(session.database.load(), 0);
  EXPECT_EQ(session.resp_version.load(), 2);
  EXPECT_EQ(session.labels().name, "");
  EXPECT_EQ(Run("EXEC"), Error("ERR EXEC without MULTI"));
}

TEST_F(ConnectionCommandsTest, QuitAnswersAndClosesEvenInATransaction) {
  Run("MULTI");
  EXPECT_EQ(Run("QUIT"), Ok());
  EXPECT_TRUE(client_.session().close_after_reply);
  EXPECT_EQ(RunRaw({"PING"}), "");
}

}  // namespace
}  // namespace redstart
