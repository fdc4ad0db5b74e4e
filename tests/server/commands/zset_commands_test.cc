#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

class ZSetCommandsTest : public CommandTest {
 protected:
  RespValue Encoding(std::string_view key) { return Run("OBJECT", "ENCODING", key); }
  // An array's texts, separated by spaces.
  static std::string Joined(const RespValue& reply) {
    std::string joined;
    for (size_t i = 0; i < reply.size(); ++i) {
      if (i > 0) joined += ' ';
      joined += reply[i].text();
    }
    return joined;
  }
  std::string All(std::string_view key) {
    return Joined(Run("ZRANGE", key, "0", "-1", "WITHSCORES"));
  }
  static RespValue WrongType() {
    return Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  }
};

TEST_F(ZSetCommandsTest, ZAddCountsNewMembers) {
  EXPECT_EQ(Run("ZADD", "z", "1", "a", "2.5", "b"), Int(2));
  EXPECT_EQ(Run("ZADD", "z", "3", "a", "inf", "c"), Int(1));
  EXPECT_EQ(All("z"), "b 2.5 a 3 c inf");
  EXPECT_EQ(Run("ZADD", "z", "3", "a"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"SELECT 0", "ZADD z 1 a 2.5 b", "ZADD z 3 a inf c"}));
}

TEST_F(ZSetCommandsTest, ZAddOptions) {
  Run("ZADD", "z", "10", "a");
  EXPECT_EQ(Run("ZADD", "z", "NX", "5", "a", "5", "b"), Int(1));
  EXPECT_EQ(Run("ZADD", "z", "xx", "ch", "7", "a", "7", "c"), Int(1));
  EXPECT_EQ(Run("ZADD", "z", "GT", "CH", "6", "a", "6", "b"), Int(1));
  EXPECT_EQ(Run("ZADD", "z", "LT", "CH", "6.5", "a", "6.5", "b"), Int(1));
  EXPECT_EQ(All("z"), "b 6 a 6.5");
  EXPECT_EQ(Run("ZADD", "z", "INCR", "1.5", "a"), Bulk("8"));
  EXPECT_EQ(Run("ZADD", "z", "NX", "INCR", "1.5", "a"), Nil());
  EXPECT_EQ(Run("ZADD", "z", "XX", "INCR", "1.5", "nobody"), Nil());
  EXPECT_EQ(Run("ZADD", "z", "GT", "INCR", "-1", "a"), Nil());
  EXPECT_EQ(Run("ZADD", "nowhere", "XX", "1", "a"), Int(0));
  EXPECT_EQ(Run("EXISTS", "nowhere"), Int(0));
}

TEST_F(ZSetCommandsTest, ZAddErrors) {
  EXPECT_EQ(Run("ZADD", "z", "1", "a", "2"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZADD", "z", "XX", "CH"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZADD", "z", "XX", "NX", "1", "a"),
            Error("ERR XX and NX options at the same time are not compatible"));
  EXPECT_EQ(Run("ZADD", "z", "GT", "NX", "1", "a"),
            Error("ERR GT, LT, and/or NX options at the same time are not compatible"));
  EXPECT_EQ(Run("ZADD", "z", "GT", "LT", "1", "a"),
            Error("ERR GT, LT, and/or NX options at the same time are not compatible"));
  EXPECT_EQ(Run("ZADD", "z", "INCR", "1", "a", "2", "b"),
            Error("ERR INCR option supports a single increment-element pair"));
  EXPECT_EQ(Run("ZADD", "z", "x", "a"), Error("ERR value is not a valid float"));
  EXPECT_EQ(Run("ZADD", "z", "1", "a", "nan", "b"), Error("ERR value is not a valid float"));
  EXPECT_EQ(Run("EXISTS", "z"), Int(0));
  Run("ZADD", "z", "inf", "a");
  EXPECT_EQ(Run("ZINCRBY", "z", "-inf", "a"), Error("ERR resulting score is not a number (NaN)"));
}

TEST_F(ZSetCommandsTest, ZIncrBy) {
  EXPECT_EQ(Run("ZINCRBY", "z", "2", "a"), Bulk("2"));
  EXPECT_EQ(Run("ZINCRBY", "z", "-0.5", "a"), Bulk("1.5"));
  Effects();
  EXPECT_EQ(Run("ZINCRBY", "z", "0", "a"), Bulk("1.5"));
  EXPECT_TRUE(Effects().empty()) << "nothing changed";
  EXPECT_EQ(Run("ZINCRBY", "z", "x", "a"), Error("ERR value is not a valid float"));
}

TEST_F(ZSetCommandsTest, OtherTypesAreRefused) {
  Run("SET", "k", "v");
  const std::vector<Lines> commands = {
      {"ZADD", "k", "1", "a"},
      {"ZINCRBY", "k", "1", "a"},
      {"ZREM", "k", "a"},
      {"ZCARD", "k"},
      {"ZSCORE", "k", "a"},
      {"ZMSCORE", "k", "a"},
      {"ZRANK", "k", "a"},
      {"ZREVRANK", "k", "a"},
      {"ZRANDMEMBER", "k"},
      {"ZRANDMEMBER", "k", "1"},
      {"ZSCAN", "k", "0"},
      {"ZRANGE", "k", "0", "1"},
      {"ZRANGESTORE", "d", "k", "0", "1"},
      {"ZCOUNT", "k", "0", "1"},
      {"ZLEXCOUNT", "k", "-", "+"},
      {"ZREMRANGEBYRANK", "k", "0", "1"},
      {"ZREMRANGEBYSCORE", "k", "0", "1"},
      {"ZREMRANGEBYLEX", "k", "-", "+"},
      {"ZPOPMIN", "k"},
      {"ZPOPMAX", "k", "0"},
      {"ZMPOP", "2", "nowhere", "k", "MIN"},
      {"ZUNION", "1", "k"},
      {"ZINTERCARD", "1", "k"},
      {"ZDIFFSTORE", "d", "1", "k"},
  };
  for (const Lines& command : commands) {
    EXPECT_EQ(client_.RunArgs(command), WrongType()) << command[0];
  }
}

TEST_F(ZSetCommandsTest, ScoresAndRanks) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  EXPECT_EQ(Run("ZCARD", "z"), Int(3));
  EXPECT_EQ(Run("ZSCORE", "z", "b"), Bulk("2"));
  EXPECT_EQ(Run("ZSCORE", "z", "x"), Nil());
  EXPECT_EQ(RunRaw({"ZMSCORE", "z", "a", "x"}), "*2\r\n$1\r\n1\r\n$-1\r\n");
  EXPECT_EQ(Run("ZRANK", "z", "c"), Int(2));
  EXPECT_EQ(Run("ZREVRANK", "z", "c"), Int(0));
  EXPECT_EQ(RunRaw({"ZRANK", "z", "c", "withscore"}), "*2\r\n:2\r\n$1\r\n3\r\n");
  EXPECT_EQ(RunRaw({"ZRANK", "z", "x", "WITHSCORE"}), "*-1\r\n");
  EXPECT_EQ(Run("ZRANK", "z", "x"), Nil());
  EXPECT_EQ(Run("ZRANK", "z", "x", "y"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZREVRANK", "z", "x", "WITHSCORE", "y"),
            Error("ERR wrong number of arguments for 'zrevrank' command"));
}

TEST_F(ZSetCommandsTest, Resp3HasDoublesAndPairs) {
  Run("ZADD", "z", "1.5", "a", "2", "b");
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"ZSCORE", "z", "a"}), ",1.5\r\n");
  EXPECT_EQ(RunRaw({"ZSCORE", "z", "x"}), "_\r\n");
  EXPECT_EQ(RunRaw({"ZRANGE", "z", "0", "0", "WITHSCORES"}), "*1\r\n*2\r\n$1\r\na\r\n,1.5\r\n");
  EXPECT_EQ(RunRaw({"ZRANGE", "z", "0", "0"}), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(RunRaw({"ZRANDMEMBER", "z", "5", "WITHSCORES"}),
            "*2\r\n*2\r\n$1\r\na\r\n,1.5\r\n*2\r\n$1\r\nb\r\n,2\r\n");
  EXPECT_EQ(RunRaw({"ZINCRBY", "z", "1", "a"}), ",2.5\r\n");
  EXPECT_EQ(RunRaw({"ZUNION", "1", "z", "WITHSCORES"}),
            "*2\r\n*2\r\n$1\r\nb\r\n,2\r\n*2\r\n$1\r\na\r\n,2.5\r\n");
  EXPECT_EQ(RunRaw({"ZPOPMIN", "z"}), "*2\r\n$1\r\nb\r\n,2\r\n");
  EXPECT_EQ(RunRaw({"ZPOPMIN", "z", "1"}), "*1\r\n*2\r\n$1\r\na\r\n,2.5\r\n");
  EXPECT_EQ(RunRaw({"ZRANK", "z", "a", "WITHSCORE"}), "_\r\n");
}

TEST_F(ZSetCommandsTest, RangesByIndex) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c", "4", "d");
  EXPECT_EQ(Joined(Run("ZRANGE", "z", "1", "2")), "b c");
  EXPECT_EQ(Joined(Run("ZRANGE", "z", "-2", "100")), "c d");
  EXPECT_EQ(Joined(Run("ZRANGE", "z", "0", "1", "REV")), "d c");
  EXPECT_EQ(Joined(Run("ZREVRANGE", "z", "-1", "-1", "WITHSCORES")), "a 1");
  EXPECT_EQ(RunRaw({"ZRANGE", "z", "5", "9"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"ZRANGE", "z", "2", "1"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"ZRANGE", "nowhere", "0", "-1"}), "*0\r\n");
  EXPECT_EQ(Run("ZRANGE", "z", "x", "1"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("ZRANGE", "z", "0", "1", "LIMIT", "0", "1"),
            Error("ERR syntax error, LIMIT is only supported in combination with either BYSCORE "
                  "or BYLEX"));
  EXPECT_EQ(Run("ZREVRANGE", "z", "0", "1", "REV"), Error("ERR syntax error"));
}

TEST_F(ZSetCommandsTest, RangesByScore) {
  Run("ZADD", "z", "-inf", "a", "1", "b", "2", "c", "2", "d", "inf", "e");
  EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", "-inf", "+inf")), "a b c d e");
  EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", "(1", "2", "WITHSCORES")), "c 2 d 2");
  EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", "1", "(2")), "b");
  EXPECT_EQ(Joined(Run("ZREVRANGEBYSCORE", "z", "2", "1")), "d c b");
  EXPECT_EQ(Joined(Run("ZRANGE", "z", "2", "1", "BYSCORE", "REV")), "d c b");
  EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", "-inf", "inf", "LIMIT", "1", "2")), "b c");
  EXPECT_EQ(Joined(Run("ZREVRANGEBYSCORE", "z", "inf", "-inf", "LIMIT", "1", "2")), "d c");
  EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", "-inf", "inf", "LIMIT", "3", "-1")), "d e");
  EXPECT_EQ(RunRaw({"ZRANGEBYSCORE", "z", "-inf", "inf", "LIMIT", "-1", "2"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"ZRANGEBYSCORE", "z", "3", "1"}), "*0\r\n");
  EXPECT_EQ(Run("ZCOUNT", "z", "1", "2"), Int(3));
  EXPECT_EQ(Run("ZCOUNT", "z", "(1", "(2"), Int(0));
  EXPECT_EQ(Run("ZCOUNT", "z", "", "1e400"), Int(4)) << "as strtod reads them";
  EXPECT_EQ(Run("ZCOUNT", "z", "x", "2"), Error("ERR min or max is not a float"));
  EXPECT_EQ(Run("ZRANGEBYSCORE", "z", "1", "nan"), Error("ERR min or max is not a float"));
}

TEST_F(ZSetCommandsTest, RangesByMember) {
  Run("ZADD", "z", "0", "a", "0", "b", "0", "c", "0", "d");
  EXPECT_EQ(Joined(Run("ZRANGEBYLEX", "z", "-", "+")), "a b c d");
  EXPECT_EQ(Joined(Run("ZRANGEBYLEX", "z", "[b", "(d")), "b c");
  EXPECT_EQ(Joined(Run("ZREVRANGEBYLEX", "z", "(d", "[b")), "c b");
  EXPECT_EQ(Joined(Run("ZRANGE", "z", "+", "-", "BYLEX", "REV", "LIMIT", "1", "2")), "c b");
  EXPECT_EQ(RunRaw({"ZRANGEBYLEX", "z", "+", "-"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"ZRANGEBYLEX", "z", "(b", "(b"}), "*0\r\n");
  EXPECT_EQ(Run("ZLEXCOUNT", "z", "[aa", "[c"), Int(2));
  const auto error = Error("ERR min or max not valid string range item");
  EXPECT_EQ(Run("ZRANGEBYLEX", "z", "a", "[b"), error);
  EXPECT_EQ(Run("ZLEXCOUNT", "z", "-x", "+"), error);
  EXPECT_EQ(Run("ZREMRANGEBYLEX", "z", "", "+"), error);
  EXPECT_EQ(Run("ZRANGE", "z", "-", "+", "BYLEX", "WITHSCORES"),
            Error("ERR syntax error, WITHSCORES not supported in combination with BYLEX"));
}

TEST_F(ZSetCommandsTest, ZRangeStoreStores) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  EXPECT_EQ(Run("ZRANGESTORE", "d", "z", "1", "-1"), Int(2));
  EXPECT_EQ(All("d"), "b 2 c 3");
  EXPECT_EQ(Run("ZRANGESTORE", "z", "z", "(1", "inf", "BYSCORE", "LIMIT", "0", "1"), Int(1));
  EXPECT_EQ(All("z"), "b 2");
  EXPECT_EQ(Run("ZRANGESTORE", "d", "nowhere", "0", "-1"), Int(0));
  EXPECT_EQ(Run("EXISTS", "d"), Int(0));
  EXPECT_EQ(Run("ZRANGESTORE", "d", "z", "0", "1", "WITHSCORES"), Error("ERR syntax error"));
}

TEST_F(ZSetCommandsTest, RemovingRanges) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c", "4", "d", "5", "e");
  Effects();
  EXPECT_EQ(Run("ZREMRANGEBYRANK", "z", "0", "0"), Int(1));
  EXPECT_EQ(Run("ZREMRANGEBYRANK", "z", "9", "10"), Int(0));
  EXPECT_EQ(Run("ZREMRANGEBYSCORE", "z", "(4", "inf"), Int(1));
  EXPECT_EQ(All("z"), "b 2 c 3 d 4");
  EXPECT_EQ(Run("ZREMRANGEBYLEX", "z", "[b", "[d"), Int(3));
  EXPECT_EQ(Run("EXISTS", "z"), Int(0));
  EXPECT_EQ(Run("ZREMRANGEBYRANK", "z", "0", "-1"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"ZREMRANGEBYRANK z 0 0", "ZREMRANGEBYSCORE z (4 inf",
                              "ZREMRANGEBYLEX z [b [d"}));
}

TEST_F(ZSetCommandsTest, Pops) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c", "4", "d");
  Effects();
  EXPECT_EQ(Joined(Run("ZPOPMIN", "z")), "a 1");
  EXPECT_EQ(Joined(Run("ZPOPMAX", "z", "2")), "d 4 c 3");
  EXPECT_EQ(RunRaw({"ZPOPMIN", "z", "0"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"ZPOPMIN", "nowhere"}), "*0\r\n");
  EXPECT_EQ(Joined(Run("ZPOPMIN", "z", "9")), "b 2");
  EXPECT_EQ(Run("EXISTS", "z"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"ZPOPMIN z", "ZPOPMAX z 2", "ZPOPMIN z 9"}));
  EXPECT_EQ(Run("ZPOPMIN", "z", "x"), Error("ERR value is out of range, must be positive"));
  EXPECT_EQ(Run("ZPOPMIN", "z", "1", "2"), Error("ERR syntax error"));
}

TEST_F(ZSetCommandsTest, ZMPopTakesFromTheFirstThatIsThere) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  Effects();
  EXPECT_EQ(RunRaw({"ZMPOP", "2", "nowhere", "z", "MAX", "COUNT", "2"}),
            "*2\r\n$1\r\nz\r\n*2\r\n*2\r\n$1\r\nc\r\n$1\r\n3\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(RunRaw({"ZMPOP", "1", "nowhere", "MIN"}), "*-1\r\n");
  EXPECT_EQ(Effects(), (Lines{"ZPOPMAX z 2"}));
  EXPECT_EQ(Run("ZMPOP", "0", "z", "MIN"), Error("ERR numkeys should be greater than 0"));
  EXPECT_EQ(Run("ZMPOP", "1", "z", "MIN", "COUNT", "0"),
            Error("ERR count should be greater than 0"));
  EXPECT_EQ(Run("ZMPOP", "1", "z", "MIN", "COUNT", "1", "COUNT", "1"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZMPOP", "1", "z", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZMPOP", "9", "z", "MIN"), Error("ERR syntax error"));
}

TEST_F(ZSetCommandsTest, Algebra) {
  Run("ZADD", "a", "1", "x", "2", "y");
  Run("ZADD", "b", "10", "y", "20", "z");
  Run("SADD", "s", "y", "1");
  EXPECT_EQ(Joined(Run("ZUNION", "2", "a", "b", "WITHSCORES")), "x 1 y 12 z 20");
  EXPECT_EQ(Joined(Run("ZUNION", "2", "a", "s", "WITHSCORES")), "1 1 x 1 y 3");
  EXPECT_EQ(Joined(Run("ZINTER", "3", "a", "b", "s", "WITHSCORES")), "y 13");
  EXPECT_EQ(
      Joined(Run("ZINTER", "2", "a", "b", "WEIGHTS", "2", "3", "AGGREGATE", "max", "WITHSCORES")),
      "y 30");
  EXPECT_EQ(Joined(Run("ZDIFF", "2", "a", "b", "WITHSCORES")), "x 1");
  EXPECT_EQ(RunRaw({"ZDIFF", "2", "a", "a"}), "*0\r\n");
  EXPECT_EQ(Joined(Run("ZINTER", "2", "a", "a", "WITHSCORES")), "x 2 y 4");
  EXPECT_EQ(Run("ZINTERCARD", "2", "a", "b"), Int(1));
  EXPECT_EQ(Run("ZINTERCARD", "1", "a", "LIMIT", "1"), Int(1));
  Effects();
  EXPECT_EQ(Run("ZUNIONSTORE", "a", "2", "a", "b", "AGGREGATE", "MIN"), Int(3));
  EXPECT_EQ(All("a"), "x 1 y 2 z 20");
  EXPECT_EQ(Run("ZINTERSTORE", "d", "2", "a", "nowhere"), Int(0));
  EXPECT_EQ(Run("ZDIFFSTORE", "d", "2", "a", "b"), Int(1));
  EXPECT_EQ(Effects(), (Lines{"ZUNIONSTORE a 2 a b AGGREGATE MIN", "ZDIFFSTORE d 2 a b"}));
}

TEST_F(ZSetCommandsTest, InfinitiesCancelOut) {
  Run("ZADD", "a", "inf", "x");
  Run("ZADD", "b", "-inf", "x");
  EXPECT_EQ(Joined(Run("ZUNION", "2", "a", "b", "WITHSCORES")), "x 0");
  EXPECT_EQ(Joined(Run("ZUNION", "1", "a", "WEIGHTS", "0", "WITHSCORES")), "x 0");
}

TEST_F(ZSetCommandsTest, AlgebraErrors) {
  Run("ZADD", "a", "1", "x");
  Run("SET", "k", "v");
  EXPECT_EQ(Run("ZUNION", "0", "a"),
            Error("ERR at least 1 input key is needed for 'zunion' command"));
  EXPECT_EQ(Run("ZINTERSTORE", "d", "-1", "a"),
            Error("ERR at least 1 input key is needed for 'zinterstore' command"));
  EXPECT_EQ(Run("ZUNION", "x", "a"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("ZUNION", "2", "a"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZUNION", "1", "k", "NOPE"), WrongType()) << "the keys are looked at first";
  EXPECT_EQ(Run("ZUNION", "1", "a", "NOPE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZUNION", "1", "a", "WEIGHTS", "x"), Error("ERR weight value is not a float"));
  EXPECT_EQ(Run("ZUNION", "1", "a", "WEIGHTS"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZUNION", "1", "a", "AGGREGATE", "avg"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZUNIONSTORE", "d", "1", "a", "WITHSCORES"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZDIFF", "1", "a", "WEIGHTS", "1"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZINTERCARD", "1", "a", "LIMIT", "-1"), Error("ERR LIMIT can't be negative"));
}

TEST_F(ZSetCommandsTest, ZRandMemberPicks) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  EXPECT_EQ(Run("ZRANDMEMBER", "nowhere"), Nil());
  EXPECT_EQ(RunRaw({"ZRANDMEMBER", "nowhere", "1"}), "*0\r\n");
  EXPECT_EQ(Run("ZRANDMEMBER", "z").text().size(), 1u);
  EXPECT_EQ(Run("ZRANDMEMBER", "z", "-10").size(), 10u);
  EXPECT_EQ(Run("ZRANDMEMBER", "z", "2", "WITHSCORES").size(), 4u);
  EXPECT_EQ(Run("ZRANDMEMBER", "z", "1", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("ZRANDMEMBER", "z", "-9223372036854775807", "WITHSCORES"),
            Error("ERR value is out of range"));
}

TEST_F(ZSetCommandsTest, ZScanSpellsScoresOfLargeSetsInFull) {
  Run("ZADD", "z", "0.1", "a");
  EXPECT_EQ(RunRaw({"ZSCAN", "z", "0"}), "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$3\r\n0.1\r\n");
  Run("ZADD", "z", "1", std::string(100, 'x'));
  EXPECT_EQ(Encoding("z"), Bulk("skiplist"));
  EXPECT_EQ(Joined(Run("ZSCAN", "z", "0", "MATCH", "a", "COUNT", "100")[1]),
            "a 0.10000000000000001");
  EXPECT_EQ(RunRaw({"ZSCAN", "nowhere", "0", "NOPE"}), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST_F(ZSetCommandsTest, CopiesAndPayloadsKeepEverything) {
  for (const int size : {3, 300}) {
    const std::string key = "z" + std::to_string(size);
    for (int i = 0; i < size; ++i) {
      Run("ZADD", key, std::to_string(i * 0.25), "m" + std::to_string(i));
    }
    const std::string all = All(key);
    Run("COPY", key, "copy", "REPLACE");
    EXPECT_EQ(All("copy"), all);
    const std::string payload(Run("DUMP", key).text());
    EXPECT_EQ(Run("RESTORE", "restored", "0", payload, "REPLACE"), Ok());
    EXPECT_EQ(All("restored"), all);
    EXPECT_EQ(Run("DEBUG", "DIGEST-VALUE", key), Run("DEBUG", "DIGEST-VALUE", "restored"));
    EXPECT_EQ(Encoding("restored"), Encoding(key));
  }
}

TEST_F(ZSetCommandsTest, BlockingPopsAnswerAtOnceWhereTheyCan) {
  Run("ZADD", "z", "1", "a", "2", "b", "3", "c");
  Effects();
  EXPECT_EQ(Joined(Run("BZPOPMIN", "nowhere", "z", "0")), "z a 1");
  EXPECT_EQ(Joined(Run("BZPOPMAX", "z", "0.5")), "z c 3");
  EXPECT_EQ(RunRaw({"BZMPOP", "0", "2", "nowhere", "z", "MIN", "COUNT", "5"}),
            "*2\r\n$1\r\nz\r\n*1\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(Effects(), (Lines{"ZPOPMIN z", "ZPOPMAX z", "ZPOPMIN z 1"}));
  EXPECT_EQ(Run("BZPOPMIN", "z", "-1"), Error("ERR timeout is negative"));
  EXPECT_EQ(Run("BZPOPMIN", "z", "x"), Error("ERR timeout is not a float or out of range"));
  EXPECT_EQ(Run("BZMPOP", "0", "0", "z", "MIN"), Error("ERR numkeys should be greater than 0"));
  Run("MULTI");
  Run("BZPOPMIN", "z", "0");
  EXPECT_EQ(RunRaw({"EXEC"}), "*1\r\n*-1\r\n") << "a transaction never waits";
}

// Small and large sets against a model, over every kind of range.
TEST_F(ZSetCommandsTest, RangesEqualThoseOfAModel) {
  std::mt19937 random(11);
  std::map<std::string, double> scores;
  std::set<std::pair<double, std::string>> order;
  for (int round = 0; round < 1200; ++round) {
    const std::string member = "m" + std::to_string(random() % 400);
    if (scores.contains(member)) order.erase({scores[member], member});
    if (random() % 4 == 0) {
      EXPECT_EQ(Run("ZREM", "z", member), Int(static_cast<int64_t>(scores.erase(member))));
    } else {
      const int score = static_cast<int>(random() % 50);
      Run("ZADD", "z", std::to_string(score), member);
      scores[member] = score;
      order.emplace(score, member);
    }
    if (round % 10 != 0) continue;
    const int low = static_cast<int>(random() % 50);
    const int high = static_cast<int>(random() % 50);
    int64_t within = 0;
    std::string expected;
    for (const auto& [score, name] : order) {
      if (score < low || score > high) continue;
      ++within;
      expected += (expected.empty() ? "" : " ") + name;
    }
    EXPECT_EQ(Run("ZCOUNT", "z", std::to_string(low), std::to_string(high)), Int(within));
    EXPECT_EQ(Joined(Run("ZRANGEBYSCORE", "z", std::to_string(low), std::to_string(high))),
              expected);
    if (order.empty()) continue;
    const size_t rank = random() % order.size();
    const auto at = std::next(order.begin(), static_cast<int64_t>(rank));
    EXPECT_EQ(Run("ZRANK", "z", at->second), Int(static_cast<int64_t>(rank)));
    EXPECT_EQ(Joined(Run("ZRANGE", "z", std::to_string(rank), std::to_string(rank))), at->second);
  }
}

}  // namespace
}  // namespace redstart
