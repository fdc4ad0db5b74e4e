#include "server/observe/latency_monitor.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(LatencyMonitorTest, KeepsTheWorstOfEachSecond) {
  LatencyMonitor monitor;
  monitor.Add("command", 10, 100);
  monitor.Add("command", 30, 100);
  monitor.Add("command", 20, 100);
  monitor.Add("command", 5, 101);
  const auto series = monitor.Find("command");
  ASSERT_TRUE(series.has_value());
  ASSERT_EQ(series->spikes.size(), 2u);
  EXPECT_EQ(series->spikes[0].milliseconds, 30u);
  EXPECT_EQ(series->spikes[1].unix_seconds, 101u);
  EXPECT_EQ(series->worst_ms, 30u);
  EXPECT_FALSE(monitor.Find("fork").has_value());
}

TEST(LatencyMonitorTest, ForgetsTheOldestSecondsButNotTheWorst) {
  LatencyMonitor monitor;
  monitor.Add("command", 1000, 1);
  for (uint64_t second = 2; second < 2 + LatencyMonitor::kMaxSpikes; ++second) {
    monitor.Add("command", 1, second);
  }
  const auto series = monitor.Find("command");
  EXPECT_EQ(series->spikes.size(), LatencyMonitor::kMaxSpikes);
  EXPECT_EQ(series->spikes.front().unix_seconds, 2u);
  EXPECT_EQ(series->worst_ms, 1000u);
}

TEST(LatencyMonitorTest, ResetForgetsOneKindOrAll) {
  LatencyMonitor monitor;
  for (const char* event : {"a", "b", "c"}) monitor.Add(event, 1, 1);
  EXPECT_EQ(monitor.Reset("B"), 1u);
  EXPECT_EQ(monitor.Reset("b"), 0u);
  EXPECT_EQ(monitor.All().size(), 2u);
  EXPECT_EQ(monitor.ResetAll(), 2u);
  EXPECT_TRUE(monitor.All().empty());
}

}  // namespace
}  // namespace redstart
