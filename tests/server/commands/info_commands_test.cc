#include <gmock/gmock.h>

#include <sstream>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class InfoCommandsTest : public CommandTest {
 protected:
  // The titles of the sections in a reply.
  std::string Titles(const RespValue& reply) {
    std::istringstream in(reply.text());
    std::string titles;
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("# ")) titles += line.substr(2, line.find('\r') - 2) + " ";
    }
    return titles;
  }
};

TEST_F(InfoCommandsTest, SectionsAreChosenByName) {
  const std::string defaults =
      "Server Clients Memory Persistence Stats Replication CPU Modules Errorstats Cluster "
      "Keyspace ";
  EXPECT_EQ(Titles(Run("INFO")), defaults);
  EXPECT_EQ(Titles(Run("INFO", "default")), defaults);
  EXPECT_EQ(Titles(Run("INFO", "keyspace", "CPU", "cpu")), "CPU Keyspace ");
  EXPECT_THAT(Titles(Run("INFO", "all")), HasSubstr("Modules Commandstats Errorstats"));
  EXPECT_EQ(Titles(Run("INFO", "everything")), Titles(Run("INFO", "ALL")));
  EXPECT_EQ(Titles(Run("INFO", "default", "commandstats", "latencystats")),
            Titles(Run("INFO", "all")));
  EXPECT_EQ(Run("INFO", "nothing"), Bulk(""));
}

TEST_F(InfoCommandsTest, ASectionHasATitleAndLinesAndABlankLineBeforeTheNext) {
  EXPECT_EQ(Run("INFO", "modules", "cluster"),
            Bulk("# Modules\r\n\r\n# Cluster\r\ncluster_enabled:0\r\n"));
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"INFO", "cluster"}), "=34\r\ntxt:# Cluster\r\ncluster_enabled:0\r\n\r\n");
}

TEST_F(InfoCommandsTest, KeyspaceCountsKeysDeadlinesAndTheirMeanTtl) {
  EXPECT_EQ(Run("INFO", "keyspace"), Bulk("# Keyspace\r\n"));
  Run("SET", "a", "1");
  Run("SET", "b", "1", "PX", "4000");
  Run("SET", "c", "1", "PX", "2000");
  Run("SELECT", "9");
  Run("SET", "d", "1");
  EXPECT_EQ(Run("INFO", "keyspace"), Bulk("# Keyspace\r\ndb0:keys=3,expires=2,avg_ttl=3000\r\n"
                                          "db9:keys=1,expires=0,avg_ttl=0\r\n"));
}

TEST_F(InfoCommandsTest, KeyspaceCanBeAskedForInATransaction) {
  Run("MULTI");
  Run("SET", "a", "1");
  Run("INFO", "keyspace");
  EXPECT_THAT(Run("EXEC")[1].text(), HasSubstr("db0:keys=1,"));
}

TEST_F(InfoCommandsTest, StatsCountWhatHappened) {
  Run("SET", "a", "1");
  Run("GET", "a");
  Run("GET", "b");
  Run("NOSUCHCOMMAND");
  Run("SELECT", "x");
  const std::string text = Run("INFO", "stats").text();
  EXPECT_THAT(text, HasSubstr("keyspace_hits:1\r\n"));
  EXPECT_THAT(text, HasSubstr("keyspace_misses:1\r\n"));
  EXPECT_THAT(text, HasSubstr("total_error_replies:2\r\n"));
  EXPECT_THAT(text, HasSubstr("total_commands_processed:4\r\n"));
  EXPECT_THAT(Run("INFO", "persistence").text(), HasSubstr("rdb_changes_since_last_save:1\r\n"));
}

TEST_F(InfoCommandsTest, ExpiredKeysAreCountedAndReset) {
  Run("SET", "a", "1", "PX", "10");
  Advance(11);
  Run("GET", "a");
  EXPECT_THAT(Run("INFO", "stats").text(), HasSubstr("expired_keys:1\r\n"));
  Run("CONFIG", "RESETSTAT");
  EXPECT_THAT(Run("INFO", "stats").text(), HasSubstr("expired_keys:0\r\n"));
}

TEST_F(InfoCommandsTest, CommandStatsCountCallsRefusalsAndFailures) {
  Run("GET", "a");
  Run("GET");
  Run("SELECT", "x");
  Run("CLIENT", "ID");
  Run("DEBUG", "NOTHING");
  Run("DEBUG", "PROTOCOL", "string");
  const std::string text = Run("INFO", "commandstats").text();
  EXPECT_THAT(text, ContainsRegex("cmdstat_get:calls=1,usec=[0-9]+,usec_per_call=[0-9.]+,"
                                  "rejected_calls=1,failed_calls=0\r\n"));
  EXPECT_THAT(text, ContainsRegex("cmdstat_select:calls=1,.*rejected_calls=0,failed_calls=1\r\n"));
  EXPECT_THAT(text, HasSubstr("cmdstat_client|id:calls=1,"));
  EXPECT_THAT(text, ContainsRegex("cmdstat_debug:calls=2,.*failed_calls=1\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("cmdstat_debug|")));
}

TEST_F(InfoCommandsTest, AnErrorInATransactionIsThatOfItsCommandAlone) {
  Run("SET", "a", "text");
  Run("MULTI");
  Run("SELECT", "x");
  Run("EXEC");
  EXPECT_THAT(Run("INFO", "commandstats").text(),
              ContainsRegex("cmdstat_exec:calls=1,.*failed_calls=0\r\n"));
  EXPECT_THAT(Run("INFO", "stats").text(), HasSubstr("total_error_replies:1\r\n"));
}

TEST_F(InfoCommandsTest, ErrorStatsCountEachCode) {
  Run("NOSUCHCOMMAND");
  Run("SELECT", "x");
  Run("AUTH", "nobody", "x");
  Run("MULTI");
  Run("NOSUCHCOMMAND");
  Run("EXEC");
  EXPECT_EQ(Run("INFO", "errorstats"),
            Bulk("# Errorstats\r\nerrorstat_ERR:count=3\r\nerrorstat_EXECABORT:count=1\r\n"
                 "errorstat_WRONGPASS:count=1\r\n"));
}

TEST_F(InfoCommandsTest, ClientsAndReplicasAreToldApart) {
  const auto client = NewClient();
  const auto replica = NewClient();
  replica->session().reads_journal = true;
  EXPECT_THAT(Run("INFO", "clients").text(), HasSubstr("connected_clients:2\r\n"));
  EXPECT_THAT(Run("INFO", "replication").text(),
              HasSubstr("role:master\r\nconnected_slaves:1\r\n"));
  Run("CLIENT", "KILL", "ID", "2");
  EXPECT_THAT(Run("INFO", "clients").text(), HasSubstr("connected_clients:1\r\n"));
}

TEST_F(InfoCommandsTest, ServerTellsItsVersionAndAge) {
  state_.started_us = clock_.now_us;
  state_.run_id = std::string(40, 'a');
  state_.tcp_port = 1234;
  Advance(90'000'500);
  const std::string text = Run("INFO", "server").text();
  EXPECT_THAT(text, HasSubstr("redis_version:7.2.6\r\n"));
  EXPECT_THAT(text, HasSubstr("tcp_port:1234\r\n"));
  EXPECT_THAT(text, HasSubstr("uptime_in_seconds:90000\r\nuptime_in_days:1\r\n"));
  EXPECT_THAT(text, HasSubstr("run_id:" + std::string(40, 'a') + "\r\n"));
}

}  // namespace
}  // namespace redstart
