#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ConfigCommandsTest = CommandTest;

TEST_F(ConfigCommandsTest, GetAnswersNamesAndPatternsAsAMap) {
  EXPECT_EQ(RunRaw({"CONFIG", "GET", "databases", "nothing"}),
            "*2\r\n$9\r\ndatabases\r\n$2\r\n16\r\n");
  EXPECT_EQ(Run("CONFIG", "GET", "hash-max-*entries", "DATABASES").size(), 6u);
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"CONFIG", "GET", "databases"}), "%1\r\n$9\r\ndatabases\r\n$2\r\n16\r\n");
}

TEST_F(ConfigCommandsTest, SetIsInForceForTheNextCommandOfTheSamePipeline) {
  EXPECT_EQ(Run("CONFIG", "SET", "requirepass", "secret", "timeout", "7"), Ok());
  EXPECT_EQ(Run("AUTH", "wrong").text().substr(0, 9), "WRONGPASS");
  EXPECT_EQ(Run("AUTH", "secret"), Ok());
  EXPECT_EQ(Run("CONFIG", "GET", "timeout")[1], Bulk("7"));
}

TEST_F(ConfigCommandsTest, SetChangesAllOrNothing) {
  EXPECT_EQ(Run("CONFIG", "SET", "timeout", "7", "nothing", "1"),
            Error("ERR Unknown option or number of arguments for CONFIG SET - 'nothing'"));
  EXPECT_EQ(Run("CONFIG", "GET", "timeout")[1], Bulk("0"));
  EXPECT_EQ(Run("CONFIG", "SET", "timeout", "7", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("CONFIG", "SET", "timeout"),
            Error("ERR wrong number of arguments for 'config|set' command"));
  EXPECT_EQ(Run("CONFIG", "SET", "databases", "3"),
            Error("ERR CONFIG SET failed (possibly related to argument 'databases') - can't set "
                  "immutable config"));
}

TEST_F(ConfigCommandsTest, ProtectedOptionsNeedPermission) {
  EXPECT_THAT(Run("CONFIG", "SET", "dbfilename", "x.rdb").text(),
              HasSubstr("can't set protected config"));
}

TEST_F(ConfigCommandsTest, ResetStatBeginsTheStatisticsAnewButKeepsWhatIsNone) {
  Run("SET", "k", "v");
  Run("GET", "k");
  Run("GET", "missing");
  Run("NOSUCHCOMMAND");
  EXPECT_EQ(stats_.Sum(&ThreadStats::keyspace_hits), 1u);
  EXPECT_EQ(Run("CONFIG", "RESETSTAT"), Ok());
  EXPECT_EQ(stats_.Sum(&ThreadStats::keyspace_hits), 0u);
  EXPECT_EQ(stats_.Sum(&ThreadStats::error_replies), 0u);
  EXPECT_TRUE(stats_.SumOfErrors().empty());
  EXPECT_EQ(stats_.Sum(&ThreadStats::changes), 1u);
  Run("GET", "k");
  EXPECT_EQ(stats_.Sum(&ThreadStats::keyspace_hits), 1u);
  EXPECT_THAT(Run("INFO", "commandstats").text(), HasSubstr("cmdstat_get:calls=1,"));
}

TEST_F(ConfigCommandsTest, HelpListsTheSubcommands) {
  EXPECT_EQ(Run("CONFIG", "HELP")[1], RespValue::Simple("GET <pattern> [<pattern> ...]"));
  EXPECT_EQ(Run("CONFIG", "X"), Error("ERR unknown subcommand 'X'. Try CONFIG HELP."));
}

}  // namespace
}  // namespace redstart
