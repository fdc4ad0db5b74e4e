#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ServerCommandsTest = CommandTest;

TEST_F(ServerCommandsTest, TimeIsSecondsAndMicroseconds) {
  clock_.now_us = uint64_t{1'700'000'123} * 1'000'000 + 42;
  EXPECT_EQ(RunRaw({"TIME"}), "*2\r\n$10\r\n1700000123\r\n$2\r\n42\r\n");
}

TEST_F(ServerCommandsTest, ShutdownEndsTheServerWithoutAReply) {
  EXPECT_EQ(RunRaw({"SHUTDOWN", "NOSAVE"}), "");
  EXPECT_EQ(control_.shutdown_flags, kShutdownNoSave);
}

TEST_F(ServerCommandsTest, ShutdownHandsItsOptionsOn) {
  EXPECT_EQ(RunRaw({"SHUTDOWN"}), "");
  EXPECT_EQ(control_.shutdown_flags, kShutdownDefault);
  EXPECT_EQ(RunRaw({"SHUTDOWN", "now", "FORCE", "save"}), "");
  EXPECT_EQ(control_.shutdown_flags, kShutdownNow | kShutdownForce | kShutdownSave);
}

TEST_F(ServerCommandsTest, ShutdownSaysWhenSavingFailed) {
  control_.fails = true;
  EXPECT_EQ(Run("SHUTDOWN", "SAVE"), Error("ERR Errors trying to SHUTDOWN. Check logs."));
}

TEST_F(ServerCommandsTest, ShutdownRefusesWhatMakesNoSense) {
  EXPECT_EQ(Run("SHUTDOWN", "ABORT"), Error("ERR No shutdown in progress."));
  EXPECT_EQ(Run("SHUTDOWN", "SAVE", "NOSAVE"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SHUTDOWN", "NOW", "ABORT"), Error("ERR syntax error"));
  EXPECT_EQ(Run("SHUTDOWN", "x"), Error("ERR syntax error"));
  Run("MULTI");
  EXPECT_EQ(Run("SHUTDOWN", "NOSAVE"), Error("ERR Command not allowed inside a transaction"));
  EXPECT_EQ(control_.shutdown_flags, -1);
}

TEST_F(ServerCommandsTest, FunctionFlushTakesNothingButAMode) {
  EXPECT_EQ(Run("FUNCTION", "FLUSH"), Ok());
  EXPECT_EQ(Run("FUNCTION", "FLUSH", "async"), Ok());
  EXPECT_EQ(Run("FUNCTION", "FLUSH", "SYNC"), Ok());
  EXPECT_EQ(Run("FUNCTION", "FLUSH", "x"),
            Error("ERR FUNCTION FLUSH only supports SYNC|ASYNC option"));
  EXPECT_EQ(Run("FUNCTION", "flush", "SYNC", "x"),
            Error("ERR unknown subcommand or wrong number of arguments for 'flush'. Try FUNCTION "
                  "HELP."));
}

}  // namespace
}  // namespace redstart
