#include "server/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace redstart {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

class LogTest : public testing::Test {
 protected:
  LogTest()
      : path_(testing::TempDir() + "log_" +
              testing::UnitTest::GetInstance()->current_test_info()->name()) {
    std::filesystem::remove(path_);
    EXPECT_TRUE(logging::Open(path_).ok());
    logging::SetLevel(LogLevel::kNotice);
  }
  ~LogTest() override {
    EXPECT_TRUE(logging::Open("").ok());
    std::filesystem::remove(path_);
  }

  static std::vector<std::string> Lines(const std::string& path) {
    std::vector<std::string> lines;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    return lines;
  }

  const std::string path_;
};

TEST_F(LogTest, LinesLookLikeThoseOfRedis) {
  logging::Notice("Ready to accept connections {}", "tcp");
  const auto lines = Lines(path_);
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_THAT(lines[0], MatchesRegex("[0-9]+:M [0-9][0-9] [A-Z][a-z][a-z] [0-9]{4} "
                                     "[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3} \\* "
                                     "Ready to accept connections tcp"));
  EXPECT_THAT(lines[0], testing::StartsWith(std::to_string(getpid()) + ":M "));
}

TEST_F(LogTest, EachLevelHasItsCharacter) {
  logging::SetLevel(LogLevel::kDebug);
  logging::Debug("a");
  logging::Verbose("b");
  logging::Notice("c");
  logging::Warning("d");
  const auto lines = Lines(path_);
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_THAT(lines[0], HasSubstr(" . a"));
  EXPECT_THAT(lines[1], HasSubstr(" - b"));
  EXPECT_THAT(lines[2], HasSubstr(" * c"));
  EXPECT_THAT(lines[3], HasSubstr(" # d"));
}

TEST_F(LogTest, LowerLevelsAreLeftOut) {
  logging::Verbose("no");
  logging::SetLevel(LogLevel::kWarning);
  logging::Notice("no");
  logging::Warning("yes");
  logging::SetLevel(LogLevel::kNothing);
  logging::Warning("no");
  EXPECT_FALSE(logging::Enabled(LogLevel::kWarning));
  EXPECT_THAT(Lines(path_), SizeIs(1));
}

TEST_F(LogTest, TheRoleIsShown) {
  logging::SetRole('S');
  logging::Notice("x");
  logging::SetRole('M');
  EXPECT_THAT(Lines(path_)[0], HasSubstr(":S "));
}

TEST_F(LogTest, TextIsNotTakenForAFormat) {
  logging::Write(LogLevel::kNotice, "100% {} %v");
  EXPECT_THAT(Lines(path_)[0], HasSubstr(" * 100% {} %v"));
}

TEST_F(LogTest, ARenamedFileIsBegunAnew) {
  logging::Notice("first");
  const std::string old = path_ + ".1";
  std::filesystem::rename(path_, old);
  logging::Notice("second");
  EXPECT_THAT(Lines(old), SizeIs(1));
  ASSERT_THAT(Lines(path_), SizeIs(1));
  EXPECT_THAT(Lines(path_)[0], HasSubstr("second"));
  std::filesystem::remove(old);
}

TEST_F(LogTest, AnExistingFileIsAppendedTo) {
  logging::Notice("first");
  EXPECT_TRUE(logging::Open("").ok());
  EXPECT_TRUE(logging::Open(path_).ok());
  logging::Notice("second");
  EXPECT_THAT(Lines(path_), SizeIs(2));
}

TEST_F(LogTest, AFileThatCannotBeOpenedLeavesTheLogAsItWas) {
  const absl::Status status = logging::Open("/no/such/folder/log");
  EXPECT_EQ(std::string(status.message()), "Can't open the log file: No such file or directory");
  logging::Notice("still here");
  EXPECT_THAT(Lines(path_), SizeIs(1));
}

TEST_F(LogTest, LinesOfManyThreadsDoNotMix) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 200; ++i)
        logging::Notice("{}", std::string(100, static_cast<char>('a' + t)));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto lines = Lines(path_);
  EXPECT_THAT(lines, SizeIs(800));
  for (const std::string& line : lines) {
    EXPECT_THAT(line, testing::EndsWith(std::string(100, line.back())));
  }
}

}  // namespace
}  // namespace redstart
