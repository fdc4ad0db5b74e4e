#include "server/commands/latency_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/observe/spark_line.h"

namespace redstart {
namespace {

constexpr size_t kColumns = 80;
constexpr int kRows = 4;

uint64_t Since(uint64_t then, uint64_t now) {
  return now > then ? now - then : 0;
}

// "5s", "3m", "2h", "9d".
std::string Age(uint64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 86'400) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86'400);
}

// The spikes of one kind of event in figures.
struct Summary {
  uint64_t mean_ms = 0;
  uint64_t mean_deviation_ms = 0;
  double seconds_between = 0;
};

Summary Summarize(const LatencyMonitor::Series& series, uint64_t now_s) {
  const uint64_t count = series.spikes.size();
  Summary summary;
  for (const auto& spike : series.spikes) summary.mean_ms += spike.milliseconds;
  summary.mean_ms /= count;
  for (const auto& spike : series.spikes) {
    summary.mean_deviation_ms += std::max(spike.milliseconds, summary.mean_ms) -
                                 std::min(spike.milliseconds, summary.mean_ms);
  }
  summary.mean_deviation_ms /= count;
  const uint64_t period = std::max<uint64_t>(1, Since(series.spikes.front().unix_seconds, now_s));
  summary.seconds_between = static_cast<double>(period) / static_cast<double>(count);
  return summary;
}

// What may help against spikes of commands.
std::string AdviceOnCommands(const Config& config) {
  std::string advice;
  if (config.slowlog_log_slower_than < 0) {
    advice +=
        "- The slow log is off. Turn it on to see which commands are slow: 'CONFIG SET "
        "slowlog-log-slower-than <microseconds>'.\n";
  } else if (config.slowlog_log_slower_than / 1000 > config.latency_monitor_threshold) {
    advice += fmt::format(
        "- The slow log keeps only commands of {} us and more, which is more than the monitor's "
        "threshold. See them all with 'CONFIG SET slowlog-log-slower-than {}'.\n",
        config.slowlog_log_slower_than, config.latency_monitor_threshold * 1000);
  }
  return advice +
         "- See which commands are slow with 'SLOWLOG GET'. Commands that look at a whole large "
         "value, or at all keys, take time in proportion: SCAN and its relatives, or smaller "
         "values, take it in small pieces.\n";
}

std::string AdviceOnExpiry() {
  return "- Many keys expire in the same moment. Spread their deadlines over some seconds.\n";
}

}  // namespace

std::string DrawLatencyGraph(std::string_view event, const LatencyMonitor::Series& series,
                             uint64_t now_s) {
  std::vector<SparkPoint> points;
  for (const LatencyMonitor::Spike& spike : series.spikes) {
    points.push_back(
        {static_cast<double>(spike.milliseconds), Age(Since(spike.unix_seconds, now_s))});
  }
  const auto [low, high] =
      std::ranges::minmax(series.spikes, {}, &LatencyMonitor::Spike::milliseconds);
  return fmt::format("{} - high {} ms, low {} ms (all time high {} ms)\n{}\n{}", event,
                     high.milliseconds, low.milliseconds, series.worst_ms,
                     std::string(kColumns, '-'), DrawSparkLine(points, kColumns, kRows));
}

std::string DiagnoseLatency(
    const std::vector<std::pair<std::string, LatencyMonitor::Series>>& events, const Config& config,
    uint64_t now_s) {
  if (events.empty() && config.latency_monitor_threshold == 0) {
    return "Latency is not monitored. Have spikes recorded with 'CONFIG SET "
           "latency-monitor-threshold <milliseconds>', and ask again later.\n";
  }
  if (events.empty())
    return "No latency spike was seen since the monitor was reset. All is well.\n";
  std::string report = "Latency spikes were seen:\n\n";
  std::string advice;
  int number = 0;
  for (const auto& [event, series] : events) {
    const Summary summary = Summarize(series, now_s);
    report += fmt::format(
        "{}. {}: {} latency spikes (average {}ms, mean deviation {}ms, period {:.2f} sec). Worst "
        "all time event {}ms.\n",
        ++number, event, series.spikes.size(), summary.mean_ms, summary.mean_deviation_ms,
        summary.seconds_between, series.worst_ms);
    if (event == "command") advice += AdviceOnCommands(config);
    if (event == "expire-cycle") advice += AdviceOnExpiry();
  }
  if (!advice.empty()) report.append("\nWhat may help:\n\n").append(advice);
  return report;
}

}  // namespace redstart
