#include "tests/server/commands/command_test.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

namespace redstart {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class ScanCommandsTest : public CommandTest {
 protected:
  struct Step {
    std::string cursor;
    std::vector<std::string> keys;
  };
  static Step StepOf(const RespValue& reply) {
    Step step = {std::string(reply[0].text()), {}};
    for (size_t i = 0; i < reply[1].size(); ++i) step.keys.emplace_back(reply[1][i].text());
    return step;
  }
  // A whole walk; `between` runs between the steps. Returns how often each key was met.
  std::map<std::string, int> Walk(
      const std::vector<std::string>& options, const std::function<void()>& between = [] {}) {
    std::map<std::string, int> met;
    std::string cursor = "0";
    do {
      std::vector<std::string> args = {"SCAN", cursor};
      args.insert(args.end(), options.begin(), options.end());
      const Step step = StepOf(client_.RunArgs(args));
      for (const std::string& key : step.keys) ++met[key];
      EXPECT_LT(std::stoull(step.cursor), uint64_t{1} << 53);
      cursor = step.cursor;
      between();
    } while (cursor != "0");
    return met;
  }
  void Fill(int from, int to, const std::string& prefix = "key:") {
    for (int i = from; i < to; ++i) Run("SET", prefix + std::to_string(i), "v");
  }
  std::vector<std::string> Keys(const std::string& pattern) {
    const RespValue reply = Run("KEYS", pattern);
    std::vector<std::string> keys;
    for (size_t i = 0; i < reply.size(); ++i) keys.emplace_back(reply[i].text());
    return keys;
  }
};

TEST_F(ScanCommandsTest, AnEmptyDatabaseEndsAtOnce) {
  EXPECT_EQ(RunRaw({"SCAN", "0"}), "*2\r\n$1\r\n0\r\n*0\r\n");
}

TEST_F(ScanCommandsTest, AWholeWalkMeetsEveryKeyOnce) {
  Fill(0, 3000);
  for (const char* count : {"1", "10", "1000", "1000000"}) {
    const auto met = Walk({"COUNT", count});
    EXPECT_EQ(met.size(), 3000u) << count;
    for (const auto& [key, times] : met) EXPECT_EQ(times, 1) << key;
  }
}

TEST_F(ScanCommandsTest, CountIsAboutHowManyKeysAStepVisits) {
  Fill(0, 5000);
  const Step step = StepOf(Run("SCAN", "0", "COUNT", "100"));
  EXPECT_GE(step.keys.size(), 100u);
  EXPECT_LT(step.keys.size(), 140u);
}

TEST_F(ScanCommandsTest, KeysThatStayAreMetThoughTheTableGrowsMeanwhile) {
  Fill(0, 1000);
  int next = 1000;
  const auto met = Walk({"COUNT", "20"}, [&] {
    // Twentyfold in all: a table that grew faster than the walk for ever would never be through.
    if (next == 20000) return;
    Fill(next, next + 500);
    next += 500;
  });
  EXPECT_EQ(next, 20000);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(met.count("key:" + std::to_string(i)), 1u) << i;
}

TEST_F(ScanCommandsTest, KeysThatStayAreMetThoughTheTableShrinksMeanwhile) {
  Fill(0, 500, "stays:");
  Fill(0, 20000, "goes:");
  int next = 0;
  const auto met = Walk({"COUNT", "100"}, [&] {
    for (const int end = std::min(next + 400, 20000); next < end; ++next) {
      Run("DEL", "goes:" + std::to_string(next));
    }
  });
  for (int i = 0; i < 500; ++i) EXPECT_EQ(met.count("stays:" + std::to_string(i)), 1u) << i;
}

TEST_F(ScanCommandsTest, KeysThatStayAreMetThoughTheTableGrowsAndShrinksInTurn) {
  Fill(0, 500, "stays:");
  bool grow = true;
  const auto met = Walk({"COUNT", "10"}, [&] {
    for (int i = 0; i < 3000; ++i) {
      const std::string key = "comes:" + std::to_string(i);
      if (grow) {
        Run("SET", key, "v");
      } else {
        Run("DEL", key);
      }
    }
    grow = !grow;
  });
  for (int i = 0; i < 500; ++i) EXPECT_EQ(met.count("stays:" + std::to_string(i)), 1u) << i;
}

TEST_F(ScanCommandsTest, MatchFiltersNames) {
  Fill(0, 100);
  Fill(0, 100, "other:");
  EXPECT_EQ(Walk({"MATCH", "key:*"}).size(), 100u);
  EXPECT_EQ(Walk({"MATCH", "*"}).size(), 200u);
  EXPECT_EQ(Walk({"match", "other:1?"}).size(), 10u);
}

TEST_F(ScanCommandsTest, TypeFiltersValuesAndAnUnknownOneHasNone) {
  Fill(0, 50);
  EXPECT_EQ(Walk({"TYPE", "string"}).size(), 50u);
  EXPECT_EQ(Walk({"TYPE", "STRING", "COUNT", "5"}).size(), 50u);
  EXPECT_THAT(Walk({"TYPE", "list"}), IsEmpty());
  EXPECT_THAT(Walk({"TYPE", "nonsense"}), IsEmpty());
}

TEST_F(ScanCommandsTest, ExpiredKeysAreNotShownButDeleted) {
  Run("SET", "old", "v");
  Run("SET", "new", "v");
  Run("PEXPIRE", "old", "10");
  Effects();
  Advance(11);
  EXPECT_THAT(Walk({}), ElementsAre(std::pair("new", 1)));
  EXPECT_THAT(Effects(), ElementsAre("DEL old"));
  EXPECT_EQ(Run("DBSIZE"), Int(1));
}

TEST_F(ScanCommandsTest, DeletionsOnTheWayAreNoTransaction) {
  for (int i = 0; i < 500; ++i) {
    Run("SET", "key:" + std::to_string(i), "v");
    Run("PEXPIRE", "key:" + std::to_string(i), "10");
  }
  Effects();
  Advance(11);
  EXPECT_THAT(Walk({"COUNT", "1000"}), IsEmpty());
  EXPECT_THAT(Effects(), AllOf(SizeIs(500), Each(StartsWith("DEL key:"))));
}

TEST_F(ScanCommandsTest, CursorsAreReadAsUnsigned64BitNumbers) {
  const RespValue invalid = Error("ERR invalid cursor");
  EXPECT_EQ(Run("SCAN", "x"), invalid);
  EXPECT_EQ(Run("SCAN", " 1"), invalid);
  EXPECT_EQ(Run("SCAN", "1 "), invalid);
  EXPECT_EQ(Run("SCAN", "-"), invalid);
  EXPECT_EQ(Run("SCAN", "18446744073709551616"), invalid);
  EXPECT_EQ(Run("SCAN", "18446744073709551615")[0], Bulk("0"));
  EXPECT_EQ(Run("SCAN", "-1")[0], Bulk("0"));
  EXPECT_EQ(Run("SCAN", "+0")[0], Bulk("0"));
  EXPECT_EQ(Run("SCAN", "")[0], Bulk("0"));
}

TEST_F(ScanCommandsTest, WrongOptionsAreRefused) {
  const RespValue syntax = Error("ERR syntax error");
  EXPECT_EQ(Run("SCAN", "0", "COUNT", "0"), syntax);
  EXPECT_EQ(Run("SCAN", "0", "COUNT", "-5"), syntax);
  EXPECT_EQ(Run("SCAN", "0", "COUNT", "ten"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("SCAN", "0", "COUNT"), syntax);
  EXPECT_EQ(Run("SCAN", "0", "MATCH"), syntax);
  EXPECT_EQ(Run("SCAN", "0", "FOO", "bar"), syntax);
  EXPECT_EQ(Run("SCAN", "x", "FOO"), Error("ERR invalid cursor"));
}

TEST_F(ScanCommandsTest, ScanWorksInATransaction) {
  Run("MULTI");
  Run("SET", "k", "v");
  Run("SCAN", "0", "COUNT", "100");
  Run("RANDOMKEY");
  Run("KEYS", "*");
  const RespValue replies = Run("EXEC");
  EXPECT_THAT(StepOf(replies[1]).keys, ElementsAre("k"));
  EXPECT_EQ(replies[2], Bulk("k"));
  EXPECT_EQ(replies[3][0], Bulk("k"));
}

TEST_F(ScanCommandsTest, KeysListsMatchingNames) {
  Run("SET", "one", "1");
  Run("SET", "two", "2");
  Run("SET", "three", "3");
  EXPECT_THAT(Keys("t*"), UnorderedElementsAre("two", "three"));
  EXPECT_THAT(Keys("*"), UnorderedElementsAre("one", "two", "three"));
  EXPECT_THAT(Keys("x*"), IsEmpty());
}

TEST_F(ScanCommandsTest, KeysHidesExpiredKeysAndLeavesThem) {
  Run("SET", "old", "1");
  Run("PEXPIRE", "old", "10");
  Effects();
  Advance(11);
  EXPECT_THAT(Keys("*"), IsEmpty());
  EXPECT_THAT(Effects(), IsEmpty());
  EXPECT_EQ(Run("DBSIZE"), Int(1));
}

TEST_F(ScanCommandsTest, RandomKeyIsNullInAnEmptyDatabase) {
  EXPECT_EQ(Run("RANDOMKEY"), Nil());
}

TEST_F(ScanCommandsTest, RandomKeyMeetsEveryKeySometime) {
  Fill(0, 20);
  std::set<std::string> met;
  for (int i = 0; i < 1000; ++i) met.emplace(Run("RANDOMKEY").text());
  EXPECT_EQ(met.size(), 20u);
}

TEST_F(ScanCommandsTest, RandomKeyDeletesTheExpiredKeysThatItMeets) {
  Run("SET", "old", "1");
  Run("PEXPIRE", "old", "10");
  Effects();
  Advance(11);
  EXPECT_EQ(Run("RANDOMKEY"), Nil());
  EXPECT_THAT(Effects(), ElementsAre("DEL old"));
}

}  // namespace
}  // namespace redstart
