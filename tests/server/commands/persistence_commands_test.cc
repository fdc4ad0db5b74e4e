// What SAVE, BGSAVE, LASTSAVE and DEBUG RELOAD refuse; tests/server/persistence has what they do.

#include <gtest/gtest.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class PersistenceCommandsTest : public CommandTest {};

TEST_F(PersistenceCommandsTest, LastSaveIsTheStartUntilSomethingWasSaved) {
  EXPECT_EQ(Run("LASTSAVE"), Int(1'700'000'000));
}

TEST_F(PersistenceCommandsTest, BgSaveTakesOneWordOnly) {
  EXPECT_EQ(Run("BGSAVE", "NOW"), Error("ERR syntax error"));
  EXPECT_EQ(Run("BGSAVE", "SCHEDULE", "SCHEDULE"), Error("ERR syntax error"));
}

TEST_F(PersistenceCommandsTest, SaveIsNotForTransactions) {
  Run("MULTI");
  EXPECT_EQ(Run("SAVE"), Error("ERR Command not allowed inside a transaction"));
}

TEST_F(PersistenceCommandsTest, ReloadKnowsThreeOptions) {
  EXPECT_EQ(Run("DEBUG", "RELOAD", "NOSAVE", "x"),
            Error("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options."));
}

}  // namespace
}  // namespace redstart
