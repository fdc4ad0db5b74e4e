#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class HashCommandsTest : public CommandTest {
 protected:
  static RespValue Strings(std::initializer_list<std::string_view> texts) {
    std::string encoded("*");
    encoded.append(std::to_string(texts.size())).append("\r\n");
    for (const std::string_view text : texts) {
      encoded.append("$").append(std::to_string(text.size())).append("\r\n");
      encoded.append(text).append("\r\n");
    }
    return *DecodeRespValue(encoded);
  }
  static std::string Numbered(const char* name, int number) {
    return std::string(name).append(std::to_string(number));
  }
  RespValue Encoding(std::string_view key) { return Run("OBJECT", "ENCODING", key); }
};

TEST_F(HashCommandsTest, HSetCountsNewFieldsOnly) {
  EXPECT_EQ(Run("HSET", "h", "a", "1", "b", "2"), Int(2));
  EXPECT_EQ(Run("HSET", "h", "a", "3", "c", "4", "c", "5"), Int(1));
  EXPECT_EQ(Run("HGETALL", "h"), Strings({"a", "3", "b", "2", "c", "5"}));
  EXPECT_EQ(Run("HLEN", "h"), Int(3));
  EXPECT_EQ(Effects(),
            (std::vector<std::string>{"SELECT 0", "HSET h a 1 b 2", "HSET h a 3 c 4 c 5"}));
}

TEST_F(HashCommandsTest, HSetAndHMSetWantPairs) {
  EXPECT_EQ(Run("HSET", "h", "a", "1", "b"),
            Error("ERR wrong number of arguments for 'hset' command"));
  EXPECT_EQ(Run("HMSET", "h", "a", "1", "b"),
            Error("ERR wrong number of arguments for 'hmset' command"));
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
  EXPECT_EQ(Run("HMSET", "h", "a", "1"), Ok());
}

TEST_F(HashCommandsTest, HSetNxSetsOnce) {
  EXPECT_EQ(Run("HSETNX", "h", "a", "1"), Int(1));
  Effects();
  EXPECT_EQ(Run("HSETNX", "h", "a", "2"), Int(0));
  EXPECT_EQ(Run("HGET", "h", "a"), Bulk("1"));
  EXPECT_TRUE(Effects().empty());
}

TEST_F(HashCommandsTest, ReadingWhatIsNotThere) {
  EXPECT_EQ(Run("HGET", "h", "a"), Nil());
  EXPECT_EQ(RunRaw({"HMGET", "h", "a", "b"}), "*2\r\n$-1\r\n$-1\r\n");
  EXPECT_EQ(RunRaw({"HGETALL", "h"}), "*0\r\n");
  EXPECT_EQ(Run("HLEN", "h"), Int(0));
  EXPECT_EQ(Run("HSTRLEN", "h", "a"), Int(0));
  EXPECT_EQ(Run("HEXISTS", "h", "a"), Int(0));
  EXPECT_EQ(Run("HDEL", "h", "a"), Int(0));
  EXPECT_EQ(Run("HRANDFIELD", "h"), Nil());
  EXPECT_EQ(RunRaw({"HRANDFIELD", "h", "5"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"HSCAN", "h", "0", "NOPE"}), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST_F(HashCommandsTest, Resp3HasMaps) {
  Run("HELLO", "3");
  EXPECT_EQ(RunRaw({"HGETALL", "h"}), "%0\r\n");
  Run("HSET", "h", "a", "1");
  EXPECT_EQ(RunRaw({"HGETALL", "h"}), "%1\r\n$1\r\na\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"HKEYS", "h"}), "*1\r\n$1\r\na\r\n");
  EXPECT_EQ(RunRaw({"HRANDFIELD", "h", "1", "WITHVALUES"}), "*1\r\n*2\r\n$1\r\na\r\n$1\r\n1\r\n");
  EXPECT_EQ(RunRaw({"HGET", "h", "b"}), "_\r\n");
}

TEST_F(HashCommandsTest, OtherTypesAreRefused) {
  Run("SET", "s", "v");
  const RespValue wrong =
      Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  EXPECT_EQ(Run("HSET", "s", "a", "1"), wrong);
  EXPECT_EQ(Run("HSETNX", "s", "a", "1"), wrong);
  EXPECT_EQ(Run("HGET", "s", "a"), wrong);
  EXPECT_EQ(Run("HMGET", "s", "a"), wrong);
  EXPECT_EQ(Run("HGETALL", "s"), wrong);
  EXPECT_EQ(Run("HDEL", "s", "a"), wrong);
  EXPECT_EQ(Run("HLEN", "s"), wrong);
  EXPECT_EQ(Run("HSTRLEN", "s", "a"), wrong);
  EXPECT_EQ(Run("HEXISTS", "s", "a"), wrong);
  EXPECT_EQ(Run("HINCRBY", "s", "a", "1"), wrong);
  EXPECT_EQ(Run("HINCRBYFLOAT", "s", "a", "1"), wrong);
  EXPECT_EQ(Run("HRANDFIELD", "s"), wrong);
  EXPECT_EQ(Run("HRANDFIELD", "s", "1"), wrong);
  EXPECT_EQ(Run("HSCAN", "s", "0"), wrong);
  Run("HSET", "h", "a", "1");
  EXPECT_EQ(Run("GET", "h"), wrong);
  EXPECT_EQ(Run("APPEND", "h", "x"), wrong);
}

TEST_F(HashCommandsTest, HDelDeletesTheKeyWithItsLastField) {
  Run("HSET", "h", "a", "1", "b", "2");
  Effects();
  EXPECT_EQ(Run("HDEL", "h", "x"), Int(0));
  EXPECT_TRUE(Effects().empty());
  EXPECT_EQ(Run("HDEL", "h", "a", "b", "b", "x"), Int(2));
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
  EXPECT_EQ(Effects(), (std::vector<std::string>{"HDEL h a b b x"}));
}

TEST_F(HashCommandsTest, ADeletedHashTouchesItsWatchers) {
  Run("HSET", "h", "a", "1");
  Run("WATCH", "h");
  NewClient()->Run("HDEL", "h", "a");
  Run("MULTI");
  Run("PING");
  EXPECT_EQ(RunRaw({"EXEC"}), "*-1\r\n");
}

TEST_F(HashCommandsTest, ChangesCountFields) {
  const uint64_t before = stats_.Sum(&ThreadStats::changes);
  Run("HSET", "h", "a", "1", "b", "2");
  Run("HDEL", "h", "a", "b");
  EXPECT_EQ(stats_.Sum(&ThreadStats::changes), before + 4);
}

TEST_F(HashCommandsTest, HIncrByCounts) {
  EXPECT_EQ(Run("HINCRBY", "h", "n", "5"), Int(5));
  EXPECT_EQ(Run("HINCRBY", "h", "n", "-7"), Int(-2));
  EXPECT_EQ(Run("HINCRBY", "h", "n", "x"), Error("ERR value is not an integer or out of range"));
  Run("HSET", "h", "t", "text", "m", "9223372036854775807");
  EXPECT_EQ(Run("HINCRBY", "h", "t", "1"), Error("ERR hash value is not an integer"));
  EXPECT_EQ(Run("HINCRBY", "h", "m", "1"), Error("ERR increment or decrement would overflow"));
  EXPECT_EQ(Run("HGET", "h", "m"), Bulk("9223372036854775807"));
}

TEST_F(HashCommandsTest, HIncrByFloatTellsReplicasTheSum) {
  EXPECT_EQ(Run("HINCRBYFLOAT", "h", "n", "0.1"), Bulk("0.1"));
  Effects();
  EXPECT_EQ(Run("HINCRBYFLOAT", "h", "n", "0.2"), Bulk("0.3"));
  EXPECT_EQ(Effects(), (std::vector<std::string>{"HSET h n 0.3"}));
  Run("HSET", "h", "t", "text");
  EXPECT_EQ(Run("HINCRBYFLOAT", "h", "t", "1"), Error("ERR hash value is not a float"));
  EXPECT_EQ(Run("HINCRBYFLOAT", "h", "n", "x"), Error("ERR value is not a valid float"));
  EXPECT_EQ(Run("HINCRBYFLOAT", "none", "n", "inf"), Error("ERR value is NaN or Infinity"));
  EXPECT_EQ(Run("EXISTS", "none"), Int(0));
}

TEST_F(HashCommandsTest, HRandFieldAnswersByCount) {
  Run("HSET", "h", "a", "1", "b", "2", "c", "3");
  EXPECT_EQ(Run("HRANDFIELD", "h", "2").size(), 2u);
  EXPECT_EQ(Run("HRANDFIELD", "h", "9").size(), 3u);
  EXPECT_EQ(Run("HRANDFIELD", "h", "-9").size(), 9u);
  EXPECT_EQ(Run("HRANDFIELD", "h", "-9", "withvalues").size(), 18u);
  EXPECT_EQ(RunRaw({"HRANDFIELD", "h", "0"}), "*0\r\n");
  EXPECT_EQ(Run("HRANDFIELD", "h", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("HRANDFIELD", "h", "1", "NOPE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("HRANDFIELD", "h", "1", "WITHVALUES", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("HRANDFIELD", "h", "-9223372036854775808"),
            Error("ERR value is out of range, value must between -9223372036854775807 and "
                  "9223372036854775807"));
  EXPECT_EQ(Run("HRANDFIELD", "h", "-9223372036854775807", "WITHVALUES"),
            Error("ERR value is out of range"));
}

TEST_F(HashCommandsTest, ASmallHashIsScannedWhole) {
  for (int i = 0; i < 100; ++i) Run("HSET", "h", Numbered("f", i), std::to_string(i));
  EXPECT_EQ(Encoding("h"), Bulk("listpack"));
  const RespValue reply = Run("HSCAN", "h", "0", "COUNT", "1");
  EXPECT_EQ(reply[0], Bulk("0"));
  EXPECT_EQ(reply[1].size(), 200u);
  EXPECT_EQ(Run("HSCAN", "h", "0", "MATCH", "f1?")[1].size(), 20u);
  EXPECT_EQ(Run("HSCAN", "h", "0", "MATCH", "f1?", "NOVALUES")[1].size(), 10u);
  EXPECT_EQ(Run("HSCAN", "h", "x"), Error("ERR invalid cursor"));
  EXPECT_EQ(Run("HSCAN", "h", "0", "TYPE", "hash"), Error("ERR syntax error"));
}

TEST_F(HashCommandsTest, ALargeHashIsScannedInSteps) {
  for (int i = 0; i < 1000; ++i) Run("HSET", "h", Numbered("f", i), std::to_string(i));
  EXPECT_EQ(Encoding("h"), Bulk("hashtable"));
  std::set<std::string> seen;
  std::string cursor = "0";
  int steps = 0;
  do {
    const RespValue reply = Run("HSCAN", "h", cursor, "COUNT", "50");
    EXPECT_LT(reply[1].size(), 2 * 70u);
    for (size_t i = 0; i < reply[1].size(); i += 2) {
      EXPECT_TRUE(seen.insert(std::string(reply[1][i].text())).second);
    }
    cursor = reply[0].text();
    ++steps;
  } while (cursor != "0");
  EXPECT_EQ(seen.size(), 1000u);
  EXPECT_GT(steps, 10);
}

TEST_F(HashCommandsTest, TheOptionsDecideAboutTheEncoding) {
  Run("CONFIG", "SET", "hash-max-listpack-entries", "2", "hash-max-listpack-value", "5");
  Run("HSET", "h", "a", "1", "b", "2");
  EXPECT_EQ(Encoding("h"), Bulk("listpack"));
  Run("HSET", "h", "c", "3");
  EXPECT_EQ(Encoding("h"), Bulk("hashtable"));
  Run("HDEL", "h", "b", "c");
  EXPECT_EQ(Encoding("h"), Bulk("hashtable")) << "once large, always large";
  Run("HSET", "long", "a", "123456");
  EXPECT_EQ(Encoding("long"), Bulk("hashtable"));
  Run("HINCRBY", "count", "a", "123456");
  EXPECT_EQ(Encoding("count"), Bulk("hashtable"));
}

TEST_F(HashCommandsTest, HashesAreCopiedRenamedAndMoved) {
  Run("HSET", "h", "a", "1");
  Run("HSET", "big", "a", std::string(100, 'x'), "b", "2");
  for (const char* key : {"h", "big"}) {
    EXPECT_EQ(Run("COPY", key, "copy"), Int(1));
    Run("HSET", "copy", "a", "changed");
    EXPECT_NE(Run("HGET", key, "a"), Bulk("changed"));
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(Run("RENAME", "copy", Numbered("other", i)), Ok());
      EXPECT_EQ(Run("RENAME", Numbered("other", i), "copy"), Ok());
    }
    EXPECT_EQ(Run("MOVE", "copy", "3"), Int(1));
    Run("SELECT", "3");
    EXPECT_EQ(Run("HGET", "copy", "a"), Bulk("changed"));
    Run("DEL", "copy");
    Run("SELECT", "0");
  }
}

TEST_F(HashCommandsTest, HashesSurviveDumpAndRestore) {
  Run("HSET", "h", "a", "1", "b", "two");
  Run("HSET", "big", "a", std::string(100, 'x'), "b", "2");
  for (const char* key : {"h", "big"}) {
    const std::string payload(Run("DUMP", key).text());
    EXPECT_EQ(Run("RESTORE", "copy", "0", payload, "REPLACE"), Ok());
    EXPECT_EQ(Encoding("copy"), Encoding(key));
    EXPECT_EQ(Run("HGETALL", "copy"), Run("HGETALL", key));
    EXPECT_EQ(Run("HSET", "copy", "c", "3"), Int(1));
  }
}

}  // namespace
}  // namespace redstart
