#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using TransactionCommandsTest = CommandTest;

TEST_F(TransactionCommandsTest, ExecRunsWhatWasQueuedAndRecordsItAsOneBlock) {
  EXPECT_EQ(Run("MULTI"), Ok());
  EXPECT_EQ(Run("SET", "a", "1"), RespValue::Simple("QUEUED"));
  EXPECT_EQ(Run("SET", "b", "2"), RespValue::Simple("QUEUED"));
  EXPECT_EQ(RunRaw({"EXEC"}), "*2\r\n+OK\r\n+OK\r\n");
  EXPECT_THAT(Effects(), ElementsAre("MULTI", "SELECT 0", "SET a 1", "SET b 2", "EXEC"));
  EXPECT_EQ(Run("EXEC"), Error("ERR EXEC without MULTI"));
}

TEST_F(TransactionCommandsTest, ExecOfOneChangeIsRecordedWithoutMulti) {
  Run("MULTI");
  Run("SET", "a", "1");
  Run("GET", "a");
  Run("EXEC");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "SET a 1"));
}

TEST_F(TransactionCommandsTest, ExecFailsWhenAWatchedKeyWasChangedByAnother) {
  const auto other = NewClient();
  EXPECT_EQ(Run("WATCH", "a"), Ok());
  EXPECT_EQ(other->Run("SET", "a", "x"), Ok());
  Run("MULTI");
  Run("SET", "a", "mine");
  EXPECT_EQ(RunRaw({"EXEC"}), "*-1\r\n");
  EXPECT_EQ(Run("GET", "a"), Bulk("x"));
  // The failed EXEC has forgotten the watch.
  Run("MULTI");
  Run("SET", "a", "mine");
  EXPECT_EQ(RunRaw({"EXEC"}), "*1\r\n+OK\r\n");
}

TEST_F(TransactionCommandsTest, ARefusedExecEndsTheTransaction) {
  Run("MULTI");
  Run("SET", "a", "1");
  EXPECT_EQ(Run("EXEC", "x"), Error("EXECABORT Transaction discarded because of: wrong number of "
                                    "arguments for 'exec' command"));
  EXPECT_EQ(Run("EXEC"), Error("ERR EXEC without MULTI"));
}

TEST_F(TransactionCommandsTest, AnErrorWhileQueueingAbortsExec) {
  Run("MULTI");
  EXPECT_EQ(Run("SET", "a"), Error("ERR wrong number of arguments for 'set' command"));
  EXPECT_EQ(Run("EXEC"), Error("EXECABORT Transaction discarded because of previous errors."));
  EXPECT_EQ(Run("GET", "a"), Nil());
}

}  // namespace
}  // namespace redstart
