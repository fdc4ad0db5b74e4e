#include "server/config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "server/config/words.h"

namespace redstart {
namespace {

using testing::HasSubstr;

std::string Try(std::string_view name, const std::vector<std::string>& words) {
  Config config = DefaultConfig();
  const Option* option = FindOption(name);
  if (option == nullptr) return "no such option";
  const absl::Status status = SetOption(*option, words, config);
  return status.ok() ? "ok" : std::string(status.message());
}

TEST(OptionsTest, NamesAndAliasesAreUniqueAndLowerCase) {
  std::set<std::string_view> names;
  for (const Option* option : AllOptions()) {
    EXPECT_TRUE(names.insert(option->name).second) << option->name;
    EXPECT_EQ(LowerCase(option->name), option->name);
    if (option->alias.empty()) continue;
    EXPECT_TRUE(names.insert(option->alias).second) << option->alias;
    EXPECT_EQ(LowerCase(option->alias), option->alias);
  }
  EXPECT_EQ(AllOptions().size(), 183u + 3);  // those of Redis 7.2.6, and ours
}

TEST(OptionsTest, WhatIsNotRealSaysWhy) {
  for (const Option* option : AllOptions()) {
    EXPECT_EQ(option->why.empty(), option->support == Support::kReal) << option->name;
    EXPECT_FALSE(option->why.ends_with('.')) << option->name;
  }
}

// Whatever is printed can be read again and means the same.
TEST(OptionsTest, EveryDefaultSurvivesBeingPrintedAndRead) {
  const Config defaults = DefaultConfig();
  for (const Option* option : AllOptions()) {
    const std::string text = FormatOption(*option, defaults);
    std::vector<std::string> words = {text};
    if (option->Has(kMultiWord) && !text.empty()) words = *SplitWords(text);
    if (option->name == "replicaof") words = {"no", "one"};
    Config config = defaults;
    const absl::Status status = SetOption(*option, words, config);
    EXPECT_TRUE(status.ok()) << option->name << ": " << status.message();
    EXPECT_EQ(config, defaults) << option->name;
  }
}

// A value that is not the default reaches the field, and only that field, of every option.
TEST(OptionsTest, EveryOptionHasAFieldOfItsOwn) {
  const Config defaults = DefaultConfig();
  for (const Option* option : AllOptions()) {
    Config config = defaults;
    std::vector<std::string> words;
    if (std::holds_alternative<BoolValue>(option->value)) {
      words = {FormatOption(*option, defaults) == "yes" ? "no" : "yes"};
    } else if (std::holds_alternative<TextValue>(option->value)) {
      words = {"other"};
    } else if (const auto* number = std::get_if<NumberValue>(&option->value)) {
      const int64_t now = number->get(defaults);
      number->set(config, now == number->max ? now - 1 : now + 1);
      words = {FormatOption(*option, config)};
    } else if (const auto* choice = std::get_if<ChoiceValue>(&option->value)) {
      for (const Spelling& spelling : choice->spellings) {
        if (spelling.value != choice->get(defaults)) words = {std::string(spelling.text)};
      }
    } else {
      continue;  // special values have tests of their own
    }
    config = defaults;
    ASSERT_TRUE(ParseValue(option->value, words, config).ok()) << option->name;
    EXPECT_EQ(FormatOption(*option, config), words[0]) << option->name;
    for (const Option* other : AllOptions()) {
      if (other == option) continue;
      EXPECT_EQ(FormatOption(*other, config), FormatOption(*other, defaults)) << option->name;
    }
  }
}

TEST(OptionsTest, OptionsAreFoundByNameAndAliasInAnyCase) {
  EXPECT_EQ(FindOption("PORT")->name, "port");
  EXPECT_EQ(FindOption("slave-read-only")->name, "replica-read-only");
  EXPECT_EQ(FindOption("Lua-Time-Limit")->name, "busy-reply-threshold");
  EXPECT_EQ(FindOption("nosuch"), nullptr);
  EXPECT_EQ(FindOption(""), nullptr);
}

TEST(OptionsTest, TheNearestNameIsSuggestedIfItIsNear) {
  EXPECT_EQ(NearestOptionName("prot"), "port");
  EXPECT_EQ(NearestOptionName("max-memory"), "maxmemory");
  EXPECT_EQ(NearestOptionName("MAXCLIENT"), "maxclients");
  EXPECT_EQ(NearestOptionName("zzzzzzzzzzzz"), "");
  EXPECT_EQ(NearestOptionName(""), "");
}

TEST(OptionsTest, RefusedOptionsTakeTheirDefaultOnly) {
  EXPECT_EQ(Try("replicaof", {"no", "one"}), "ok");
  EXPECT_THAT(Try("slaveof", {"10.0.0.1", "6379"}),
              HasSubstr("'replicaof 10.0.0.1 6379' is refused"));
}

TEST(OptionsTest, AWrongValueIsReportedBeforeARefusal) {
  EXPECT_EQ(Try("appendonly", {"maybe"}), "argument must be 'yes' or 'no'");
}

TEST(OptionsTest, PasswordsStayOutOfErrors) {
  EXPECT_THAT(Try("tls-key-file-pass", {"secret"}), testing::Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace redstart
