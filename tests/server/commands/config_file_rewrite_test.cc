#include "server/commands/config_file_rewrite.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/server/persistence/temporary_folder.h"

namespace redstart {
namespace {

class ConfigFileRewriteTest : public testing::Test {
 protected:
  std::string Read() {
    std::ifstream file(path_);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  TemporaryFolder folder_;
  const std::string path_ = folder_.path() + "/my.conf";
  Config config_ = DefaultConfig();
};

TEST_F(ConfigFileRewriteTest, ReplacesTheFileAndKeepsItsPermissions) {
  std::ofstream(path_) << "# mine\ntimeout 1\n";
  ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
  config_.timeout = 5;
  ASSERT_TRUE(RewriteConfigFile(path_, config_, RewriteScope::kWhatDiffers).ok());
  EXPECT_TRUE(Read().starts_with("# mine\ntimeout 5\n")) << Read();
  struct stat facts = {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1)
      << "a temporary file is left";
}

TEST_F(ConfigFileRewriteTest, AFileThatHasGoneIsWrittenAnew) {
  config_.timeout = 5;
  ASSERT_TRUE(RewriteConfigFile(path_, config_, RewriteScope::kWhatDiffers).ok());
  EXPECT_NE(Read().find("timeout 5\n"), std::string::npos);
}

TEST_F(ConfigFileRewriteTest, AFailureSaysWhyAndLeavesNothingBehind) {
  const absl::Status status =
      RewriteConfigFile(folder_.path() + "/gone/my.conf", config_, RewriteScope::kWhatDiffers);
  EXPECT_EQ(status.message(), "No such file or directory");
}

}  // namespace
}  // namespace redstart
