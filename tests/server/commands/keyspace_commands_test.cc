#include "tests/server/commands/command_test.h"

#include <gmock/gmock.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KeyspaceCommandsTest : public CommandTest {
 protected:
  template <typename... Words>
  RespValue RunIn(int database, Words... words) {
    client_.session().database = database;
    RespValue reply = Run(words...);
    client_.session().database = 0;
    return reply;
  }
  // Whether a watch of `key` in `database` survives what `act` does.
  template <typename Act>
  bool WatchHolds(int database, std::string_view key, Act&& act) {
    auto other = NewClient();
    other->session().database = database;
    other->Run("WATCH", key);
    act();
    other->Run("MULTI");
    return other->RunRaw({"EXEC"}) == "*0\r\n";
  }
  uint64_t Changes() { return dispatcher_.stats().changes.Get(); }
};

TEST_F(KeyspaceCommandsTest, DbSizeCountsTheKeysOfOneDatabase) {
  EXPECT_EQ(Run("DBSIZE"), Int(0));
  for (int i = 0; i < 300; ++i) Run("SET", "key:" + std::to_string(i), "v");
  RunIn(5, "SET", "k", "v");
  EXPECT_EQ(Run("DBSIZE"), Int(300));
  EXPECT_EQ(RunIn(5, "DBSIZE"), Int(1));
}

TEST_F(KeyspaceCommandsTest, FlushDbEmptiesOneDatabase) {
  Run("SET", "a", "v");
  Run("SET", "b", "v");
  RunIn(1, "SET", "c", "v");
  Effects();
  const uint64_t before = Changes();
  EXPECT_EQ(Run("FLUSHDB"), Ok());
  EXPECT_EQ(Run("DBSIZE"), Int(0));
  EXPECT_EQ(RunIn(1, "DBSIZE"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "FLUSHDB"));
  EXPECT_EQ(Changes(), before + 2);
}

TEST_F(KeyspaceCommandsTest, FlushAllEmptiesEveryDatabase) {
  Run("SET", "a", "v");
  RunIn(1, "SET", "b", "v");
  RunIn(15, "SET", "c", "v");
  const uint64_t before = Changes();
  EXPECT_EQ(Run("FLUSHALL", "ASYNC"), Ok());
  for (const int database : {0, 1, 15}) EXPECT_EQ(RunIn(database, "DBSIZE"), Int(0));
  EXPECT_EQ(Changes(), before + 3);
  keyspace_.lazy_free().Drain();
  EXPECT_EQ(keyspace_.lazy_free().freed_objects(), 3u);
}

TEST_F(KeyspaceCommandsTest, FlushingNothingIsRepeatedButCountsForNothing) {
  EXPECT_EQ(Run("FLUSHALL", "sync"), Ok());
  EXPECT_EQ(Run("FLUSHDB", "Async"), Ok());
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "FLUSHALL sync", "FLUSHDB Async"));
  EXPECT_EQ(Changes(), 0u);
}

TEST_F(KeyspaceCommandsTest, FlushRefusesOtherWords) {
  EXPECT_EQ(Run("FLUSHALL", "NOW"), Error("ERR syntax error"));
  EXPECT_EQ(Run("FLUSHDB", "SYNC", "ASYNC"), Error("ERR syntax error"));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(KeyspaceCommandsTest, FlushTouchesWatchedKeysThatWereThere) {
  Run("SET", "k", "v");
  EXPECT_FALSE(WatchHolds(0, "k", [&] { Run("FLUSHDB"); }));
  EXPECT_TRUE(WatchHolds(0, "missing", [&] { Run("FLUSHALL"); }));
  RunIn(3, "SET", "k", "v");
  EXPECT_TRUE(WatchHolds(3, "k", [&] { Run("FLUSHDB"); }));
  EXPECT_FALSE(WatchHolds(3, "k", [&] { Run("FLUSHALL"); }));
}

TEST_F(KeyspaceCommandsTest, AFlushedDatabaseCanBeFilledAtOnce) {
  for (int round = 0; round < 20; ++round) {
    for (int i = 0; i < 500; ++i) Run("SET", "key:" + std::to_string(i), "v");
    Run("FLUSHALL");
  }
  Run("SET", "k", "v");
  keyspace_.lazy_free().Drain();
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_EQ(Run("DBSIZE"), Int(1));
  EXPECT_EQ(keyspace_.lazy_free().freed_objects(), 20u * 500);
}

TEST_F(KeyspaceCommandsTest, FlushingFreesLongValuesToo) {
  Run("SET", "small", std::string(5000, 'x'));
  Run("SET", "large", std::string(1 << 20, 'x'));
  Run("FLUSHALL");
  keyspace_.lazy_free().Drain();
  EXPECT_EQ(keyspace_.lazy_free().pending_objects(), 0u);
}

TEST_F(KeyspaceCommandsTest, SwapDbExchangesTwoDatabases) {
  Run("SET", "k", "zero");
  RunIn(1, "SET", "k", "one");
  RunIn(1, "SET", "l", "more");
  Effects();
  EXPECT_EQ(Run("SWAPDB", "0", "1"), Ok());
  EXPECT_EQ(Run("GET", "k"), Bulk("one"));
  EXPECT_EQ(RunIn(1, "GET", "k"), Bulk("zero"));
  EXPECT_EQ(Run("DBSIZE"), Int(2));
  EXPECT_EQ(RunIn(1, "DBSIZE"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "SWAPDB 0 1"));
}

TEST_F(KeyspaceCommandsTest, SwapDbTakesDeadlinesAlong) {
  Run("SET", "k", "v");
  Run("PEXPIRE", "k", "10");
  Run("SWAPDB", "0", "7");
  EXPECT_EQ(RunIn(7, "PTTL", "k"), Int(10));
  Advance(50);
  dispatcher_.SweepExpired(0, 1, 1'000'000);
  EXPECT_EQ(RunIn(7, "DBSIZE"), Int(0));
}

TEST_F(KeyspaceCommandsTest, SwapDbWithItselfChangesNothing) {
  Run("SET", "k", "v");
  Effects();
  EXPECT_TRUE(WatchHolds(0, "k", [&] { EXPECT_EQ(Run("SWAPDB", "0", "0"), Ok()); }));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_THAT(Effects(), ElementsAre("SWAPDB 0 0"));
}

TEST_F(KeyspaceCommandsTest, SwapDbTouchesWatchedKeysThatAreInEither) {
  RunIn(1, "SET", "k", "v");
  EXPECT_FALSE(WatchHolds(0, "k", [&] { Run("SWAPDB", "0", "1"); }));
  EXPECT_FALSE(WatchHolds(0, "k", [&] { Run("SWAPDB", "1", "0"); }));
  EXPECT_TRUE(WatchHolds(0, "missing", [&] { Run("SWAPDB", "0", "1"); }));
}

TEST_F(KeyspaceCommandsTest, AWatchHoldsIfAnExpiredKeyTakesTheMissingOnesPlace) {
  RunIn(1, "SET", "k", "v");
  RunIn(1, "PEXPIRE", "k", "10");
  Advance(11);
  EXPECT_TRUE(WatchHolds(0, "k", [&] { Run("SWAPDB", "0", "1"); }));
}

TEST_F(KeyspaceCommandsTest, SwapDbRefusesWrongDatabases) {
  EXPECT_EQ(Run("SWAPDB", "x", "y"), Error("ERR invalid first DB index"));
  EXPECT_EQ(Run("SWAPDB", "3000000000", "1"), Error("ERR invalid first DB index"));
  EXPECT_EQ(Run("SWAPDB", "0", "y"), Error("ERR invalid second DB index"));
  EXPECT_EQ(Run("SWAPDB", "99", "y"), Error("ERR invalid second DB index"));
  EXPECT_EQ(Run("SWAPDB", "0", "16"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("SWAPDB", "-1", "0"), Error("ERR DB index is out of range"));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(KeyspaceCommandsTest, FlushAllInATransactionSeesWhatWasBefore) {
  Run("MULTI");
  Run("SET", "k", "v");
  Run("FLUSHALL");
  Run("DBSIZE");
  const RespValue replies = Run("EXEC");
  EXPECT_EQ(replies[2], Int(0));
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "SELECT 0", "SET k v", "FLUSHALL", "EXEC"));
}

}  // namespace
}  // namespace redstart
