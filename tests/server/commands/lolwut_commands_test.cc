#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::EndsWith;
using LolwutCommandsTest = CommandTest;

TEST_F(LolwutCommandsTest, TellsTheVersion) {
  EXPECT_EQ(Run("LOLWUT"), Bulk("Redis ver. 7.2.6\n"));
  EXPECT_EQ(Run("LOLWUT", "VERSION", "9"), Bulk("Redis ver. 7.2.6\n"));
}

TEST_F(LolwutCommandsTest, DrawsWhatThatVersionDrew) {
  EXPECT_THAT(Run("LOLWUT", "VERSION", "5").text(),
              EndsWith("\nGeorg Nees - schotter, plotter on paper, 1968. Redis ver. 7.2.6\n"));
  EXPECT_THAT(Run("LOLWUT", "VERSION", "6", "10", "4").text(), EndsWith("Redis ver. 7.2.6\n"));
  EXPECT_THAT(Run("LOLWUT", "version", "5", "-3", "9999", "0").text(), EndsWith("7.2.6\n"));
}

TEST_F(LolwutCommandsTest, NumbersMustBeNumbers) {
  EXPECT_EQ(Run("LOLWUT", "VERSION", "x"), Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("LOLWUT", "VERSION", "6", "x"),
            Error("ERR value is not an integer or out of range"));
}

}  // namespace
}  // namespace redstart
