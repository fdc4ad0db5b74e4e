#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using LatencyCommandsTest = CommandTest;

TEST_F(LatencyCommandsTest, SpikesAreToldByKindAndTime) {
  LatencyMonitor& monitor = *services_.latency_monitor;
  monitor.Add("command", 30, 100);
  monitor.Add("command", 20, 101);
  monitor.Add("expire-cycle", 5, 102);
  EXPECT_EQ(RunRaw({"LATENCY", "HISTORY", "command"}),
            "*2\r\n*2\r\n:100\r\n:30\r\n*2\r\n:101\r\n:20\r\n");
  EXPECT_EQ(RunRaw({"LATENCY", "HISTORY", "nothing"}), "*0\r\n");
  EXPECT_EQ(RunRaw({"LATENCY", "LATEST"}),
            "*2\r\n*4\r\n$7\r\ncommand\r\n:101\r\n:20\r\n:30\r\n"
            "*4\r\n$12\r\nexpire-cycle\r\n:102\r\n:5\r\n:5\r\n");
  EXPECT_EQ(Run("LATENCY", "RESET", "nothing", "COMMAND"), Int(1));
  EXPECT_EQ(Run("LATENCY", "RESET"), Int(1));
  EXPECT_EQ(RunRaw({"LATENCY", "LATEST"}), "*0\r\n");
}

TEST_F(LatencyCommandsTest, GraphAndDoctorAreTexts) {
  EXPECT_EQ(Run("LATENCY", "GRAPH", "command"),
            Error("ERR No samples available for event 'command'"));
  EXPECT_THAT(Run("LATENCY", "DOCTOR").text(), HasSubstr("CONFIG SET latency-monitor-threshold"));
  services_.latency_monitor->Add("command", 30, NowMs() / 1000);
  EXPECT_THAT(Run("LATENCY", "GRAPH", "command").text(),
              HasSubstr("command - high 30 ms, low 30 ms (all time high 30 ms)\n"));
  EXPECT_THAT(Run("LATENCY", "DOCTOR").text(), HasSubstr("1. command: 1 latency spikes"));
}

TEST_F(LatencyCommandsTest, HistogramsCountCalls) {
  Run("SET", "a", "1");
  Run("SET", "b", "1");
  Run("CLIENT", "ID");
  const RespValue reply = Run("LATENCY", "HISTOGRAM", "set", "nothing", "get", "client");
  ASSERT_EQ(reply.size(), 4u);
  EXPECT_EQ(reply[0], Bulk("set"));
  EXPECT_EQ(reply[1][1], Int(2));
  EXPECT_EQ(reply[1][3][reply[1][3].size() - 1], Int(2));
  EXPECT_EQ(reply[2], Bulk("client|id"));
  Run("CONFIG", "RESETSTAT");
  const RespValue all = Run("LATENCY", "HISTOGRAM");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0], Bulk("config|resetstat"));
}

TEST_F(LatencyCommandsTest, HistogramsStandStillWhileTrackingIsOff) {
  Run("CONFIG", "SET", "latency-tracking", "no");
  Run("SET", "a", "1");
  EXPECT_EQ(Run("LATENCY", "HISTOGRAM", "set").size(), 0u);
  EXPECT_EQ(Run("INFO", "latencystats"), Bulk("# Latencystats\r\n"));
}

TEST_F(LatencyCommandsTest, InfoTellsPercentiles) {
  Run("CONFIG", "SET", "latency-tracking-info-percentiles", "50 99.9 100");
  Run("SET", "a", "1");
  EXPECT_THAT(Run("INFO", "latencystats").text(),
              testing::ContainsRegex("latency_percentiles_usec_set:p50=[0-9]+\\.[0-9]{3},"
                                     "p99.9=[0-9.]+,p100=[0-9.]+\r\n"));
}

}  // namespace
}  // namespace redstart
