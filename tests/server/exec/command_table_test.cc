#include "server/exec/command_table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <string>
#include <vector>

#include "server/commands/command_families.h"

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

TEST_F(CommandTableTest, SubcommandsKnowTheirParent) {
  const CommandRow* parent = table_.Find("client");
  ASSERT_EQ(parent->subcommands.size(), 2u);
  EXPECT_EQ(parent->subcommands[1]->full_name, "client|kill");
  EXPECT_EQ(parent->subcommands[1]->parent, parent);
  EXPECT_EQ(table_.size(), 6u);
  for (size_t i = 0; i < table_.size(); ++i) EXPECT_EQ(table_.rows()[i].index, i);
}

// --- The rows of the server.

// How many words a syntax asks for at least: of a choice <a | b> the shortest, nothing of [...].
class Syntax {
 public:
  explicit Syntax(std::string_view text) : text_(text) {}

  int MinWords() { return Sequence('\0'); }

 private:
  int Sequence(char end) {
    int shortest = -1;
    int words = 0;
    while (at_ < text_.size() && text_[at_] != end) {
      const char c = text_[at_++];
      if (c == ' ') continue;
      if (c == '|') {
        shortest = shortest < 0 ? words : std::min(shortest, words);
        words = 0;
      } else if (c == '[') {
        Sequence(']');
      } else if (c == '<') {
        words += Sequence('>');
      } else {
        while (at_ < text_.size() &&
               std::string_view(" |[]<>").find(text_[at_]) == std::string::npos)
          ++at_;
        ++words;
      }
    }
    ++at_;
    return shortest < 0 ? words : std::min(shortest, words);
  }

  std::string_view text_;
  size_t at_ = 0;
};

class ServerRowsTest : public testing::Test {
 protected:
  const std::vector<CommandRows> families_ = AllCommandFamilies();
  const CommandTable table_{families_};
};

TEST_F(ServerRowsTest, NamesAreUniqueCapitalLetters) {
  std::set<std::string_view> names;
  for (const CommandRow& row : table_.rows()) {
    const std::string_view name = row.spec->name;
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_TRUE(std::none_of(name.begin(), name.end(), [](unsigned char c) {
      return std::islower(c) != 0;
    })) << name;
    EXPECT_EQ(table_.FindFullName(row.full_name), &row);
  }
}

TEST_F(ServerRowsTest, EveryRowSaysSinceWhenAndWhatFor) {
  for (const CommandRow& row : table_.rows()) {
    const CommandSpec& spec = *row.spec;
    EXPECT_FALSE(spec.since.empty()) << spec.name;
    EXPECT_FALSE(spec.summary.empty()) << spec.name;
    EXPECT_EQ(spec.run.kind == Handler::Kind::kAbsent, spec.Has(kContainer)) << spec.name;
  }
}

TEST_F(ServerRowsTest, ArityFitsTheSyntax) {
  for (const CommandRow& row : table_.rows()) {
    const CommandSpec& spec = *row.spec;
    if (spec.Has(kContainer)) {
      EXPECT_EQ(spec.arity, -2) << spec.name;
      continue;
    }
    const int words = (row.parent == nullptr ? 1 : 2) + Syntax(spec.args).MinWords();
    EXPECT_EQ(std::abs(spec.arity), words) << spec.name << ' ' << spec.args;
    const bool open = spec.args.find('[') != std::string::npos;
    if (open) {
      EXPECT_LT(spec.arity, 0) << spec.name;
    }
  }
}

TEST_F(ServerRowsTest, KeysStandInsideTheArity) {
  for (const CommandRow& row : table_.rows()) {
    const CommandSpec& spec = *row.spec;
    for (const KeySpec& keys : spec.keys) {
      if (keys.unknown || !keys.keyword.empty()) continue;
      EXPECT_LT(keys.index, std::abs(spec.arity)) << spec.name;
      EXPECT_GT(keys.step, 0) << spec.name;
    }
    const bool touches_keys =
        spec.run.kind == Handler::Kind::kRead || spec.run.kind == Handler::Kind::kWrite;
    if (touches_keys) {
      EXPECT_FALSE(spec.keys.empty()) << spec.name;
    }
  }
}

TEST_F(ServerRowsTest, WhatWritesIsNotReadOnly) {
  for (const CommandRow& row : table_.rows()) {
    const CommandSpec& spec = *row.spec;
    EXPECT_FALSE(spec.Has(kWrite) && spec.Has(kReadOnly)) << spec.name;
    if (spec.run.kind == Handler::Kind::kWrite) {
      EXPECT_TRUE(spec.Has(kWrite)) << spec.name;
    }
    if (spec.run.kind == Handler::Kind::kRead) {
      EXPECT_FALSE(spec.Has(kWrite)) << spec.name;
    }
  }
}

}  // namespace
}  // namespace redstart
