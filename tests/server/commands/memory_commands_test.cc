#include <gtest/gtest.h>

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

}  // namespace
}  // namespace redstart
