#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using CommandCommandsTest = CommandTest;

TEST_F(CommandCommandsTest, InfoIsThatOfRedisByteForByte) {
  // What redis-server 7.2 answers to COMMAND INFO get.
  EXPECT_EQ(RunRaw({"COMMAND", "INFO", "get"}),
            "*1\r\n*10\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n"
            "*3\r\n+@read\r\n+@string\r\n+@fast\r\n*0\r\n"
            "*1\r\n*6\r\n$5\r\nflags\r\n*2\r\n+RO\r\n+access\r\n"
            "$12\r\nbegin_search\r\n*4\r\n$4\r\ntype\r\n$5\r\nindex\r\n$4\r\nspec\r\n"
            "*2\r\n$5\r\nindex\r\n:1\r\n"
            "$9\r\nfind_keys\r\n*4\r\n$4\r\ntype\r\n$5\r\nrange\r\n$4\r\nspec\r\n"
            "*6\r\n$7\r\nlastkey\r\n:0\r\n$7\r\nkeystep\r\n:1\r\n$5\r\nlimit\r\n:0\r\n*0\r\n");
}

TEST_F(CommandCommandsTest, SubcommandsAreKnownByTheirFullName) {
  const RespValue reply = Run("COMMAND", "INFO", "CLIENT|id", "client|nothing", "nothing");
  EXPECT_EQ(reply[0][0], Bulk("client|id"));
  EXPECT_EQ(reply[1], Nil());
  EXPECT_EQ(reply[2], Nil());
  // The container holds them, and is in no category but slow.
  const RespValue client = Run("COMMAND", "INFO", "client")[0];
  EXPECT_GT(client[9].size(), 10u);
  ASSERT_EQ(client[6].size(), 1u);
  EXPECT_EQ(client[6][0], RespValue::Simple("@slow"));
}

TEST_F(CommandCommandsTest, CommandInfoAndCountAgree) {
  const size_t count = Run("COMMAND").size();
  EXPECT_EQ(Run("COMMAND", "INFO").size(), count);
  EXPECT_EQ(Run("COMMAND", "COUNT"), Int(static_cast<int64_t>(count)));
  EXPECT_EQ(Run("COMMAND", "DOCS").size(), 2 * count);
}

TEST_F(CommandCommandsTest, UnlistedSubcommandsAreNotTold) {
  const RespValue names = Run("COMMAND", "LIST");
  for (const RespValue& name : names.items()) {
    EXPECT_FALSE(name.text().starts_with("debug|")) << name;
  }
  EXPECT_EQ(Run("COMMAND", "INFO", "debug|sleep")[0], Nil());
}

TEST_F(CommandCommandsTest, ListCanBeFiltered) {
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY", "PATTERN", "CLIENT|set*name")[0],
            Bulk("client|setname"));
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY", "MODULE", "x").size(), 0u);
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY", "ACLCAT", "transaction").size(), 5u);
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY", "ACLCAT", "x").size(), 0u);
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY", "X", "x"), Error("ERR syntax error"));
  EXPECT_EQ(Run("COMMAND", "LIST", "FILTERBY"), Error("ERR syntax error"));
}

TEST_F(CommandCommandsTest, GetKeysFindsThem) {
  EXPECT_EQ(RunRaw({"COMMAND", "GETKEYS", "watch", "a", "b"}), "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
  EXPECT_EQ(RunRaw({"COMMAND", "GETKEYSANDFLAGS", "get", "a"}),
            "*1\r\n*2\r\n$1\r\na\r\n*2\r\n+RO\r\n+access\r\n");
  EXPECT_EQ(Run("COMMAND", "GETKEYS", "nothing"), Error("ERR Invalid command specified"));
  EXPECT_EQ(Run("COMMAND", "GETKEYS", "client", "x"), Error("ERR Invalid command specified"));
  EXPECT_EQ(Run("COMMAND", "GETKEYS", "ping"), Error("ERR The command has no key arguments"));
  EXPECT_EQ(Run("COMMAND", "GETKEYS", "get"),
            Error("ERR Invalid number of arguments specified for command"));
}

TEST_F(CommandCommandsTest, DocsTellTheArgumentsOfTheSyntax) {
  const RespValue docs = Run("COMMAND", "DOCS", "get", "nothing");
  ASSERT_EQ(docs.size(), 2u);
  const RespValue& get = *docs.Find("get");
  EXPECT_EQ(*get.Find("since"), Bulk("1.0.0"));
  EXPECT_EQ(*get.Find("group"), Bulk("string"));
  const RespValue& key = (*get.Find("arguments"))[0];
  EXPECT_EQ(*key.Find("type"), Bulk("key"));
  EXPECT_EQ(*key.Find("key_spec_index"), Int(0));
  const RespValue client = Run("COMMAND", "DOCS", "client");
  EXPECT_NE(client.Find("client")->Find("subcommands")->Find("client|list"), nullptr);
}

TEST_F(CommandCommandsTest, UnknownSubcommandsAreRefusedBeforeTheyAreQueued) {
  EXPECT_EQ(Run("COMMAND", "X"), Error("ERR unknown subcommand 'X'. Try COMMAND HELP."));
  Run("MULTI");
  Run("COMMAND", "X");
  EXPECT_THAT(Run("EXEC").text(), HasSubstr("EXECABORT"));
}

}  // namespace
}  // namespace redstart
