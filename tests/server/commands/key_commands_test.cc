#include "tests/server/commands/command_test.h"

#include <gmock/gmock.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class KeyCommandsTest : public CommandTest {
 protected:
  uint64_t Changes() { return dispatcher_.stats().changes.Get(); }
};

TEST_F(KeyCommandsTest, DelCountsTheKeysThatWereThere) {
  Run("SET", "a", "1");
  Run("SET", "b", "2");
  EXPECT_EQ(Run("DEL", "a", "missing", "b", "a"), Int(2));
  EXPECT_EQ(Run("EXISTS", "a", "b"), Int(0));
}

TEST_F(KeyCommandsTest, DelIsRepeatedAsItWas) {
  Run("SET", "a", "1");
  Effects();
  Run("DEL", "a", "missing");
  EXPECT_THAT(Effects(), ElementsAre("DEL a missing"));
}

TEST_F(KeyCommandsTest, DelOfNothingHasNoEffect) {
  Run("DEL", "missing");
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Changes(), 0u);
}

TEST_F(KeyCommandsTest, DelDoesNotCountAnExpiredKeyButDeletesItWithAnEffectOfItsOwn) {
  Run("SET", "old", "1");
  Run("SET", "new", "1");
  Run("PEXPIRE", "old", "10");
  Effects();
  Advance(11);
  EXPECT_EQ(Run("DEL", "old", "new"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "DEL old", "DEL old new", "EXEC"));
}

TEST_F(KeyCommandsTest, DelInATransactionRunsWithTheOthers) {
  Run("SET", "a", "1");
  Effects();
  Run("MULTI");
  Run("DEL", "a");
  Run("EXISTS", "a");
  Run("SET", "a", "2");
  const RespValue replies = Run("EXEC");
  ASSERT_EQ(replies.size(), 3u);
  EXPECT_EQ(replies[0], Int(1));
  EXPECT_EQ(replies[1], Int(0));
  EXPECT_EQ(replies[2], Ok());
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "DEL a", "SET a 2", "EXEC"));
}

TEST_F(KeyCommandsTest, DelOfALongValueFreesItInTheBackground) {
  const std::string text(1 << 20, 'x');
  Run("SET", "k", text);
  EXPECT_EQ(Run("DEL", "k"), Int(1));
  keyspace_.lazy_free().Drain();
  EXPECT_EQ(keyspace_.lazy_free().freed_objects(), 1u);
}

TEST_F(KeyCommandsTest, UnlinkKeepsItsNameInTheEffectStream) {
  Run("SET", "a", "1");
  Effects();
  EXPECT_EQ(Run("UNLINK", "a"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("UNLINK a"));
}

TEST_F(KeyCommandsTest, ExistsCountsAKeyAsOftenAsItIsNamed) {
  Run("SET", "a", "1");
  EXPECT_EQ(Run("EXISTS", "a", "b", "a"), Int(2));
  EXPECT_EQ(dispatcher_.stats().keyspace_hits.Get(), 2u);
  EXPECT_EQ(dispatcher_.stats().keyspace_misses.Get(), 1u);
}

TEST_F(KeyCommandsTest, ReadingAnExpiredKeyDeletesIt) {
  Run("SET", "a", "1");
  Run("PEXPIRE", "a", "10");
  Effects();
  Advance(11);
  EXPECT_EQ(Run("DBSIZE"), Int(1));
  EXPECT_EQ(Run("EXISTS", "a"), Int(0));
  EXPECT_THAT(Effects(), ElementsAre("DEL a"));
  EXPECT_EQ(Run("DBSIZE"), Int(0));
  EXPECT_EQ(keyspace_.expired_keys(), 1u);
}

TEST_F(KeyCommandsTest, TouchCountsKeysAndMovesTheirClockEvenForAClientThatDoesNotTouch) {
  Run("SET", "a", "1");
  client_.session().no_touch = true;
  const auto access = [&] {
    const uint64_t hash = keyspace_.HashOf("a");
    const ShardLocks locks = keyspace_.LockShard(keyspace_.ShardOf(hash));
    return locks[keyspace_.ShardOf(hash)].FindByName(0, "a").node()->access();
  };
  const uint32_t before = access();
  Advance(5000);
  Run("EXISTS", "a");
  EXPECT_EQ(access(), before);
  EXPECT_EQ(Run("TOUCH", "a", "b", "a"), Int(2));
  EXPECT_EQ(access(), before + 5);
}

TEST_F(KeyCommandsTest, TypeIsNoneForAMissingKey) {
  Run("SET", "a", "1");
  EXPECT_EQ(Run("TYPE", "a"), RespValue::Simple("string"));
  EXPECT_EQ(Run("TYPE", "b"), RespValue::Simple("none"));
}

TEST_F(KeyCommandsTest, RenameCarriesValueAndDeadlineAlong) {
  Run("SET", "a", "v");
  Run("PEXPIRE", "a", "5000");
  Effects();
  const uint64_t before = Changes();
  EXPECT_EQ(Run("RENAME", "a", "b"), Ok());
  EXPECT_EQ(Run("GET", "a"), Nil());
  EXPECT_EQ(Run("GET", "b"), Bulk("v"));
  EXPECT_EQ(Run("PTTL", "b"), Int(5000));
  EXPECT_THAT(Effects(), ElementsAre("RENAME a b"));
  EXPECT_EQ(Changes(), before + 1) << "two keys, but one change";
}

TEST_F(KeyCommandsTest, RenameReplacesTheTargetWithItsDeadline) {
  Run("SET", "a", "v");
  Run("SET", "b", "w");
  Run("EXPIRE", "b", "100");
  EXPECT_EQ(Run("RENAME", "a", "b"), Ok());
  EXPECT_EQ(Run("GET", "b"), Bulk("v"));
  EXPECT_EQ(Run("TTL", "b"), Int(-1));
  EXPECT_EQ(Run("DBSIZE"), Int(1));
}

TEST_F(KeyCommandsTest, RenameOfAMissingKeyFails) {
  EXPECT_EQ(Run("RENAME", "a", "b"), Error("ERR no such key"));
  EXPECT_EQ(Run("RENAME", "a", "a"), Error("ERR no such key"));
  EXPECT_EQ(Run("RENAMENX", "a", "b"), Error("ERR no such key"));
}

TEST_F(KeyCommandsTest, RenameToTheSameNameTouchesNothing) {
  Run("SET", "a", "v");
  Effects();
  auto other = NewClient();
  other->Run("WATCH", "a");
  EXPECT_EQ(Run("RENAME", "a", "a"), Ok());
  EXPECT_EQ(Run("RENAMENX", "a", "a"), Int(0));
  EXPECT_THAT(Effects(), IsEmpty());
  other->Run("MULTI");
  EXPECT_EQ(other->Run("EXEC").size(), 0u);
  EXPECT_EQ(Run("GET", "a"), Bulk("v"));
}

TEST_F(KeyCommandsTest, RenameTouchesThoseWhoWatchEitherKey) {
  for (const char* watched : {"a", "b"}) {
    Run("SET", "a", "v");
    Run("DEL", "b");
    auto other = NewClient();
    other->Run("WATCH", watched);
    Run("RENAME", "a", "b");
    other->Run("MULTI");
    EXPECT_EQ(other->RunRaw({"EXEC"}), "*-1\r\n") << watched;
  }
}

TEST_F(KeyCommandsTest, RenameNxLeavesAnExistingTarget) {
  Run("SET", "a", "v");
  Run("SET", "b", "w");
  Effects();
  EXPECT_EQ(Run("RENAMENX", "a", "b"), Int(0));
  EXPECT_EQ(Run("GET", "b"), Bulk("w"));
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Run("RENAMENX", "a", "c"), Int(1));
  EXPECT_EQ(Run("GET", "c"), Bulk("v"));
  EXPECT_THAT(Effects(), ElementsAre("RENAMENX a c"));
}

TEST_F(KeyCommandsTest, RenameNxTakesTheNameOfAnExpiredKey) {
  Run("SET", "a", "v");
  Run("SET", "b", "w");
  Run("PEXPIRE", "b", "10");
  Effects();
  Advance(11);
  EXPECT_EQ(Run("RENAMENX", "a", "b"), Int(1));
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "DEL b", "RENAMENX a b", "EXEC"));
  EXPECT_EQ(Run("GET", "b"), Bulk("v"));
}

TEST_F(KeyCommandsTest, RenameMovesALongValueWithoutCopyingIt) {
  const std::string text(100000, 'x');
  Run("SET", "a", text);
  EXPECT_EQ(Run("RENAME", "a", "b"), Ok());
  EXPECT_EQ(Run("GET", "b"), Bulk(text));
  EXPECT_EQ(Run("DEL", "b"), Int(1));
}

}  // namespace
}  // namespace redstart
