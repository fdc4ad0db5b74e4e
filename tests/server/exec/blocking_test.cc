#include "server/exec/blocking.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Clients of one thread; another one would see the same, since all goes through the shards and the
// mailboxes.
class BlockingTest : public CommandTest {
 protected:
  // A client that has sent this and waits.
  template <typename... Words>
  std::unique_ptr<TestClient> Waiting(Words... words) {
    auto client = NewClient();
    EXPECT_EQ(client->RunRaw({std::string(words)...}), "");
    EXPECT_TRUE(client->session().is_waiting());
    return client;
  }
  std::string Elements(std::string_view key) {
    const RespValue list = Run("LRANGE", std::string(key), "0", "-1");
    std::string text;
    for (size_t i = 0; i < list.size(); ++i) text += list[i].text() + " ";
    return text;
  }
  uint64_t AwaitedKeys() {
    uint64_t keys = 0;
    const ShardLocks all = keyspace_.LockAll();
    for (size_t i = 0; i < keyspace_.shard_count(); ++i) keys += all[i].listeners().awaited_keys();
    return keys;
  }
};

TEST_F(BlockingTest, APushServesTheOneWhoCameFirst) {
  const auto first = Waiting("BLPOP", "l", "0");
  const auto second = Waiting("BRPOP", "other", "l", "0");
  Run("RPUSH", "l", "a");
  EXPECT_EQ(first->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  EXPECT_TRUE(second->session().is_waiting());
  Run("RPUSH", "l", "b", "c");
  EXPECT_EQ(second->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\nc\r\n");
  EXPECT_EQ(Elements("l"), "b ");
  EXPECT_EQ(AwaitedKeys(), 0u);
}

TEST_F(BlockingTest, TheEffectsOfTheServedFollowThoseOfThePush) {
  const auto popper = Waiting("BLPOP", "l", "0");
  const auto mover = Waiting("BLMOVE", "l", "m", "LEFT", "RIGHT", "0");
  const auto many = Waiting("BLMPOP", "0", "1", "l", "RIGHT", "COUNT", "5");
  const auto old = Waiting("BRPOPLPUSH", "m", "n", "0");
  EXPECT_THAT(Effects(), IsEmpty());
  Run("RPUSH", "l", "a", "b", "c", "d");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "RPUSH l a b c d", "LPOP l",
                                     "LMOVE l m LEFT RIGHT", "RPOP l 2", "RPOPLPUSH m n"));
  EXPECT_EQ(Elements("n"), "b ");
  EXPECT_EQ(many->ResumeRaw(), "*2\r\n$1\r\nl\r\n*2\r\n$1\r\nd\r\n$1\r\nc\r\n");
  EXPECT_EQ(mover->Resume(), Bulk("b"));
  EXPECT_EQ(old->Resume(), Bulk("b"));
}

TEST_F(BlockingTest, ATransactionServesAfterItsEnd) {
  const auto waiting = Waiting("BLPOP", "a", "b", "0");
  Run("MULTI");
  Run("RPUSH", "b", "1");
  Run("RPUSH", "a", "2");
  Run("LLEN", "a");
  EXPECT_EQ(RunRaw({"EXEC"}), "*3\r\n:1\r\n:1\r\n:1\r\n");
  EXPECT_EQ(waiting->ResumeRaw(), "*2\r\n$1\r\na\r\n$1\r\n2\r\n") << "its own order of keys counts";
  EXPECT_THAT(Effects(),
              ElementsAre("MULTI", "SELECT 0", "RPUSH b 1", "RPUSH a 2", "EXEC", "LPOP a"));
}

TEST_F(BlockingTest, WhatIsGoneAgainAtTheEndOfTheTransactionServesNobody) {
  const auto waiting = Waiting("BLPOP", "l", "0");
  Run("MULTI");
  Run("RPUSH", "l", "a");
  Run("DEL", "l");
  Run("SET", "l", "text");
  Run("EXEC");
  EXPECT_EQ(waiting->ResumeRaw(), "");
  Run("DEL", "l");
  Run("RPUSH", "l", "b");
  EXPECT_EQ(waiting->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\nb\r\n");
}

TEST_F(BlockingTest, EveryWayToMakeAListWakes) {
  const std::vector<std::vector<std::vector<std::string>>> ways = {
      {{"RPUSH", "x", "v"}, {"RENAME", "x", "l"}},
      {{"RPUSH", "x", "v"}, {"COPY", "x", "l"}},
      {{"RPUSH", "x", "v"}, {"LMOVE", "x", "l", "LEFT", "LEFT"}},
      {{"SELECT", "1"}, {"RPUSH", "l", "v"}, {"MOVE", "l", "0"}, {"SELECT", "0"}},
      {{"SELECT", "1"}, {"RPUSH", "l", "v"}, {"SELECT", "0"}, {"SWAPDB", "0", "1"}},
      {{"SELECT", "1"}, {"RPUSH", "x", "v"}, {"COPY", "x", "l", "DB", "0"}, {"SELECT", "0"}},
  };
  for (const auto& way : ways) {
    const auto waiting = Waiting("BLPOP", "l", "0");
    for (const auto& request : way) RunRaw(request);
    EXPECT_EQ(waiting->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\nv\r\n") << way.back()[0];
    Run("FLUSHALL");
  }
  Run("RPUSH", "x", "v");
  const std::string payload = Run("DUMP", "x").text();
  const auto waiting = Waiting("BLPOP", "l", "0");
  RunRaw({"RESTORE", "l", "0", payload});
  EXPECT_EQ(waiting->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\nv\r\n");
}

TEST_F(BlockingTest, MovesThroughACircleOfKeysEndWhereTheyBegan) {
  std::vector<std::unique_ptr<TestClient>> movers;
  for (int i = 0; i < 20; ++i) {
    movers.push_back(Waiting("BLMOVE", absl::StrCat("k", i), absl::StrCat("k", (i + 1) % 20),
                             "LEFT", "RIGHT", "0"));
  }
  Run("RPUSH", "k0", "v");
  for (const auto& mover : movers) EXPECT_EQ(mover->Resume(), Bulk("v"));
  EXPECT_EQ(Elements("k0"), "v ");
  EXPECT_EQ(AwaitedKeys(), 0u);
}

TEST_F(BlockingTest, AMoveOntoItselfTurnsTheList) {
  const auto waiting = Waiting("BLMOVE", "l", "l", "LEFT", "RIGHT", "0");
  Run("RPUSH", "l", "a", "b");
  EXPECT_EQ(waiting->Resume(), Bulk("a"));
  EXPECT_EQ(Elements("l"), "b a ");
}

TEST_F(BlockingTest, ATargetOfAnotherTypeIsAnErrorForTheWaiterAlone) {
  Run("SET", "m", "text");
  const auto mover = Waiting("BLMOVE", "l", "m", "LEFT", "RIGHT", "0");
  const auto popper = Waiting("BLPOP", "l", "0");
  Run("RPUSH", "l", "a");
  EXPECT_EQ(mover->Resume(),
            Error("WRONGTYPE Operation against a key holding the wrong kind of value"));
  EXPECT_EQ(popper->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "SET m text", "RPUSH l a", "LPOP l"));
}

TEST_F(BlockingTest, TheTimeoutAnswersWithANullArray) {
  const auto waiting = Waiting("BLPOP", "l", "0.05");
  Advance(49);
  EXPECT_EQ(waiting->ResumeRaw(), "");
  Advance(1);
  EXPECT_EQ(waiting->ResumeRaw(), "*-1\r\n");
  EXPECT_EQ(AwaitedKeys(), 0u);
  Run("RPUSH", "l", "a");
  EXPECT_EQ(Elements("l"), "a ");
}

TEST_F(BlockingTest, TimeoutsAreReadLikeThoseOfRedis) {
  EXPECT_EQ(Run("BLPOP", "l", "x"), Error("ERR timeout is not a float or out of range"));
  EXPECT_EQ(Run("BLPOP", "l", "-1"), Error("ERR timeout is negative"));
  EXPECT_EQ(Run("BLPOP", "l", "1e300"), Error("ERR timeout is out of range"));
  EXPECT_EQ(Run("BLPOP", "l", "9223372036854775"), Error("ERR timeout is out of range"));
}

TEST_F(BlockingTest, ClientUnblockEndsAWaitAsATimeoutOrAnError) {
  const auto first = Waiting("BLPOP", "l", "0");
  const auto second = Waiting("BLMOVE", "l", "m", "LEFT", "LEFT", "0");
  const std::string ids[] = {std::to_string(first->session().id()),
                             std::to_string(second->session().id())};
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", ids[0]), Int(1));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", ids[0]), Int(0)) << "it is over already";
  EXPECT_EQ(first->ResumeRaw(), "*-1\r\n");
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", ids[1], "ERROR"), Int(1));
  EXPECT_EQ(second->Resume(), Error("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
  EXPECT_EQ(Run("CLIENT", "UNBLOCK", ids[1]), Int(0));
  EXPECT_EQ(AwaitedKeys(), 0u);
}

TEST_F(BlockingTest, WhoeverWasUnblockedIsNotServedAnyMore) {
  const auto first = Waiting("BLPOP", "l", "0");
  const auto second = Waiting("BLPOP", "l", "0");
  Run("CLIENT", "UNBLOCK", std::to_string(first->session().id()));
  Run("RPUSH", "l", "a");
  EXPECT_EQ(first->ResumeRaw(), "*-1\r\n");
  EXPECT_EQ(second->ResumeRaw(), "*2\r\n$1\r\nl\r\n$1\r\na\r\n");
}

TEST_F(BlockingTest, WhoeverLeavesIsNotServedAnyMore) {
  { const auto gone = Waiting("BLPOP", "l", "m", "0"); }
  EXPECT_EQ(AwaitedKeys(), 0u);
  Run("RPUSH", "l", "a");
  EXPECT_EQ(Elements("l"), "a ");
}

TEST_F(BlockingTest, NobodyWaitsInsideATransaction) {
  Run("MULTI");
  Run("BLPOP", "l", "0");
  Run("BLMOVE", "l", "m", "LEFT", "LEFT", "0");
  Run("BLMPOP", "0", "1", "l", "LEFT");
  EXPECT_EQ(RunRaw({"EXEC"}), "*3\r\n*-1\r\n$-1\r\n*-1\r\n");
}

TEST_F(BlockingTest, TheReplyIsInTheWaitersProtocol) {
  const auto waiting = NewClient();
  waiting->RunRaw({"HELLO", "3"});
  waiting->RunRaw({"BLPOP", "l", "0.01"});
  Advance(10);
  EXPECT_EQ(waiting->ResumeRaw(), "_\r\n");
}

TEST_F(BlockingTest, ACommandCountsWhenItsWaitEnds) {
  const auto calls = [&] {
    const CommandRow* row = table_.Find("blpop");
    return stats_.SumOfCommand(row->index, &CommandStats::calls);
  };
  const auto served = Waiting("BLPOP", "l", "0");
  const auto late = Waiting("BLPOP", "m", "0.01");
  EXPECT_EQ(calls(), 0u);
  Run("RPUSH", "l", "a");
  served->ResumeRaw();
  EXPECT_EQ(calls(), 1u);
  Advance(10);
  late->ResumeRaw();
  EXPECT_EQ(calls(), 2u);
}

TEST_F(BlockingTest, AKeyWatchedByAnotherClientChangesWhenAWaiterPops) {
  const auto watcher = NewClient();
  const auto waiting = Waiting("BLPOP", "l", "0");
  watcher->Run("WATCH", "l");
  Run("RPUSH", "l", "a");
  watcher->Run("MULTI");
  EXPECT_EQ(watcher->RunRaw({"EXEC"}), "*-1\r\n");
}

}  // namespace
}  // namespace redstart
