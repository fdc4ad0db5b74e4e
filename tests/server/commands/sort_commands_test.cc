#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

class SortCommandsTest : public CommandTest {
 protected:
  static std::string Joined(const RespValue& reply) {
    std::string joined;
    for (size_t i = 0; i < reply.size(); ++i) {
      if (i > 0) joined += ' ';
      joined += reply[i].text();
    }
    return joined;
  }
};

TEST_F(SortCommandsTest, SortsNumbersOfAllThreeTypes) {
  Run("RPUSH", "l", "3", "10", "-1.5", "3");
  Run("SADD", "s", "3", "10", "-1");
  Run("ZADD", "z", "1", "3", "2", "10", "3", "-1");
  EXPECT_EQ(Joined(Run("SORT", "l")), "-1.5 3 3 10");
  EXPECT_EQ(Joined(Run("SORT", "s", "DESC")), "10 3 -1");
  EXPECT_EQ(Joined(Run("SORT_RO", "z")), "-1 3 10");
  EXPECT_EQ(RunRaw({"SORT", "nowhere"}), "*0\r\n");
}

TEST_F(SortCommandsTest, SortsTexts) {
  Run("RPUSH", "l", "b", "10", "9", "a");
  EXPECT_EQ(Joined(Run("SORT", "l", "ALPHA")), "10 9 a b");
  EXPECT_EQ(Joined(Run("SORT", "l", "ALPHA", "DESC", "LIMIT", "1", "2")), "a 9");
  EXPECT_EQ(Run("SORT", "l"), Error("ERR One or more scores can't be converted into double"));
  EXPECT_EQ(RunRaw({"SORT", "l", "ALPHA", "LIMIT", "9", "2"}), "*0\r\n");
  EXPECT_EQ(Joined(Run("SORT", "l", "ALPHA", "LIMIT", "-5", "1")), "10");
}

TEST_F(SortCommandsTest, SortsByOtherKeysAndAnswersWithThem) {
  Run("RPUSH", "l", "1", "2", "3");
  Run("MSET", "w_1", "30", "w_2", "10", "w_3", "20", "o_1", "one", "o_3", "three");
  Run("HSET", "h_1", "f", "5");
  EXPECT_EQ(Joined(Run("SORT", "l", "BY", "w_*")), "2 3 1");
  EXPECT_EQ(RunRaw({"SORT", "l", "BY", "w_*", "GET", "#", "GET", "o_*"}),
            "*6\r\n$1\r\n2\r\n$-1\r\n$1\r\n3\r\n$5\r\nthree\r\n$1\r\n1\r\n$3\r\none\r\n");
  EXPECT_EQ(Joined(Run("SORT", "l", "BY", "h_*->f", "DESC", "LIMIT", "0", "1")), "1");
  EXPECT_EQ(RunRaw({"SORT_RO", "l", "LIMIT", "0", "1", "GET", "h_*->f", "GET", "fixed"}),
            "*2\r\n$1\r\n5\r\n$-1\r\n");
}

TEST_F(SortCommandsTest, APatternWithoutPlaceKeepsTheOrder) {
  Run("RPUSH", "l", "3", "1", "2");
  Run("ZADD", "z", "1", "c", "2", "a", "3", "b");
  Run("SADD", "s", "c", "a", "b");
  EXPECT_EQ(Joined(Run("SORT", "l", "BY", "nosort")), "3 1 2");
  EXPECT_EQ(Joined(Run("SORT", "l", "BY", "nosort", "DESC", "LIMIT", "0", "2")), "2 1");
  EXPECT_EQ(Joined(Run("SORT", "z", "BY", "nosort", "DESC")), "b a c");
  EXPECT_EQ(Run("SORT", "s", "BY", "nosort", "STORE", "d"), Int(3));
  EXPECT_EQ(Joined(Run("LRANGE", "d", "0", "-1")), "a b c") << "so that replicas agree";
}

TEST_F(SortCommandsTest, StoresAList) {
  Run("RPUSH", "l", "3", "1", "2");
  Run("SET", "d", "something");
  Effects();
  EXPECT_EQ(Run("SORT", "l", "STORE", "d"), Int(3));
  EXPECT_EQ(Joined(Run("LRANGE", "d", "0", "-1")), "1 2 3");
  EXPECT_EQ(Run("SORT", "l", "DESC", "STORE", "l"), Int(3));
  EXPECT_EQ(Joined(Run("LRANGE", "l", "0", "-1")), "3 2 1");
  EXPECT_EQ(Run("SORT", "nowhere", "STORE", "d"), Int(0));
  EXPECT_EQ(Run("EXISTS", "d"), Int(0));
  EXPECT_EQ(Run("SORT", "l", "GET", "w_*", "STORE", "d"), Int(3));
  EXPECT_EQ(Joined(Run("LRANGE", "d", "0", "-1")), "  ");
  EXPECT_EQ(Effects(), (Lines{"SORT l STORE d", "SORT l DESC STORE l", "SORT nowhere STORE d",
                              "SORT l GET w_* STORE d"}));
}

TEST_F(SortCommandsTest, Errors) {
  Run("SET", "k", "v");
  EXPECT_EQ(Run("SORT", "k"),
            Error("WRONGTYPE Operation against a key holding the wrong kind of value"));
  EXPECT_EQ(Run("SORT", "l", "NOPE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SORT", "l", "LIMIT", "1"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SORT", "l", "LIMIT", "x", "1"),
            Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("SORT_RO", "l", "STORE", "d"), Error("ERR syntax error"));
}

TEST_F(SortCommandsTest, KeysAreFoundWhereverStoreStands) {
  EXPECT_EQ(Joined(Run("COMMAND", "GETKEYS", "SORT", "a", "GET", "STORE", "STORE", "b")), "a b");
  EXPECT_EQ(Joined(Run("COMMAND", "GETKEYS", "SORT_RO", "a")), "a");
  // Words that look like others never make the handler touch a key that is not locked.
  EXPECT_EQ(Run("SORT", "a", "STORE", "store", "ASC"), Int(0));
  EXPECT_EQ(Run("SORT", "a", "STORE", "GET", "ASC"), Int(0));
  EXPECT_EQ(Run("SORT", "a", "STORE", "LIMIT", "ASC", "STORE", "d"), Int(0));
}

TEST_F(SortCommandsTest, RunsInsideATransaction) {
  Run("RPUSH", "l", "2", "1");
  Run("MSET", "w_1", "9", "w_2", "1");
  Run("MULTI");
  Run("SORT", "l", "BY", "w_*");
  EXPECT_EQ(Joined(Run("EXEC")[0]), "2 1");
}

}  // namespace
}  // namespace redstart
