#include "server/exec/command_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

constexpr CommandSpec kRows[] = {
    {.name = "GET", .arity = 2},       {.name = "GETRANGE", .arity = 4},
    {.name = "GETRANGEX", .arity = 4}, {.name = "CLIENT", .arity = -2, .flags = kContainer},
    {.name = "CLIENT ID", .arity = 2}, {.name = "CLIENT KILL", .arity = -3},
};

class CommandTableTest : public testing::Test {
 protected:
  std::string_view NameOf(const CommandRow* row) { return row == nullptr ? "" : row->spec->name; }
  std::string_view Resolve(std::vector<std::string_view> words) {
    return NameOf(table_.Resolve(words));
  }

  const std::vector<absl::Span<const CommandSpec>> families_ = {kRows};
  CommandTable table_{families_};
};

TEST_F(CommandTableTest, NamesAreFoundInWhateverCase) {
  EXPECT_EQ(NameOf(table_.Find("get")), "GET");
  EXPECT_EQ(NameOf(table_.Find("GetRange")), "GETRANGE");
  EXPECT_EQ(NameOf(table_.Find("getrangex")), "GETRANGEX") << "the same eight letters";
}

TEST_F(CommandTableTest, WhatIsNoCommandIsNotFound) {
  for (const char* name : {"", "GE", "GETT", "GETRANGEY", "CLIENT ID", "ID", "g%t"}) {
    EXPECT_EQ(table_.Find(name), nullptr) << name;
  }
  EXPECT_EQ(table_.Find(std::string_view("GET\0", 4)), nullptr);
}

TEST_F(CommandTableTest, RequestsResolveToASubcommandIfThereIsOne) {
  EXPECT_EQ(Resolve({"client", "kill", "x"}), "CLIENT KILL");
  EXPECT_EQ(Resolve({"client", "nonsense"}), "CLIENT");
  EXPECT_EQ(Resolve({"client"}), "CLIENT");
  EXPECT_EQ(Resolve({"get", "id"}), "GET");
  EXPECT_EQ(Resolve({"nonsense", "id"}), "");
}

TEST_F(CommandTableTest, FullNamesHaveABar) {
  EXPECT_EQ(NameOf(table_.FindFullName("Client|Kill")), "CLIENT KILL");
  EXPECT_EQ(NameOf(table_.FindFullName("get")), "GET");
  EXPECT_EQ(table_.FindFullName("client kill"), nullptr);
}

TEST_F(CommandTableTest, RenamedCommandsAreKnownByTheirNewNamesOnly) {
  const RenamedCommand renames[] = {
      {"get", "Fetch", ""}, {"fetch", "x.1", ""}, {"GETRANGE", "", ""}, {"client", "peer", ""}};
  ASSERT_TRUE(CheckRenames(families_, renames).ok());
  const CommandTable renamed(families_, renames);
  EXPECT_EQ(renamed.Find("get"), nullptr);
  EXPECT_EQ(renamed.Find("fetch"), nullptr);
  EXPECT_EQ(renamed.Find("getrange"), nullptr);
  EXPECT_EQ(NameOf(renamed.Find("X.1")), "GET");
  EXPECT_EQ(renamed.Find("x.1")->full_name, "get");
  const std::vector<std::string_view> request = {"PEER", "kill"};
  EXPECT_EQ(NameOf(renamed.Resolve(request)), "CLIENT KILL");
  EXPECT_EQ(NameOf(renamed.FindFullName("peer|id")), "CLIENT ID");
  EXPECT_EQ(renamed.FindFullName("client|id"), nullptr);
}

TEST_F(CommandTableTest, RenamesThatMakeNoSenseAreRefused) {
  const RenamedCommand absent[] = {{"nonsense", "x", "at line 3 of a.conf"}};
  EXPECT_EQ(CheckRenames(families_, absent).message(),
            "rename-command at line 3 of a.conf: there is no command 'nonsense'");
  const RenamedCommand taken[] = {{"get", "Client", "at line 1 of b.conf"}};
  EXPECT_EQ(CheckRenames(families_, taken).message(),
            "rename-command at line 1 of b.conf: there is already a command 'Client'");
}

TEST_F(CommandTableTest, SubcommandsKnowTheirParent) {
  const CommandRow* parent = table_.Find("client");
  ASSERT_EQ(parent->subcommands.size(), 2u);
  EXPECT_EQ(parent->subcommands[1]->full_name, "client|kill");
  EXPECT_EQ(parent->subcommands[1]->parent, parent);
  EXPECT_EQ(table_.size(), 6u);
  for (size_t i = 0; i < table_.size(); ++i) EXPECT_EQ(table_.rows()[i].index, i);
}

}  // namespace
}  // namespace redstart
