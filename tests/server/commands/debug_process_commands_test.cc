#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using DebugProcessCommandsTest = CommandTest;

TEST_F(DebugProcessCommandsTest, ErrorAnswersWithWhatItIsGiven) {
  EXPECT_EQ(RunRaw({"DEBUG", "ERROR", "MY message\r\nof two lines"}),
            "-MY message  of two lines\r\n");
  EXPECT_EQ(Run("DEBUG", "ERROR").text().substr(0, 45),
            "ERR unknown subcommand or wrong number of arg");
}

TEST_F(DebugProcessCommandsTest, HtstatsCountsKeysAndDeadlines) {
  Run("MSET", "a", "1", "b", "2");
  Run("SET", "c", "3", "EX", "100");
  const std::string text = Run("DEBUG", "HTSTATS", "0").text();
  EXPECT_THAT(text, HasSubstr("[Dictionary HT]"));
  EXPECT_THAT(text, HasSubstr("number of elements: 3\n"));
  EXPECT_THAT(text, HasSubstr("[Expires HT]\n number of elements: 1\n"));
  EXPECT_EQ(Run("DEBUG", "HTSTATS", "99"), Error("ERR Out of range database"));
}

TEST_F(DebugProcessCommandsTest, CrashesCrash) {
  EXPECT_DEATH(Run("DEBUG", "PANIC"), "");
  EXPECT_DEATH(Run("DEBUG", "SEGFAULT"), "");
}

}  // namespace
}  // namespace redstart
