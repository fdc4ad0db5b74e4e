#include "tests/server/commands/command_test.h"

#include <gmock/gmock.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CopyCommandsTest : public CommandTest {
 protected:
  CopyCommandsTest() {
    Run("SET", "k", "v");
    Effects();
  }
  // Runs a command in another database.
  template <typename... Words>
  RespValue RunIn(int database, Words... words) {
    client_.session().database = database;
    RespValue reply = Run(words...);
    client_.session().database = 0;
    return reply;
  }
};

TEST_F(CopyCommandsTest, CopyLeavesTheSource) {
  EXPECT_EQ(Run("COPY", "k", "l"), Int(1));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_EQ(Run("GET", "l"), Bulk("v"));
  EXPECT_THAT(Effects(), ElementsAre("COPY k l"));
}

TEST_F(CopyCommandsTest, CopyTakesTheDeadlineAlong) {
  Run("PEXPIRE", "k", "5000");
  Run("COPY", "k", "l");
  EXPECT_EQ(Run("PTTL", "l"), Int(5000));
  Advance(6000);
  EXPECT_EQ(Run("EXISTS", "k", "l"), Int(0));
}

TEST_F(CopyCommandsTest, CopyLeavesAnExistingTargetUnlessToldToReplaceIt) {
  Run("SET", "l", "w");
  Run("EXPIRE", "l", "100");
  Effects();
  EXPECT_EQ(Run("COPY", "k", "l"), Int(0));
  EXPECT_EQ(Run("GET", "l"), Bulk("w"));
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Run("COPY", "k", "l", "REPLACE"), Int(1));
  EXPECT_EQ(Run("GET", "l"), Bulk("v"));
  EXPECT_EQ(Run("TTL", "l"), Int(-1));
  EXPECT_THAT(Effects(), ElementsAre("COPY k l REPLACE"));
}

TEST_F(CopyCommandsTest, CopyOfAMissingKeyIsZeroAndAMiss) {
  EXPECT_EQ(Run("COPY", "missing", "l"), Int(0));
  EXPECT_EQ(dispatcher_.stats().keyspace_misses.Get(), 1u);
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(CopyCommandsTest, CopyReachesAnotherDatabaseEvenUnderTheSameName) {
  EXPECT_EQ(Run("COPY", "k", "k", "DB", "3"), Int(1));
  EXPECT_EQ(RunIn(3, "GET", "k"), Bulk("v"));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_THAT(Effects(), ElementsAre("COPY k k DB 3"));
}

TEST_F(CopyCommandsTest, CopyOntoItselfIsRefused) {
  const RespValue same = Error("ERR source and destination objects are the same");
  EXPECT_EQ(Run("COPY", "k", "k"), same);
  EXPECT_EQ(Run("COPY", "k", "k", "DB", "0"), same);
  EXPECT_EQ(Run("COPY", "k", "k", "REPLACE"), same);
  EXPECT_EQ(Run("COPY", "missing", "missing"), same);
}

TEST_F(CopyCommandsTest, CopyRefusesWrongOptions) {
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "16"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "-1"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "3000000000"),
            Error("ERR value is out of range, value must between -2147483648 and 2147483647"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB"), Error("ERR syntax error"));
  EXPECT_EQ(Run("COPY", "k", "l", "FOO"), Error("ERR syntax error"));
}

TEST_F(CopyCommandsTest, CopiesOfALongValueAreIndependent) {
  const std::string text(100000, 'x');
  Run("SET", "k", text);
  Run("COPY", "k", "l");
  Run("SET", "k", "short");
  EXPECT_EQ(Run("GET", "l"), Bulk(text));
  Run("COPY", "l", "m");
  Run("DEL", "l");
  EXPECT_EQ(Run("GET", "m"), Bulk(text));
}

TEST_F(CopyCommandsTest, CopyTouchesOnlyThoseWhoWatchTheTarget) {
  auto source = NewClient();
  auto target = NewClient();
  source->Run("WATCH", "k");
  target->Run("WATCH", "l");
  Run("COPY", "k", "l");
  source->Run("MULTI");
  target->Run("MULTI");
  EXPECT_EQ(source->RunRaw({"EXEC"}), "*0\r\n");
  EXPECT_EQ(target->RunRaw({"EXEC"}), "*-1\r\n");
}

TEST_F(CopyCommandsTest, MoveTakesTheKeyWithItsDeadlineToAnotherDatabase) {
  Run("PEXPIRE", "k", "5000");
  Effects();
  const uint64_t before = dispatcher_.stats().changes.Get();
  EXPECT_EQ(Run("MOVE", "k", "9"), Int(1));
  EXPECT_EQ(Run("EXISTS", "k"), Int(0));
  EXPECT_EQ(RunIn(9, "GET", "k"), Bulk("v"));
  EXPECT_EQ(RunIn(9, "PTTL", "k"), Int(5000));
  EXPECT_THAT(Effects(), ElementsAre("MOVE k 9"));
  EXPECT_EQ(dispatcher_.stats().changes.Get(), before + 1);
}

TEST_F(CopyCommandsTest, MoveLeavesAKeyThatExistsThere) {
  RunIn(1, "SET", "k", "w");
  Effects();
  EXPECT_EQ(Run("MOVE", "k", "1"), Int(0));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_EQ(RunIn(1, "GET", "k"), Bulk("w"));
  EXPECT_EQ(Run("MOVE", "missing", "1"), Int(0));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(CopyCommandsTest, MoveReplacesAnExpiredKeyThere) {
  RunIn(1, "SET", "k", "w");
  RunIn(1, "PEXPIRE", "k", "10");
  Effects();
  Advance(11);
  EXPECT_EQ(Run("MOVE", "k", "1"), Int(1));
  EXPECT_EQ(RunIn(1, "GET", "k"), Bulk("v"));
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "DEL k", "SELECT 0", "MOVE k 1", "EXEC"));
}

TEST_F(CopyCommandsTest, MoveRefusesWrongDatabases) {
  EXPECT_EQ(Run("MOVE", "k", "0"), Error("ERR source and destination objects are the same"));
  EXPECT_EQ(Run("MOVE", "k", "16"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("MOVE", "k", "-1"), Error("ERR DB index is out of range"));
  EXPECT_EQ(Run("MOVE", "k", "one"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("MOVE", "k", "-3000000000"),
            Error("ERR value is out of range, value must between -2147483648 and 2147483647"));
}

TEST_F(CopyCommandsTest, MoveTouchesWatchersInBothDatabases) {
  auto source = NewClient();
  auto target = NewClient();
  target->session().database = 2;
  source->Run("WATCH", "k");
  target->Run("WATCH", "k");
  Run("MOVE", "k", "2");
  source->Run("MULTI");
  target->Run("MULTI");
  EXPECT_EQ(source->RunRaw({"EXEC"}), "*-1\r\n");
  EXPECT_EQ(target->RunRaw({"EXEC"}), "*-1\r\n");
}

Config ClusterConfig() {
  Config config = DefaultConfig();
  config.cluster_enabled = true;
  return config;
}

class CopyInClusterTest : public CommandTest {
 protected:
  CopyInClusterTest() : CommandTest(ClusterConfig()) {}
};

TEST_F(CopyInClusterTest, OtherDatabasesAreRefused) {
  Run("SET", "k", "v");
  EXPECT_EQ(Run("MOVE", "k", "1"), Error("ERR MOVE is not allowed in cluster mode"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "1"),
            Error("ERR Copying to another database is not allowed in cluster mode"));
  EXPECT_EQ(Run("COPY", "k", "l", "DB", "0"), Int(1));
  EXPECT_EQ(Run("SWAPDB", "x", "1"), Error("ERR SWAPDB is not allowed in cluster mode"));
}

}  // namespace
}  // namespace redstart
