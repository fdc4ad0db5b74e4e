#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ClientCommandsTest = CommandTest;

TEST_F(ClientCommandsTest, IdAndNameAreThoseOfTheCaller) {
  const auto other = NewClient();
  EXPECT_EQ(Run("CLIENT", "ID"), Int(1));
  EXPECT_EQ(other->Run("CLIENT", "ID"), Int(2));
  EXPECT_EQ(Run("CLIENT", "GETNAME"), Nil());
  EXPECT_EQ(Run("CLIENT", "SETNAME", "me"), Ok());
  EXPECT_EQ(Run("CLIENT", "GETNAME"), Bulk("me"));
  EXPECT_EQ(Run("CLIENT", "SETNAME", "a b"),
            Error("ERR Client names cannot contain spaces, newlines or special characters."));
  EXPECT_EQ(Run("CLIENT", "SETNAME", ""), Ok());
  EXPECT_EQ(Run("CLIENT", "GETNAME"), Nil());
}

TEST_F(ClientCommandsTest, SubcommandsAndCountsAreChecked) {
  EXPECT_EQ(Run("CLIENT"), Error("ERR wrong number of arguments for 'client' command"));
  EXPECT_EQ(Run("CLIENT", "FOO"), Error("ERR unknown subcommand 'FOO'. Try CLIENT HELP."));
  EXPECT_EQ(Run("CLIENT", "KILL"),
            Error("ERR wrong number of arguments for 'client|kill' command"));
  EXPECT_EQ(Run("CLIENT", "HELP")[0],
            RespValue::Simple("CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"));
}

TEST_F(ClientCommandsTest, ListHasAllFieldsOfRedisInItsOrder) {
  Advance(5000);
  const auto other = NewClient();
  other->Run("CLIENT", "SETINFO", "lib-name", "mylib");
  Advance(3000);
  EXPECT_EQ(
      Run("CLIENT", "INFO").text(),
      "id=1 addr=127.0.0.1:5000 laddr=127.0.0.1:6379 fd=-1 name= age=8 idle=0 flags=N db=0 sub=0 "
      "psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 "
      "omem=0 tot-mem=" +
          std::to_string(client_.session().MemoryBytes()) +
          " events=r cmd=client|info user=default redir=-1 resp=2 lib-name= lib-ver=\n");
  EXPECT_THAT(Run("CLIENT", "LIST", "ID", "2").text(),
              MatchesRegex("id=2 .* age=3 idle=3 .* argv-mem=0 .* cmd=client\\|setinfo .* "
                           "lib-name=mylib lib-ver=\n"));
  EXPECT_THAT(Run("CLIENT", "LIST").text(), MatchesRegex("id=1 .*\nid=2 .*\n"));
}

TEST_F(ClientCommandsTest, ListTellsTheStateOfAClient) {
  const auto other = NewClient();
  other->Run("SELECT", "7");
  other->Run("CLIENT", "NO-EVICT", "on");
  other->Run("CLIENT", "NO-TOUCH", "on");
  other->Run("WATCH", "k");
  other->Run("MULTI");
  other->Run("GET", "k");
  EXPECT_THAT(Run("CLIENT", "LIST", "ID", "2").text(),
              MatchesRegex(".* flags=xeT db=7 .* multi=1 .* cmd=get .*\n"));
  Run("SELECT", "7");
  Run("SET", "k", "v");
  EXPECT_THAT(Run("CLIENT", "LIST", "ID", "2").text(), HasSubstr(" flags=xdeT "));
  other->Run("EXEC");
  EXPECT_THAT(Run("CLIENT", "LIST", "ID", "2").text(), HasSubstr(" flags=eT "));
  other->Run("NOSUCHCOMMAND");
  EXPECT_THAT(Run("CLIENT", "LIST", "ID", "2").text(), HasSubstr(" cmd=NULL "));
}

TEST_F(ClientCommandsTest, ListCanBeNarrowedByTypeAndId) {
  const auto replica = NewClient();
  replica->session().reads_journal = true;
  EXPECT_THAT(Run("CLIENT", "LIST", "TYPE", "replica").text(),
              MatchesRegex("id=2 .* flags=S .*\n"));
  EXPECT_THAT(Run("CLIENT", "LIST", "TYPE", "normal").text(), MatchesRegex("id=1 .*\n"));
  EXPECT_EQ(Run("CLIENT", "LIST", "TYPE", "pubsub"), Bulk(""));
  EXPECT_EQ(Run("CLIENT", "LIST", "TYPE", "foo"), Error("ERR Unknown client type 'foo'"));
  EXPECT_EQ(Run("CLIENT", "LIST", "ID", "99"), Bulk(""));
  EXPECT_EQ(Run("CLIENT", "LIST", "ID", "x"), Error("ERR Invalid client ID"));
  EXPECT_EQ(Run("CLIENT", "LIST", "ID"), Error("ERR syntax error"));
  EXPECT_EQ(Run("CLIENT", "LIST", "FOO", "1"), Error("ERR syntax error"));
}

TEST_F(ClientCommandsTest, SetInfoKnowsLibraryNameAndVersion) {
  EXPECT_EQ(Run("CLIENT", "SETINFO", "lib-ver", "1.2"), Ok());
  EXPECT_THAT(Run("CLIENT", "INFO").text(), HasSubstr("lib-ver=1.2\n"));
  EXPECT_EQ(Run("CLIENT", "SETINFO", "foo", "x"), Error("ERR Unrecognized option 'foo'"));
  EXPECT_EQ(Run("CLIENT", "SETINFO", "lib-name", "a b"),
            Error("ERR lib-name cannot contain spaces, newlines or special characters."));
  // RESET keeps what the library said.
  Run("RESET");
  EXPECT_THAT(Run("CLIENT", "INFO").text(), HasSubstr("lib-ver=1.2\n"));
}

TEST_F(ClientCommandsTest, KillEndsOthersAtOnceAndTheCallerAfterItsReply) {
  const auto other = NewClient();
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "2"), Int(1));
  EXPECT_TRUE(other->session().close_requested());
  EXPECT_THAT(Run("CLIENT", "LIST").text(), Not(HasSubstr("id=2 ")));
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "2"), Int(0));
  EXPECT_EQ(other->RunRaw({"PING"}), "");
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "1"), Int(0));
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "1", "SKIPME", "no"), Int(1));
  EXPECT_TRUE(client_.session().close_after_reply);
}

TEST_F(ClientCommandsTest, KillByAddressMayEndTheCaller) {
  EXPECT_EQ(Run("CLIENT", "KILL", "1.2.3.4:5"), Error("ERR No such client"));
  EXPECT_EQ(Run("CLIENT", "KILL", "127.0.0.1:5000"), Ok());
  EXPECT_TRUE(client_.session().close_after_reply);
}

TEST_F(ClientCommandsTest, KillMatchesAllItsFilters) {
  const auto a = NewClient();
  const auto b = NewClient();
  b->session().reads_journal = true;
  EXPECT_EQ(Run("CLIENT", "KILL", "TYPE", "replica", "ADDR", "1.2.3.4:5"), Int(0));
  EXPECT_EQ(Run("CLIENT", "KILL", "TYPE", "slave", "LADDR", "127.0.0.1:6379"), Int(1));
  EXPECT_TRUE(b->session().close_requested());
  EXPECT_EQ(Run("CLIENT", "KILL", "USER", "default", "SKIPME", "yes"), Int(1));
  EXPECT_TRUE(a->session().close_requested());
}

TEST_F(ClientCommandsTest, KillChecksItsArguments) {
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "0"), Error("ERR client-id should be greater than 0"));
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "x"), Error("ERR client-id should be greater than 0"));
  EXPECT_EQ(Run("CLIENT", "KILL", "TYPE", "x"), Error("ERR Unknown client type 'x'"));
  EXPECT_EQ(Run("CLIENT", "KILL", "USER", "x"), Error("ERR No such user 'x'"));
  EXPECT_EQ(Run("CLIENT", "KILL", "SKIPME", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("CLIENT", "KILL", "ID", "1", "ADDR"), Error("ERR syntax error"));
  EXPECT_EQ(Run("CLIENT", "KILL", "FOO", "1"), Error("ERR syntax error"));
}

TEST_F(ClientCommandsTest, ReplyOffSilencesUntilOn) {
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "OFF"}), "");
  EXPECT_EQ(RunRaw({"SET", "k", "v"}), "");
  EXPECT_EQ(RunRaw({"NOSUCHCOMMAND"}), "");
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(RunRaw({"GET", "k"}), "");
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "ON"}), "+OK\r\n");
  EXPECT_EQ(RunRaw({"GET", "k"}), "$1\r\nv\r\n");
  EXPECT_EQ(Run("CLIENT", "REPLY", "x"), Error("ERR syntax error"));
}

TEST_F(ClientCommandsTest, ReplySkipLeavesOutOneReply) {
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(RunRaw({"PING"}), "");
  EXPECT_EQ(RunRaw({"PING"}), "+PONG\r\n");
  // Twice in a row: the second one is the skipped command and asks for another.
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(RunRaw({"PING"}), "");
  EXPECT_EQ(RunRaw({"PING"}), "+PONG\r\n");
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "SKIP"}), "");
  EXPECT_EQ(RunRaw({"CLIENT", "REPLY", "ON"}), "+OK\r\n");
}

TEST_F(ClientCommandsTest, UnblockFindsNobodyButChecksItsArguments) {
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", "1"), Int(0));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", "99", "error"), Int(0));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", "1", "x"),
            Error("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR"));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", "1", "error", "x"),
            Error("ERR unknown subcommand or wrong number of arguments for 'UNBLOCK'. Try CLIENT "
                  "HELP."));
}

TEST_F(ClientCommandsTest, TrackingIsOff) {
  EXPECT_EQ(Run("CLIENT", "GETREDIR"), Int(-1));
  EXPECT_EQ(RunRaw({"CLIENT", "TRACKINGINFO"}),
            "*6\r\n$5\r\nflags\r\n*1\r\n$3\r\noff\r\n$8\r\nredirect\r\n:-1\r\n$8\r\nprefixes\r\n"
            "*0\r\n");
  EXPECT_EQ(Run("CLIENT", "NO-EVICT", "x"), Error("ERR syntax error"));
}

TEST_F(ClientCommandsTest, APauseOfWritersLetsOthersRead) {
  const auto other = NewClient();
  EXPECT_EQ(Run("CLIENT", "PAUSE", "1000", "WRITE"), Ok());
  EXPECT_EQ(other->Run("GET", "k"), Nil());
  EXPECT_EQ(other->RunRaw({"SET", "k", "v"}), "");
  EXPECT_TRUE(other->session().is_waiting());
  EXPECT_THAT(Run("INFO", "clients").text(), HasSubstr("blocked_clients:1\r\n"));
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_EQ(Run("SET", "k"), Error("ERR wrong number of arguments for 'set' command"));
  EXPECT_EQ(Run("CLIENT", "UNPAUSE"), Ok());
  EXPECT_EQ(other->ResumeRaw(), "");
  EXPECT_FALSE(other->session().is_waiting());
  EXPECT_EQ(other->Run("SET", "k", "v"), Ok());
  EXPECT_THAT(Run("INFO", "commandstats").text(), HasSubstr("cmdstat_set:calls=1,"));
}

TEST_F(ClientCommandsTest, APauseOfAllEndsByItself) {
  const auto other = NewClient();
  Run("CLIENT", "PAUSE", "100");
  EXPECT_EQ(other->RunRaw({"PING"}), "");
  Advance(99);
  EXPECT_EQ(other->ResumeRaw(), "");
  EXPECT_TRUE(other->session().is_waiting());
  Advance(1);
  other->ResumeRaw();
  EXPECT_EQ(other->Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(ClientCommandsTest, ATransactionThatWritesWaitsWhole) {
  const auto other = NewClient();
  other->Run("MULTI");
  other->Run("SET", "k", "v");
  const auto reader = NewClient();
  reader->Run("MULTI");
  reader->Run("GET", "k");
  Run("CLIENT", "PAUSE", "1000", "WRITE");
  EXPECT_EQ(other->RunRaw({"EXEC"}), "");
  EXPECT_EQ(reader->RunRaw({"EXEC"}), "*1\r\n$-1\r\n");
  Run("CLIENT", "UNPAUSE");
  other->ResumeRaw();
  EXPECT_EQ(other->RunRaw({"EXEC"}), "*1\r\n+OK\r\n");
}

TEST_F(ClientCommandsTest, APauseInATransactionBeginsBehindIt) {
  Run("MULTI");
  Run("CLIENT", "PAUSE", "1000", "WRITE");
  Run("SET", "k", "v");
  Run("EXEC");
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_EQ(RunRaw({"SET", "k", "w"}), "");
}

TEST_F(ClientCommandsTest, NothingExpiresWhileWritersWait) {
  Run("SET", "k", "v", "PX", "10");
  Run("CLIENT", "PAUSE", "1000", "WRITE");
  Advance(20);
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_FALSE(dispatcher_.SweepExpired(0, 1, 1'000'000));
  EXPECT_EQ(keyspace_.expired_keys(), 0u);
  Run("CLIENT", "UNPAUSE");
  EXPECT_EQ(Run("GET", "k"), Nil());
  EXPECT_EQ(keyspace_.expired_keys(), 1u);
}

TEST_F(ClientCommandsTest, PauseTellsWhatIsWrong) {
  EXPECT_EQ(Run("CLIENT", "PAUSE", "abc"), Error("ERR timeout is not an integer or out of range"));
  EXPECT_EQ(Run("CLIENT", "PAUSE", "-1"), Error("ERR timeout is negative"));
  EXPECT_EQ(Run("CLIENT", "PAUSE", "9223372036854775807"), Error("ERR timeout is out of range"));
  EXPECT_EQ(Run("CLIENT", "PAUSE", "1", "SOME"),
            Error("ERR CLIENT PAUSE mode must be WRITE or ALL"));
  EXPECT_EQ(Run("CLIENT", "PAUSE", "1", "ALL", "x"),
            Error("ERR unknown subcommand or wrong number of arguments for 'PAUSE'. Try CLIENT "
                  "HELP."));
  EXPECT_EQ(Run("PING"), RespValue::Simple("PONG"));
}

}  // namespace
}  // namespace redstart
