#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using Lines = std::vector<std::string>;

// Every command on a small and on a large hash.
class HashExpiryTest : public CommandTest, public testing::WithParamInterface<bool> {
 protected:
  HashExpiryTest() : CommandTest(Configured()) {}

  static Config Configured() {
    Config config = DefaultConfig();
    if (GetParam()) config.hash_max_listpack_entries = 0;
    return config;
  }
  // The reply in RESP, words of one line.
  std::string Raw(const std::string& line) {
    std::vector<std::string> words;
    for (size_t at = 0; at <= line.size();) {
      const size_t end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    return RunRaw(words);
  }
  static std::string Ints(const std::vector<int64_t>& numbers) {
    std::string text = "*" + std::to_string(numbers.size()) + "\r\n";
    for (const int64_t number : numbers) text += ":" + std::to_string(number) + "\r\n";
    return text;
  }
  std::string At(int64_t from_now) {
    return std::to_string(static_cast<int64_t>(NowMs()) + from_now);
  }
  void Sweep() { dispatcher_.SweepExpired(0, 1, 1'000'000); }
  Lines EffectsWithoutSelect() {
    Lines effects = Effects();
    if (!effects.empty() && effects[0] == "SELECT 0") effects.erase(effects.begin());
    return effects;
  }
};

INSTANTIATE_TEST_SUITE_P(SmallAndLarge, HashExpiryTest, testing::Bool());

TEST_P(HashExpiryTest, AFieldExpiresAndItsHashStays) {
  Raw("HSET h a 1 b 2");
  EXPECT_EQ(Raw("HPEXPIRE h 100 FIELDS 2 a none"), Ints({1, -2}));
  EXPECT_EQ(Raw("HPTTL h FIELDS 3 a b none"), Ints({100, -1, -2}));
  EXPECT_EQ(Raw("HTTL h FIELDS 1 a"), Ints({1}));
  Advance(100);
  EXPECT_EQ(Run("HGET", "h", "a"), Bulk("1"));  // In its last millisecond.
  Advance(1);
  EXPECT_EQ(Run("HGET", "h", "a"), Nil());
  EXPECT_EQ(Run("HLEN", "h"), Int(1));
  EXPECT_EQ(Run("HGET", "h", "b"), Bulk("2"));
}

TEST_P(HashExpiryTest, TheStreamHasAbsoluteDeadlinesAndOnlyFieldsThatGotThem) {
  Raw("HSET h a 1 b 2 c 3");
  Raw("HEXPIRE h 10 NX FIELDS 3 a b none");
  EXPECT_EQ(Raw("HPEXPIRE h 5000 LT FIELDS 2 a c"), Ints({1, 1}));
  EXPECT_EQ(Raw("HEXPIRE h 1 GT FIELDS 2 a none"), Ints({0, -2}));
  EXPECT_EQ(EffectsWithoutSelect(),
            (Lines{"HSET h a 1 b 2 c 3", "HPEXPIREAT h " + At(10000) + " NX FIELDS 2 a b",
                   "HPEXPIREAT h " + At(5000) + " LT FIELDS 2 a c"}));
}

TEST_P(HashExpiryTest, ADeadlineInThePastDeletesFieldByField) {
  Raw("HSET h a 1 b 2");
  Effects();
  EXPECT_EQ(Raw("HEXPIREAT h 1 FIELDS 3 a b none"), Ints({2, 2, -2}));
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"MULTI", "HDEL h a", "HDEL h b", "EXEC"}));
}

TEST_P(HashExpiryTest, ConditionsCompareWithTheDeadlineThatIsThere) {
  Raw("HSET h a 1 b 2");
  EXPECT_EQ(Raw("HPEXPIRE h 1000 XX FIELDS 1 a"), Ints({0}));
  EXPECT_EQ(Raw("HPEXPIRE h 1000 GT FIELDS 1 a"), Ints({0}));
  EXPECT_EQ(Raw("HPEXPIRE h 1000 NX FIELDS 1 a"), Ints({1}));
  EXPECT_EQ(Raw("HPEXPIRE h 1000 NX FIELDS 1 a"), Ints({0}));
  EXPECT_EQ(Raw("HPEXPIRE h 1000 GT FIELDS 1 a"), Ints({0}));
  EXPECT_EQ(Raw("HPEXPIRE h 1000 LT FIELDS 1 a"), Ints({0}));
  EXPECT_EQ(Raw("HPEXPIRE h 1001 GT FIELDS 1 a"), Ints({1}));
  EXPECT_EQ(Raw("HPEXPIRE h 999 LT FIELDS 2 a b"), Ints({1, 1}));
  EXPECT_EQ(Raw("HPEXPIRETIME h FIELDS 2 a b"),
            Ints({static_cast<int64_t>(NowMs()) + 999, static_cast<int64_t>(NowMs()) + 999}));
}

TEST_P(HashExpiryTest, TheSweepDeletesWhatNobodyReads) {
  Raw("HSET h a 1 b 2 c 3");
  Raw("HSET gone a 1 b 2");
  Raw("HPEXPIRE h 10 FIELDS 1 a");
  Raw("HPEXPIRE h 2000 FIELDS 1 b");
  Raw("HPEXPIRE gone 10 FIELDS 2 a b");
  Advance(11);
  Effects();
  Sweep();
  EXPECT_EQ(Run("HLEN", "h"), Int(2));
  EXPECT_EQ(Run("EXISTS", "gone"), Int(0));
  Lines effects = Effects();
  std::sort(effects.begin(), effects.end());
  EXPECT_EQ(effects, (Lines{"HDEL gone a", "HDEL gone b", "HDEL h a"}));
  Sweep();
  EXPECT_TRUE(Effects().empty());
  Advance(2000);
  Sweep();
  EXPECT_EQ(Effects(), Lines{"HDEL h b"});
}

TEST_P(HashExpiryTest, TheKeysOwnDeadlineIsKeptBesideThoseOfFields) {
  Raw("HSET h a 1 b 2");
  Raw("PEXPIRE h 5000");
  Raw("HPEXPIRE h 10 FIELDS 1 a");
  Advance(11);
  Sweep();
  EXPECT_EQ(Run("HLEN", "h"), Int(1));
  Effects();
  Advance(5000);
  Sweep();
  EXPECT_EQ(Effects(), Lines{"DEL h"});
}

TEST_P(HashExpiryTest, WhatHasExpiredIsNotShownButCounted) {
  Raw("HSET h a 1 b 2");
  Raw("HPEXPIRE h 10 FIELDS 1 a");
  Advance(11);
  EXPECT_EQ(Raw("HGETALL h"), "*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(Raw("HKEYS h"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(Raw("HSCAN h 0"), "*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\n2\r\n");
  EXPECT_EQ(Run("HLEN", "h"), Int(2));
  EXPECT_EQ(Raw("HRANDFIELD h 5"), "*1\r\n$1\r\nb\r\n");
  EXPECT_EQ(Run("HLEN", "h"), Int(1));
}

TEST_P(HashExpiryTest, AChangeOfTheValueKeepsOrDropsTheDeadline) {
  Raw("HSET h a 1 b 2");
  Raw("HPEXPIRE h 100 FIELDS 2 a b");
  Raw("HINCRBY h a 1");
  Raw("HSET h b 3");
  EXPECT_EQ(Raw("HPTTL h FIELDS 2 a b"), Ints({100, -1}));
  Effects();
  Raw("HINCRBYFLOAT h a 0.5");
  EXPECT_EQ(EffectsWithoutSelect(), Lines{"HSETEX h KEEPTTL FIELDS 1 a 2.5"});
  Advance(101);
  EXPECT_EQ(Run("HINCRBY", "h", "a", "1"), Int(1));
  EXPECT_EQ(Effects(), (Lines{"MULTI", "HDEL h a", "HINCRBY h a 1", "EXEC"}));
  EXPECT_EQ(Raw("HPTTL h FIELDS 1 a"), Ints({-1}));
}

TEST_P(HashExpiryTest, PersistTakesDeadlinesAway) {
  Raw("HSET h a 1 b 2");
  Raw("HPEXPIRE h 100 FIELDS 1 a");
  Effects();
  EXPECT_EQ(Raw("HPERSIST h FIELDS 3 a b none"), Ints({1, -1, -2}));
  EXPECT_EQ(Effects(), Lines{"HPERSIST h FIELDS 3 a b none"});
  EXPECT_EQ(Raw("HPERSIST h FIELDS 1 a"), Ints({-1}));
  EXPECT_TRUE(Effects().empty());
  EXPECT_EQ(Raw("INFO keyspace").find("subexpiry"), std::string::npos);
  Advance(101);
  EXPECT_EQ(Run("HGET", "h", "a"), Bulk("1"));
}

TEST_P(HashExpiryTest, DeadlinesSurviveCopiesAndDumps) {
  Raw("HSET h a 1 b 2");
  Raw("HPEXPIRE h 100 FIELDS 1 a");
  Raw("COPY h copy");
  const std::string payload = std::string(Run("DUMP", "h").text());
  EXPECT_EQ(Run("RESTORE", "restored", "0", payload), Ok());
  Raw("RENAME h renamed");
  Raw("EXPIRE renamed 1000");
  for (const std::string key : {"copy", "restored", "renamed"}) {
    EXPECT_EQ(Raw("HPTTL " + key + " FIELDS 2 a b"), Ints({100, -1})) << key;
  }
  EXPECT_NE(Raw("INFO keyspace").find("subexpiry=3"), std::string::npos);
  Advance(101);
  Sweep();
  for (const std::string key : {"copy", "restored", "renamed"}) {
    EXPECT_EQ(Run("HLEN", key), Int(1)) << key;
  }
  EXPECT_NE(Raw("INFO stats").find("expired_subkeys:3"), std::string::npos);
}

TEST_P(HashExpiryTest, WrongArgumentsAreNamed) {
  Raw("HSET h a 1");
  Run("SET", "text", "1");
  EXPECT_EQ(Run("HTTL", "text", "FIELDS", "1", "a").text().substr(0, 9), "WRONGTYPE");
  EXPECT_EQ(Raw("HPEXPIRE h -1 FIELDS 1 a"), "-ERR invalid expire time, must be >= 0\r\n");
  EXPECT_EQ(Raw("HPEXPIRE h x FIELDS 1 a"), "-ERR value is not an integer or out of range\r\n");
  EXPECT_EQ(Raw("HEXPIRE h 281474976710656 FIELDS 1 a"),
            "-ERR invalid expire time in 'hexpire' command\r\n");
  EXPECT_EQ(Raw("HEXPIRE h 1 FELD 1 a"),
            "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n");
  EXPECT_EQ(Raw("HEXPIRE h 1 FIELDS 0 a"),
            "-ERR Parameter `numFields` should be greater than 0\r\n");
  EXPECT_EQ(Raw("HTTL h FIELDS 0 a"), "-ERR Number of fields must be a positive integer\r\n");
  EXPECT_EQ(Raw("HTTL h FIELDS 2 a"),
            "-ERR The `numfields` parameter must match the number of arguments\r\n");
  EXPECT_EQ(Raw("HEXPIRE none 1 FIELDS 2 a b"), Ints({-2, -2}));
  EXPECT_EQ(Raw("HPERSIST none FIELDS 1 a"), Ints({-2}));
}

TEST_P(HashExpiryTest, HGetDelAnswersAndDeletes) {
  Raw("HSET h a 1 b 2 c 3");
  Effects();
  EXPECT_EQ(Raw("HGETDEL h FIELDS 2 a none"), "*2\r\n$1\r\n1\r\n$-1\r\n");
  EXPECT_EQ(Raw("HGETDEL h FIELDS 2 b c"), "*2\r\n$1\r\n2\r\n$1\r\n3\r\n");
  EXPECT_EQ(Raw("HGETDEL h FIELDS 1 b"), "*1\r\n$-1\r\n");
  EXPECT_EQ(Effects(), (Lines{"HDEL h a", "HDEL h b c"}));
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
}

TEST_P(HashExpiryTest, HGetExSetsTakesAndLeavesDeadlines) {
  Raw("HSET h a 1 b 2");
  Effects();
  EXPECT_EQ(Raw("HGETEX h FIELDS 2 a none"), "*2\r\n$1\r\n1\r\n$-1\r\n");
  EXPECT_TRUE(Effects().empty());
  EXPECT_EQ(Raw("HGETEX h EX 10 FIELDS 2 a none"), "*2\r\n$1\r\n1\r\n$-1\r\n");
  EXPECT_EQ(Raw("HPTTL h FIELDS 2 a b"), Ints({10000, -1}));
  Raw("HGETEX h PERSIST FIELDS 2 a b");
  EXPECT_EQ(Raw("HPTTL h FIELDS 1 a"), Ints({-1}));
  EXPECT_EQ(Raw("HGETEX h PXAT 1 FIELDS 1 b"), "*1\r\n$1\r\n2\r\n");
  EXPECT_EQ(Effects(), (Lines{"HPEXPIREAT h " + At(10000) + " FIELDS 1 a", "HPERSIST h FIELDS 1 a",
                              "HDEL h b"}));
  EXPECT_EQ(Raw("HGETEX h EX -1 FIELDS 1 a"), "-ERR invalid expire time, must be >= 0\r\n");
  EXPECT_EQ(Raw("HGETEX h PERSIST 1 FIELDS a"),
            "-ERR Mandatory argument FIELDS is missing or not at the right position\r\n");
  EXPECT_EQ(Raw("HGETEX none EX 1 FIELDS 1 a"), "*1\r\n$-1\r\n");
}

TEST_P(HashExpiryTest, HSetExSetsAllOrNothing) {
  EXPECT_EQ(Raw("HSETEX h FXX EX 10 FIELDS 1 a 1"), ":0\r\n");
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
  EXPECT_EQ(Raw("HSETEX h FNX EX 10 FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(Raw("HSETEX h FNX FIELDS 2 b 3 c 4"), ":0\r\n");
  EXPECT_EQ(Raw("HSETEX h KEEPTTL FIELDS 1 a 5"), ":1\r\n");
  EXPECT_EQ(Raw("HSETEX h FIELDS 1 b 6"), ":1\r\n");
  EXPECT_EQ(Raw("HPTTL h FIELDS 2 a b"), Ints({10000, -1}));
  EXPECT_EQ(EffectsWithoutSelect(),
            (Lines{"HSETEX h FNX PXAT " + At(10000) + " FIELDS 2 a 1 b 2",
                   "HSETEX h KEEPTTL FIELDS 1 a 5", "HSETEX h FIELDS 1 b 6"}));
  EXPECT_EQ(Raw("HSETEX h PXAT 1 FIELDS 2 a 1 b 2"), ":1\r\n");
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
  EXPECT_EQ(Effects(), (Lines{"MULTI", "HDEL h a", "HDEL h b", "EXEC"}));
}

TEST_P(HashExpiryTest, HSetExNamesWrongArguments) {
  EXPECT_EQ(Raw("HSETEX h FNX FXX FIELDS 1 a 1"),
            "-ERR Only one of FXX or FNX arguments can be specified\r\n");
  EXPECT_EQ(Raw("HSETEX h EX 1 KEEPTTL FIELDS 1 a 1"),
            "-ERR Only one of EX, PX, EXAT, PXAT or KEEPTTL arguments can be specified\r\n");
  EXPECT_EQ(Raw("HSETEX h NX FIELDS 1 a 1"), "-ERR unknown argument: NX\r\n");
  EXPECT_EQ(Raw("HSETEX h FIELDS x a 1"), "-ERR invalid number of fields\r\n");
  EXPECT_EQ(Raw("HSETEX h FIELDS 2 a 1"),
            "-ERR wrong number of arguments for 'hsetex' command\r\n");
}

TEST_P(HashExpiryTest, AFieldFoundExpiredTellsWatchers) {
  Raw("HSET h a 1 b 2");
  Raw("HPEXPIRE h 10 FIELDS 1 a");
  Run("WATCH", "h");
  Advance(11);
  const auto other = NewClient();
  other->Run("HGET", "h", "a");
  Run("MULTI");
  Run("PING");
  EXPECT_EQ(RunRaw({"EXEC"}), "*-1\r\n");
}

TEST_P(HashExpiryTest, ManyFieldsGoInSteps) {
  for (int i = 0; i < 1000; ++i) {
    Run("HSET", "h", "f" + std::to_string(i), "v");
    Run("HPEXPIRE", "h", std::to_string(10 + i % 2 * 1000), "FIELDS", "1", "f" + std::to_string(i));
  }
  Advance(500);
  Sweep();
  EXPECT_EQ(Run("HLEN", "h"), Int(500));
  Advance(1000);
  Sweep();
  EXPECT_EQ(Run("EXISTS", "h"), Int(0));
}

}  // namespace
}  // namespace redstart
