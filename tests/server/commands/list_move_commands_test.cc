#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ListMoveCommandsTest = CommandTest;

TEST_F(ListMoveCommandsTest, LMoveMovesBetweenAnyEnds) {
  Run("RPUSH", "a", "1", "2", "3");
  EXPECT_EQ(Run("LMOVE", "a", "b", "LEFT", "RIGHT"), Bulk("1"));
  EXPECT_EQ(Run("LMOVE", "a", "b", "right", "left"), Bulk("3"));
  EXPECT_EQ(RunRaw({"LRANGE", "b", "0", "-1"}), "*2\r\n$1\r\n3\r\n$1\r\n1\r\n");
  EXPECT_EQ(Run("RPOPLPUSH", "a", "b"), Bulk("2"));
  EXPECT_EQ(Run("EXISTS", "a"), Int(0));
  EXPECT_EQ(Run("RPOPLPUSH", "a", "b"), Nil());
  EXPECT_EQ(Run("LMOVE", "b", "c", "LEFT", "UP"), Error("ERR syntax error"));
}

TEST_F(ListMoveCommandsTest, AListOfOneElementMayMoveOntoItself) {
  Run("RPUSH", "a", "1");
  EXPECT_EQ(Run("LMOVE", "a", "a", "LEFT", "RIGHT"), Bulk("1"));
  EXPECT_EQ(Run("LLEN", "a"), Int(1));
}

TEST_F(ListMoveCommandsTest, ATargetOfAnotherTypeLeavesTheSourceAsItIs) {
  Run("RPUSH", "a", "1");
  Run("SET", "s", "x");
  Effects();
  EXPECT_TRUE(Run("LMOVE", "a", "s", "LEFT", "LEFT").IsError());
  EXPECT_TRUE(Run("BLMOVE", "a", "s", "LEFT", "LEFT", "0").IsError());
  EXPECT_EQ(Run("LLEN", "a"), Int(1));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(ListMoveCommandsTest, LMPopTakesFromTheFirstListThatIsThere) {
  Run("RPUSH", "b", "1", "2", "3");
  EXPECT_EQ(RunRaw({"LMPOP", "2", "a", "b", "RIGHT", "COUNT", "2"}),
            "*2\r\n$1\r\nb\r\n*2\r\n$1\r\n3\r\n$1\r\n2\r\n");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "RPUSH b 1 2 3", "RPOP b 2"));
  EXPECT_EQ(RunRaw({"LMPOP", "1", "a", "LEFT"}), "*-1\r\n");
  EXPECT_EQ(Run("LMPOP", "0", "a", "LEFT"), Error("ERR numkeys should be greater than 0"));
  EXPECT_EQ(Run("LMPOP", "x", "a", "LEFT"), Error("ERR numkeys should be greater than 0"));
  EXPECT_EQ(Run("LMPOP", "2", "a", "LEFT"), Error("ERR syntax error"));
  EXPECT_EQ(Run("LMPOP", "1", "a", "LEFT", "COUNT", "0"),
            Error("ERR count should be greater than 0"));
  EXPECT_EQ(Run("LMPOP", "1", "a", "LEFT", "COUNT", "1", "COUNT", "1"), Error("ERR syntax error"));
}

TEST_F(ListMoveCommandsTest, BlockingCommandsDoNotWaitForWhatIsThere) {
  Run("RPUSH", "l", "1", "2", "3", "4");
  Effects();
  EXPECT_EQ(RunRaw({"BLPOP", "none", "l", "0"}), "*2\r\n$1\r\nl\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"BRPOP", "l", "0"}), "*2\r\n$1\r\nl\r\n$1\r\n4\r\n");
  EXPECT_EQ(Run("BLMOVE", "l", "m", "LEFT", "LEFT", "0"), Bulk("2"));
  EXPECT_EQ(Run("BRPOPLPUSH", "l", "m", "0"), Bulk("3"));
  EXPECT_EQ(RunRaw({"BLMPOP", "0", "1", "m", "LEFT", "COUNT", "9"}),
            "*2\r\n$1\r\nm\r\n*2\r\n$1\r\n3\r\n$1\r\n2\r\n");
  EXPECT_THAT(Effects(),
              ElementsAre("LPOP l", "RPOP l", "LMOVE l m LEFT LEFT", "RPOPLPUSH l m", "LPOP m 2"));
}

}  // namespace
}  // namespace redstart
