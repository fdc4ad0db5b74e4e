#include "server/commands/latency_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

LatencyMonitor::Series SomeSpikes() {
  return {.spikes = {{100, 10}, {160, 30}, {190, 20}}, .worst_ms = 99};
}

TEST(LatencyReportTest, TheGraphHasAgesBelowIt) {
  EXPECT_EQ(DrawLatencyGraph("command", SomeSpikes(), 200),
            "command - high 30 ms, low 10 ms (all time high 99 ms)\n" + std::string(80, '-') +
                "\n"
                " # \n"
                " |_\n"
                " ||\n"
                "_||\n"
                "   \n"
                "141\n"
                "m00\n"
                " ss\n");
}

TEST(LatencyReportTest, TheDiagnosisHasFiguresAndAdvice) {
  Config config;
  config.latency_monitor_threshold = 5;
  const std::string report = DiagnoseLatency({{"command", SomeSpikes()}}, config, 200);
  EXPECT_THAT(report, HasSubstr("1. command: 3 latency spikes (average 20ms, mean deviation 6ms, "
                                "period 33.33 sec). Worst all time event 99ms."));
  EXPECT_THAT(report, HasSubstr("slowlog-log-slower-than 5000"));
  config.slowlog_log_slower_than = -1;
  EXPECT_THAT(DiagnoseLatency({{"command", SomeSpikes()}}, config, 200),
              HasSubstr("The slow log is off."));
  EXPECT_THAT(DiagnoseLatency({{"other", SomeSpikes()}}, config, 200),
              Not(HasSubstr("What may help")));
  EXPECT_THAT(DiagnoseLatency({}, config, 200), HasSubstr("All is well."));
  EXPECT_THAT(DiagnoseLatency({}, Config(), 200), HasSubstr("not monitored"));
}

}  // namespace
}  // namespace redstart
