#include <gtest/gtest.h>

#include <map>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class MemoryCommandsTest : public CommandTest {};

TEST_F(MemoryCommandsTest, UsageTellsWhatAKeyTakes) {
  EXPECT_EQ(Run("MEMORY", "USAGE", "k"), Nil());
  Run("SET", "k", "v");
  EXPECT_LT(Run("MEMORY", "USAGE", "k").integer(), 30);
  Run("SET", "k", std::string(10'000, 'x'));
  EXPECT_GT(Run("MEMORY", "USAGE", "k").integer(), 10'000);
  Run("HSET", "h", "a", std::string(5000, 'x'), "b", "2");
  EXPECT_GT(Run("MEMORY", "USAGE", "h", "SAMPLES", "0").integer(), 5000);
}

TEST_F(MemoryCommandsTest, UsageChecksItsWords) {
  EXPECT_EQ(Run("MEMORY", "USAGE", "k", "SAMPLES"), Error("ERR syntax error"));
  EXPECT_EQ(Run("MEMORY", "USAGE", "k", "SAMPLES", "-1"), Error("ERR syntax error"));
  EXPECT_EQ(Run("MEMORY", "USAGE", "k", "SAMPLES", "x"),
            Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("MEMORY", "USAGE", "k", "NOPE"), Error("ERR syntax error"));
}

TEST_F(MemoryCommandsTest, StatsIsAMapOfFigures) {
  Run("SET", "k", "v", "EX", "100");
  Run("SELECT", "3");
  Run("SET", "k", "v");
  Run("HELLO", "3");
  const RespValue stats = Run("MEMORY", "STATS");
  ASSERT_EQ(stats.size(), 2u * (27 + 2));
  std::map<std::string, RespValue> figures;
  for (size_t i = 0; i < stats.size(); i += 2) figures.emplace(stats[i].text(), stats[i + 1]);
  EXPECT_EQ(figures.at("keys.count"), Int(2));
  EXPECT_EQ(figures.at("db.0")[2], Bulk("overhead.hashtable.expires"));
  EXPECT_EQ(figures.at("db.0")[3], Int(8));
  EXPECT_GT(figures.at("db.3")[1].integer(), 8);
  EXPECT_GT(figures.at("overhead.total").integer(), 0);
}

TEST_F(MemoryCommandsTest, PurgeAndDoctorAnswer) {
  EXPECT_EQ(Run("MEMORY", "PURGE"), Ok());
  EXPECT_FALSE(Run("MEMORY", "DOCTOR").text().empty());
  EXPECT_FALSE(Run("MEMORY", "MALLOC-STATS").text().empty());
}

}  // namespace
}  // namespace redstart
