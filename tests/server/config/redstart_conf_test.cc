// conf/redstart.conf against the option table: all of it is there, it is true, and it starts.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "server/config/config_file.h"
#include "server/config/options.h"

namespace redstart {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string ConfPath() {
  return REDSTART_SOURCE_DIR "/conf/redstart.conf";
}

std::string FirstWord(std::string_view line) {
  return std::string(line.substr(0, line.find(' ')));
}

// For each option, the comment above its line, as one line of text. A line "# name value" whose
// name is an option counts as an option that is commented out.
std::map<std::string, std::string> CommentsByOption() {
  std::map<std::string, std::string> comments;
  std::string comment;
  std::ifstream file(ConfPath());
  for (std::string line; std::getline(file, line);) {
    if (line.empty()) {
      comment.clear();
      continue;
    }
    const bool commented = line.starts_with("# ");
    const std::string name = FirstWord(commented ? std::string_view(line).substr(2) : line);
    if (FindOption(name) != nullptr && (!commented || name == "io-threads")) {
      comments[name] = comment;
    } else if (commented) {
      if (!comment.empty()) comment += ' ';
      comment += line.substr(2);
    }
  }
  return comments;
}

TEST(RedstartConfTest, LoadingItGivesExactlyTheDefaults) {
  ConfigLoader loader;
  const absl::Status status = loader.AddFile(ConfPath());
  ASSERT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(loader.config(), DefaultConfig());
}

TEST(RedstartConfTest, EveryOptionIsDocumented) {
  const auto comments = CommentsByOption();
  for (const Option* option : AllOptions()) {
    const auto found = comments.find(std::string(option->name));
    ASSERT_NE(found, comments.end()) << option->name;
    EXPECT_FALSE(found->second.empty()) << option->name;
    if (!option->alias.empty()) {
      EXPECT_THAT(found->second, HasSubstr(std::string(option->alias))) << option->name;
    }
  }
  EXPECT_EQ(comments.size(), AllOptions().size());
}

TEST(RedstartConfTest, WhatIsNotSupportedIsSaidWithTheTablesReason) {
  const auto comments = CommentsByOption();
  for (const Option* option : AllOptions()) {
    const std::string& comment = comments.at(std::string(option->name));
    const std::string why(option->why);
    switch (option->support) {
      case Support::kReal:
        EXPECT_THAT(comment, Not(HasSubstr("No effect: "))) << option->name;
        EXPECT_THAT(comment, Not(HasSubstr("Refused: "))) << option->name;
        break;
      case Support::kNoEffect:
        EXPECT_THAT(comment, HasSubstr("No effect: " + why + ".")) << option->name;
        break;
      case Support::kRefused:
        EXPECT_THAT(comment, HasSubstr("Refused: " + why + ".")) << option->name;
        break;
    }
  }
}

}  // namespace
}  // namespace redstart
