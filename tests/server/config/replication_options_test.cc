#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(ReplicationOptionsTest, TheMasterIsAHostAndAPort) {
  const OptionProbe probe("replicaof", {"db.example", "6380"});
  EXPECT_EQ(probe.config.replicaof_host, "db.example");
  EXPECT_EQ(probe.config.replicaof_port, 6380);
  EXPECT_EQ(probe.text, "db.example 6380");
  EXPECT_EQ(OptionProbe("slaveof", {"NO", "ONE"}).text, "");
  EXPECT_EQ(OptionProbe("replicaof", {"db.example"}).error, "wrong number of arguments");
  EXPECT_EQ(OptionProbe("replicaof", {"db.example", "x"}).error, "Invalid master port");
  EXPECT_EQ(OptionProbe("replicaof", {"db.example", "65536"}).error, "Invalid master port");
}

TEST(ReplicationOptionsTest, ASmallBacklogIsRaised) {
  EXPECT_EQ(OptionProbe("repl-backlog-size", {"1"}).text, "16384");
  EXPECT_EQ(OptionProbe("repl-backlog-size", {"1mb"}).text, "1048576");
}

TEST(ReplicationOptionsTest, OldNamesStillWork) {
  for (const char* name :
       {"slave-serve-stale-data", "slave-read-only", "slave-lazy-flush", "slave-ignore-maxmemory",
        "slave-announce-ip", "slave-announce-port", "slave-priority", "repl-ping-slave-period",
        "min-slaves-to-write", "min-slaves-max-lag"}) {
    EXPECT_NE(FindOption(name), nullptr) << name;
  }
}

}  // namespace
}  // namespace redstart
