#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ReplicationCommandsTest = CommandTest;

TEST_F(ReplicationCommandsTest, ItIsAlwaysAMaster) {
  EXPECT_EQ(RunRaw({"ROLE"}), "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n");
  EXPECT_EQ(Run("REPLICAOF", "no", "ONE"), Ok());
  EXPECT_EQ(Run("SLAVEOF", "NO", "one"), Ok());
}

TEST_F(ReplicationCommandsTest, ItRefusesToBecomeAReplica) {
  EXPECT_EQ(Run("REPLICAOF", "127.0.0.1", "x"), Error("ERR Invalid master port"));
  EXPECT_EQ(Run("REPLICAOF", "127.0.0.1", "70000"), Error("ERR Invalid master port"));
  EXPECT_EQ(Run("SLAVEOF", "127.0.0.1", "7000").text().substr(0, 15), "ERR replication");
}

TEST_F(ReplicationCommandsTest, ThereIsNobodyToFailOverTo) {
  EXPECT_EQ(Run("FAILOVER"), Error("ERR FAILOVER requires connected replicas."));
  EXPECT_EQ(Run("FAILOVER", "ABORT"), Error("ERR No failover in progress."));
  EXPECT_EQ(Run("FAILOVER", "TIMEOUT", "0"), Error("ERR FAILOVER timeout must be greater than 0"));
  EXPECT_EQ(Run("FAILOVER", "TO", "host"), Error("ERR syntax error"));
  EXPECT_EQ(Run("FAILOVER", "TO", "host", "x"),
            Error("ERR value is not an integer or out of range"));
}

}  // namespace
}  // namespace redstart
