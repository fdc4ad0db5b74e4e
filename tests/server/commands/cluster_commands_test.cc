#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ClusterCommandsTest = CommandTest;

TEST_F(ClusterCommandsTest, ThereIsNoCluster) {
  const RespValue disabled = Error("ERR This instance has cluster support disabled");
  EXPECT_EQ(Run("CLUSTER", "INFO"), disabled);
  EXPECT_EQ(Run("CLUSTER", "SLOTS"), disabled);
  EXPECT_EQ(Run("CLUSTER", "KEYSLOT", "k"), disabled);
  EXPECT_EQ(Run("READONLY"), disabled);
  EXPECT_EQ(Run("ASKING"), disabled);
  EXPECT_EQ(Run("CLUSTER", "NONSENSE"),
            Error("ERR unknown subcommand 'NONSENSE'. Try CLUSTER HELP."));
}

}  // namespace
}  // namespace redstart
