#include "server/config/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

absl::StatusOr<Config> Load(const std::vector<std::string>& arguments,
                            const std::string& input = "") {
  const absl::StatusOr<CommandLine> command_line = ParseCommandLine(arguments);
  if (!command_line.ok()) return command_line.status();
  std::istringstream stream(input);
  return LoadConfig(*command_line, {}, stream);
}

std::string Error(const std::vector<std::string>& arguments) {
  const absl::StatusOr<Config> config = Load(arguments);
  return config.ok() ? "ok" : std::string(config.status().message());
}

TEST(CommandLineTest, NothingMeansTheDefaults) {
  EXPECT_EQ(*Load({}), DefaultConfig());
}

TEST(CommandLineTest, OptionsFollowTheirNames) {
  const auto config =
      Load({"--port", "7000", "--bind", "127.0.0.1", "::1", "--requirepass", "a b"});
  ASSERT_TRUE(config.ok()) << config.status().message();
  EXPECT_EQ(config->port, 7000);
  EXPECT_THAT(config->bind, ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(config->requirepass, "a b");
}

TEST(CommandLineTest, NameAndValueMayBeOneArgument) {
  EXPECT_EQ(Load({"--port 7000", "--timeout", "5"})->port, 7000);
  EXPECT_EQ(Load({"--port 7000", "--timeout", "5"})->timeout, 5);
  EXPECT_THAT(Load({"--bind", "127.0.0.1 ::1"})->bind, ElementsAre("127.0.0.1", "::1"));
}

TEST(CommandLineTest, AValueMayBeginWithDashes) {
  EXPECT_EQ(Load({"--requirepass", "--secret", "--port", "7000"})->requirepass, "--secret");
  EXPECT_THAT(Error({"--port", "--timeout", "5"}), HasSubstr("wrong number of arguments"));
}

TEST(CommandLineTest, SaveMayStandAlone) {
  EXPECT_EQ(Error({"--save", ""}), "ok");
  EXPECT_EQ(Error({"--save"}), "ok");
  EXPECT_EQ(Load({"--save", "--port", "7000"})->port, 7000);
}

TEST(CommandLineTest, OptionsCountMoreThanInputAndInputMoreThanTheFile) {
  const std::string path = testing::TempDir() + "command_line_test.conf";
  std::ofstream(path) << "port 1\ntimeout 1\ndatabases 1\n";
  const auto config = Load({path, "--port", "3", "-"}, "port 2\ntimeout 2\n");
  ASSERT_TRUE(config.ok()) << config.status().message();
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->timeout, 2);
  EXPECT_EQ(config->databases, 1);
}

TEST(CommandLineTest, ADashReadsStandardInputOnlyAtTheEdges) {
  EXPECT_EQ(Load({"-"}, "port 7000\n")->port, 7000);
  EXPECT_EQ(Load({"-", "--timeout", "5"}, "port 7000\n")->port, 7000);
  EXPECT_FALSE(
      ParseCommandLine(std::vector<std::string>{"--logfile", "-", "--port", "1"})->read_stdin);
}

TEST(CommandLineTest, ErrorsSayThatTheCommandLineIsMeant) {
  EXPECT_EQ(Error({"--timeout", "5", "--port", "x"}),
            "*** FATAL CONFIG FILE ERROR (Redstart " REDSTART_VERSION
            ") ***\n"
            "Reading the configuration file, at line 2 of the command line\n"
            ">>> 'port \"x\"'\n"
            "argument couldn't be parsed into an integer");
  EXPECT_THAT(Error({"--prot", "7000"}), HasSubstr("Did you mean 'port'?"));
  EXPECT_THAT(Error({"--port=7000"}), HasSubstr("Write 'port' and its value apart"));
}

TEST(CommandLineTest, SentinelModeIsRefused) {
  EXPECT_THAT(Error({"--sentinel"}), HasSubstr("there is no Sentinel mode"));
  EXPECT_THAT(Error({"--sentinel", "--port", "26379"}), HasSubstr("there is no Sentinel mode"));
}

TEST(CommandLineTest, HelpAndVersionComeFirst) {
  using Action = CommandLine::Action;
  const auto action = [](const std::string& argument) {
    return ParseCommandLine(std::vector<std::string>{argument})->action;
  };
  EXPECT_EQ(action("-v"), Action::kPrintVersion);
  EXPECT_EQ(action("--version"), Action::kPrintVersion);
  EXPECT_EQ(action("-h"), Action::kPrintUsage);
  EXPECT_EQ(action("--help"), Action::kPrintUsage);
  EXPECT_THAT(UsageText(), HasSubstr("Usage: "));
  EXPECT_THAT(VersionText(), HasSubstr("v=" REDSTART_VERSION));
}

TEST(CommandLineTest, ChecksThatAreNotThereAreRefused) {
  EXPECT_THAT(Error({"--test-memory", "100"}), HasSubstr("no memory test"));
  EXPECT_THAT(Error({"--check-system"}), HasSubstr("no check"));
}

TEST(CommandLineTest, AMissingFileIsNamed) {
  EXPECT_EQ(Error({"/no/such.conf"}),
            "Fatal error, can't open config file '/no/such.conf': No such file or directory");
}

}  // namespace
}  // namespace redstart
