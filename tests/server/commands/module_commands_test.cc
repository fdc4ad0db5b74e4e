#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class ModuleCommandsTest : public CommandTest {
 protected:
  static Config WithModules() {
    Config config = DefaultConfig();
    config.enable_module_command = ProtectedAction::kYes;
    return config;
  }
  explicit ModuleCommandsTest(Config config = DefaultConfig()) : CommandTest(std::move(config)) {}
};

struct EnabledModuleCommandsTest : ModuleCommandsTest {
  EnabledModuleCommandsTest() : ModuleCommandsTest(WithModules()) {}
};

TEST_F(ModuleCommandsTest, AreOffUnlessAnOptionAllowsThem) {
  EXPECT_EQ(RunRaw({"MODULE", "LIST"}), "*0\r\n");
  EXPECT_EQ(Run("MODULE", "LOAD", "/x.so").text().substr(0, 75),
            "ERR MODULE command not allowed. If the enable-module-command option is set ");
}

TEST_F(EnabledModuleCommandsTest, LoadNothing) {
  EXPECT_EQ(Run("MODULE", "LOAD", "/x.so"),
            Error("ERR Error loading the extension. Please check the server logs."));
  EXPECT_EQ(Run("MODULE", "UNLOAD", "x"),
            Error("ERR Error unloading module: no such module with that name"));
}

TEST_F(ModuleCommandsTest, TheOnlyUserIsTheDefaultOne) {
  EXPECT_EQ(Run("ACL", "WHOAMI"), Bulk("default"));
}

}  // namespace
}  // namespace redstart
