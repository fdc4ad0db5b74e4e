#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ListCommandsTest = CommandTest;

TEST_F(ListCommandsTest, PushesAndRangesLikeRedis) {
  EXPECT_EQ(Run("RPUSH", "l", "a", "b"), Int(2));
  EXPECT_EQ(Run("LPUSH", "l", "1", "0"), Int(4));
  EXPECT_EQ(RunRaw({"LRANGE", "l", "0", "-1"}),
            "*4\r\n$1\r\n0\r\n$1\r\n1\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(RunRaw({"LRANGE", "l", "-2", "99"}), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(RunRaw({"LRANGE", "l", "3", "2"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"LRANGE", "nothing", "0", "-1"}), "*0\r\n");
  EXPECT_EQ(Run("LLEN", "l"), Int(4));
  EXPECT_EQ(Run("LINDEX", "l", "-1"), Bulk("b"));
  EXPECT_EQ(Run("LINDEX", "l", "4"), Nil());
  EXPECT_EQ(Run("TYPE", "l"), RespValue::Simple("list"));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "l"), Bulk("listpack"));
}

TEST_F(ListCommandsTest, PushXPushesOnlyToAListThatIsThere) {
  EXPECT_EQ(Run("LPUSHX", "l", "a"), Int(0));
  EXPECT_EQ(Run("EXISTS", "l"), Int(0));
  Run("RPUSH", "l", "a");
  EXPECT_EQ(Run("RPUSHX", "l", "b", "c"), Int(3));
}

TEST_F(ListCommandsTest, PoppingTheLastElementDeletesTheKey) {
  Run("RPUSH", "l", "a", "b", "c");
  EXPECT_EQ(Run("LPOP", "l"), Bulk("a"));
  EXPECT_EQ(RunRaw({"RPOP", "l", "9"}), "*2\r\n$1\r\nc\r\n$1\r\nb\r\n");
  EXPECT_EQ(Run("EXISTS", "l"), Int(0));
  EXPECT_EQ(Run("LPOP", "l"), Nil());
  EXPECT_EQ(RunRaw({"LPOP", "l", "1"}), "*-1\r\n");
  EXPECT_EQ(Run("LPOP", "l", "-1"), Error("ERR value is out of range, must be positive"));
  EXPECT_EQ(Run("LPOP", "l", "1", "2"), Error("ERR wrong number of arguments for 'lpop' command"));
}

TEST_F(ListCommandsTest, LTrimThatRemovesNothingIsNotRepeatedElsewhere) {
  Run("RPUSH", "l", "a", "b", "c", "d");
  Effects();
  EXPECT_EQ(Run("LTRIM", "l", "0", "-1"), Ok());
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Run("LTRIM", "l", "1", "-2"), Ok());
  EXPECT_THAT(Effects(), ElementsAre("LTRIM l 1 -2"));
  EXPECT_EQ(RunRaw({"LRANGE", "l", "0", "-1"}), "*2\r\n$1\r\nb\r\n$1\r\nc\r\n");
  EXPECT_EQ(Run("LTRIM", "l", "5", "9"), Ok());
  EXPECT_EQ(Run("EXISTS", "l"), Int(0));
}

TEST_F(ListCommandsTest, LSetAndLInsertFindTheirPlace) {
  EXPECT_EQ(Run("LSET", "l", "0", "x"), Error("ERR no such key"));
  Run("RPUSH", "l", "a", "b", "c");
  EXPECT_EQ(Run("LSET", "l", "-1", "z"), Ok());
  EXPECT_EQ(Run("LSET", "l", "3", "z"), Error("ERR index out of range"));
  EXPECT_EQ(Run("LINSERT", "l", "BEFORE", "b", "x"), Int(4));
  EXPECT_EQ(Run("LINSERT", "l", "after", "z", "y"), Int(5));
  EXPECT_EQ(Run("LINSERT", "l", "BEFORE", "nope", "x"), Int(-1));
  EXPECT_EQ(Run("LINSERT", "nothing", "BEFORE", "b", "x"), Int(0));
  EXPECT_EQ(Run("LINSERT", "l", "BESIDE", "b", "x"), Error("ERR syntax error"));
  EXPECT_EQ(RunRaw({"LRANGE", "l", "0", "-1"}),
            "*5\r\n$1\r\na\r\n$1\r\nx\r\n$1\r\nb\r\n$1\r\nz\r\n$1\r\ny\r\n");
}

TEST_F(ListCommandsTest, LRemCountsFromEitherEnd) {
  Run("RPUSH", "l", "x", "a", "x", "b", "x");
  EXPECT_EQ(Run("LREM", "l", "-1", "x"), Int(1));
  EXPECT_EQ(Run("LINDEX", "l", "-1"), Bulk("b"));
  EXPECT_EQ(Run("LREM", "l", "0", "x"), Int(2));
  EXPECT_EQ(Run("LREM", "l", "-9223372036854775808", "x"), Int(0));
  EXPECT_EQ(Run("LLEN", "l"), Int(2));
}

TEST_F(ListCommandsTest, LPosFindsMatchesByRankAndCount) {
  Run("RPUSH", "l", "a", "b", "c", "1", "2", "3", "c", "c");
  EXPECT_EQ(Run("LPOS", "l", "c"), Int(2));
  EXPECT_EQ(Run("LPOS", "l", "c", "RANK", "-2"), Int(6));
  EXPECT_EQ(RunRaw({"LPOS", "l", "c", "COUNT", "2"}), "*2\r\n:2\r\n:6\r\n");
  EXPECT_EQ(RunRaw({"LPOS", "l", "c", "COUNT", "0", "RANK", "-1"}), "*3\r\n:7\r\n:6\r\n:2\r\n");
  EXPECT_EQ(Run("LPOS", "l", "c", "MAXLEN", "2"), Nil());
  EXPECT_EQ(Run("LPOS", "l", "3"), Int(5));
  EXPECT_EQ(RunRaw({"LPOS", "l", "x", "COUNT", "1"}), "*0\r\n");
  EXPECT_EQ(Run("LPOS", "l", "c", "COUNT", "-1"), Error("ERR COUNT can't be negative"));
  EXPECT_TRUE(Run("LPOS", "l", "c", "RANK", "0").IsError());
}

TEST_F(ListCommandsTest, ManyElementsMakeAQuicklistAndFewAListpackAgain) {
  for (int i = 0; i < 200; ++i) Run("RPUSH", "l", std::string(100, 'x'));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "l"), Bulk("quicklist"));
  EXPECT_EQ(Run("LTRIM", "l", "0", "10"), Ok());
  EXPECT_EQ(Run("OBJECT", "ENCODING", "l"), Bulk("listpack"));
}

TEST_F(ListCommandsTest, OtherTypesAreRefused) {
  Run("SET", "s", "x");
  const std::vector<std::vector<std::string>> requests = {{"RPUSH", "s", "a"},
                                                          {"LPUSHX", "s", "a"},
                                                          {"LPOP", "s"},
                                                          {"LLEN", "s"},
                                                          {"LRANGE", "s", "0", "1"},
                                                          {"LSET", "s", "0", "a"},
                                                          {"LREM", "s", "0", "a"},
                                                          {"LINSERT", "s", "BEFORE", "a", "b"},
                                                          {"LPOS", "s", "a"},
                                                          {"LMOVE", "s", "t", "LEFT", "LEFT"},
                                                          {"BLPOP", "s", "0"},
                                                          {"LMPOP", "1", "s", "LEFT"}};
  for (const auto& request : requests) {
    EXPECT_EQ(RunRaw(request),
              "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n")
        << request[0];
  }
}

}  // namespace
}  // namespace redstart
