#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kLibrary =
    "#!lua name=lib\n"
    "local calls = 0\n"
    "redis.register_function('put', function(keys, args) return redis.call('SET', keys[1], "
    "args[1]) end)\n"
    "redis.register_function{function_name='count', flags={'no-writes'}, description='Counts.',\n"
    "  callback=function() calls = calls + 1 return calls end}\n";

class FunctionCommandsTest : public CommandTest {};

TEST_F(FunctionCommandsTest, AFunctionGetsKeysAndArguments) {
  EXPECT_EQ(Run("FUNCTION", "LOAD", kLibrary), Bulk("lib"));
  EXPECT_EQ(Run("FCALL", "put", "1", "k", "v"), RespValue::Simple("OK"));
  EXPECT_EQ(Run("GET", "k"), Bulk("v"));
  EXPECT_EQ(Run("FCALL", "none", "0"), Error("ERR Function not found"));
  EXPECT_EQ(Run("FCALL", "put", "x"), Error("ERR Bad number of keys provided"));
}

TEST_F(FunctionCommandsTest, FunctionsKeepTheirState) {
  Run("FUNCTION", "LOAD", kLibrary);
  EXPECT_EQ(Run("FCALL", "count", "0"), Int(1));
  EXPECT_EQ(Run("FCALL_RO", "count", "0"), Int(2));
}

TEST_F(FunctionCommandsTest, AFunctionThatMayWriteIsNotForTheReadOnlyForm) {
  Run("FUNCTION", "LOAD", kLibrary);
  EXPECT_EQ(Run("FCALL_RO", "put", "1", "k", "v"),
            Error("ERR Can not execute a script with write flag using *_ro command."));
}

TEST_F(FunctionCommandsTest, ALibraryIsReplacedOnlyIfAsked) {
  Run("FUNCTION", "LOAD", kLibrary);
  EXPECT_EQ(Run("FUNCTION", "LOAD", kLibrary), Error("ERR Library 'lib' already exists"));
  EXPECT_EQ(Run("FUNCTION", "LOAD", "REPLACE", kLibrary), Bulk("lib"));
  EXPECT_EQ(Run("FUNCTION", "LOAD", "#!lua name=b\nredis.register_function('put', function() end)"),
            Error("ERR Function put already exists"));
  EXPECT_EQ(Run("FUNCTION", "DELETE", "lib"), Ok());
  EXPECT_EQ(Run("FUNCTION", "DELETE", "lib"), Error("ERR Library not found"));
}

TEST_F(FunctionCommandsTest, ALibraryMustSayWhatItIs) {
  EXPECT_EQ(Run("FUNCTION", "LOAD", "return 1"), Error("ERR Missing library metadata"));
  EXPECT_EQ(Run("FUNCTION", "LOAD", "#!lua\nreturn 1"), Error("ERR Library name was not given"));
  EXPECT_EQ(Run("FUNCTION", "LOAD", "#!tcl name=a\nreturn 1"), Error("ERR Engine 'tcl' not found"));
  EXPECT_EQ(Run("FUNCTION", "LOAD", "#!lua name=a\nreturn 1"),
            Error("ERR No functions registered"));
  EXPECT_THAT(Run("FUNCTION", "LOAD", "#!lua name=a\nreturn math.random()").text(),
              HasSubstr("attempted to access nonexistent global variable 'math'"));
  EXPECT_THAT(Run("FUNCTION", "LOAD", "#!lua name=a\nredis.call('PING')").text(),
              HasSubstr("attempted to access nonexistent global variable 'call'"));
  EXPECT_THAT(Run("FUNCTION", "LOAD", "#!lua name=a\nbad bad bad").text(),
              StartsWith("ERR Error compiling function: "));
}

TEST_F(FunctionCommandsTest, LibrariesGoThroughADump) {
  Run("FUNCTION", "LOAD", kLibrary);
  const std::string payload = Run("FUNCTION", "DUMP").text();
  EXPECT_EQ(Run("FUNCTION", "RESTORE", payload), Error("ERR Library lib already exists"));
  EXPECT_EQ(Run("FUNCTION", "RESTORE", payload, "REPLACE"), Ok());
  Run("FUNCTION", "FLUSH");
  EXPECT_EQ(Run("FCALL", "count", "0"), Error("ERR Function not found"));
  EXPECT_EQ(Run("FUNCTION", "RESTORE", payload), Ok());
  EXPECT_EQ(Run("FCALL", "count", "0"), Int(1));
  EXPECT_EQ(Run("FUNCTION", "RESTORE", "damaged"),
            Error("ERR DUMP payload version or checksum are wrong"));
}

TEST_F(FunctionCommandsTest, ListTellsAboutFunctions) {
  Run("FUNCTION", "LOAD", kLibrary);
  EXPECT_THAT(Run("FUNCTION", "LIST").DebugString(), HasSubstr("Counts."));
  EXPECT_EQ(Run("FUNCTION", "LIST", "LIBRARYNAME", "x*").size(), 0u);
  EXPECT_THAT(Run("FUNCTION", "LIST", "WITHCODE", "LIBRARYNAME", "L*").DebugString(),
              HasSubstr("register_function"));
}

TEST_F(FunctionCommandsTest, LoadingIsRepeatedElsewhere) {
  Run("FUNCTION", "FLUSH");
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "FUNCTION FLUSH"));
}

}  // namespace
}  // namespace redstart
