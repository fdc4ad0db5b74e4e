#include "server/config/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "server/config/command_line.h"

namespace redstart {
namespace {

using testing::HasSubstr;

std::string Error(const std::vector<std::string>& variables) {
  const auto options = ReadEnvironment(variables);
  return options.ok() ? "ok" : std::string(options.status().message());
}

absl::StatusOr<Config> Load(const std::vector<std::string>& variables,
                            const std::vector<std::string>& arguments = {}) {
  const auto environment = ReadEnvironment(variables);
  if (!environment.ok()) return environment.status();
  const auto command_line = ParseCommandLine(arguments);
  if (!command_line.ok()) return command_line.status();
  std::istringstream no_input;
  return LoadConfig(*command_line, *environment, no_input);
}

TEST(EnvironmentTest, AnyOptionMayComeFromAVariable) {
  const auto config = Load({"HOME=/root", "REDSTART_IO_THREADS=2", "REDSTART_BIND=127.0.0.1 ::1",
                            "REDSTART_REQUIREPASS=a b\"#"});
  ASSERT_TRUE(config.ok()) << config.status().message();
  EXPECT_EQ(config->io_threads, 2);
  EXPECT_THAT(config->bind, testing::ElementsAre("127.0.0.1", "::1"));
  EXPECT_EQ(config->requirepass, "a b\"#");
}

TEST(EnvironmentTest, ThePasswordMayStandInAFile) {
  EXPECT_EQ(Load({"REDSTART_PASSWORD=secret"})->requirepass, "secret");
  const std::string path = testing::TempDir() + "environment_test_password";
  std::ofstream(path) << "from the file\nnot this\n";
  EXPECT_EQ(Load({"REDSTART_PASSWORD_FILE=" + path})->requirepass, "from the file");
  EXPECT_EQ(
      Error({"REDSTART_PASSWORD_FILE=/no/such/file"}),
      "The environment variable REDSTART_PASSWORD_FILE: cannot read the file '/no/such/file'");
}

TEST(EnvironmentTest, AFileWithoutAPasswordIsRefused) {
  const std::string path = testing::TempDir() + "environment_test_empty";
  std::ofstream(path) << "\n";
  EXPECT_THAT(Error({"REDSTART_PASSWORD_FILE=" + path}), HasSubstr("begins without a password"));
}

TEST(EnvironmentTest, ItCountsMoreThanTheFileAndLessThanTheCommandLine) {
  const std::string path = testing::TempDir() + "environment_test.conf";
  std::ofstream(path) << "port 1\ntimeout 1\nprotected-mode no\n";
  const std::vector<std::string> variables = {"REDSTART_PORT=2", "REDSTART_TIMEOUT=2",
                                              "REDSTART_DEFAULT_PROTECTED_MODE=private",
                                              "REDSTART_DEFAULT_TCP_KEEPALIVE=7"};
  const auto config = Load(variables, {path, "--port", "3"});
  ASSERT_TRUE(config.ok()) << config.status().message();
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->timeout, 2);
  EXPECT_EQ(config->protected_mode, ProtectedMode::kNo) << "the file counts more than a default";
  EXPECT_EQ(config->tcp_keepalive, 7);
}

TEST(EnvironmentTest, AMisspeltOptionIsAnError) {
  EXPECT_THAT(Error({"REDSTART_PASWORD=x"}),
              HasSubstr("The environment variable REDSTART_PASWORD: there is no option 'pasword'"));
}

TEST(EnvironmentTest, WhatServiceDiscoverySetsIsIgnored) {
  EXPECT_EQ(Error({"REDSTART_PORT=tcp://10.0.0.1:6379", "REDSTART_PORT_6379_TCP_ADDR=10.0.0.1",
                   "REDSTART_SERVICE_HOST=10.0.0.1", "REDSTART_SERVICE_PORT_REDIS=6379",
                   "REDSTART_NAME=/app/redstart"}),
            "ok");
}

}  // namespace
}  // namespace redstart
