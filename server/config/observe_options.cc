#include <charconv>
#include <climits>
#include <cmath>

#include "server/config/options.h"
#include "server/config/words.h"

namespace redstart {
namespace {

struct EventLetter {
  char letter;
  uint32_t bit;
};

// In the order in which they are printed.
constexpr EventLetter kEventLetters[] = {
    {'g', kNotifyGeneric},  {'$', kNotifyString},  {'l', kNotifyList},    {'s', kNotifySet},
    {'h', kNotifyHash},     {'z', kNotifyZset},    {'x', kNotifyExpired}, {'e', kNotifyEvicted},
    {'t', kNotifyStream},   {'d', kNotifyModule},  {'n', kNotifyNew},     {'K', kNotifyKeyspace},
    {'E', kNotifyKeyevent}, {'m', kNotifyKeyMiss},
};

absl::Status ParseEvents(Words words, Config& config) {
  if (words.size() != 1) return absl::InvalidArgumentError("wrong number of arguments");
  uint32_t bits = 0;
  for (const char letter : words[0]) {
    uint32_t bit = letter == 'A' ? uint32_t{kNotifyAll} : 0;
    for (const EventLetter& event : kEventLetters) {
      if (event.letter == letter) bit = event.bit;
    }
    if (bit == 0) {
      return absl::InvalidArgumentError("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.");
    }
    bits |= bit;
  }
  config.notify_keyspace_events = bits;
  return absl::OkStatus();
}

// All of A's classes are printed as A. Redis then drops an 'n' as well; it is kept here, so that
// what is printed can be set again.
std::string FormatEvents(const Config& config) {
  uint32_t left = config.notify_keyspace_events;
  std::string text;
  if ((left & kNotifyAll) == kNotifyAll) {
    text += 'A';
    left &= ~uint32_t{kNotifyAll};
  }
  for (const EventLetter& event : kEventLetters) {
    if ((left & event.bit) != 0) text += event.letter;
  }
  return text;
}

std::vector<std::string> LinesOfEvents(const Config& config) {
  return {QuoteWord(FormatEvents(config))};
}

absl::Status ParsePercentiles(Words words, Config& config) {
  std::vector<double> percentiles;
  const bool none = words.size() == 1 && words[0].empty();
  for (const std::string& word : none ? Words() : words) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc() || end != word.data() + word.size() || std::isnan(value)) {
      return absl::InvalidArgumentError("Invalid latency-tracking-info-percentiles parameters");
    }
    if (value < 0 || value > 100) {
      return absl::InvalidArgumentError(
          "latency-tracking-info-percentiles parameters should sit between [0.0,100.0]");
    }
    percentiles.push_back(value);
  }
  config.latency_tracking_info_percentiles = std::move(percentiles);
  return absl::OkStatus();
}

std::string FormatPercentiles(const Config& config) {
  std::string text;
  for (const double value : config.latency_tracking_info_percentiles) {
    if (!text.empty()) text += ' ';
    text += FormatPercentile(value);
  }
  return text;
}

constexpr Option kRows[] = {
    {.name = "slowlog-log-slower-than",
     .value = Integer<&Config::slowlog_log_slower_than>(-1, LLONG_MAX)},
    {.name = "slowlog-max-len", .value = Integer<&Config::slowlog_max_len>(0, LONG_MAX)},
    {.name = "latency-monitor-threshold",
     .value = Integer<&Config::latency_monitor_threshold>(0, LLONG_MAX)},
    {.name = "latency-tracking", .value = Bool(&Config::latency_tracking)},
    {.name = "latency-tracking-info-percentiles",
     .value = SpecialValue{ParsePercentiles, FormatPercentiles},
     .flags = kMultiWord},
    {.name = "notify-keyspace-events",
     .value = SpecialValue{ParseEvents, FormatEvents, LinesOfEvents}},
    {.name = "tracking-table-max-keys",
     .value = Integer<&Config::tracking_table_max_keys>(0, LONG_MAX),
     .support = Support::kNoEffect,
     .why = "client-side caching is not built yet"},
    {.name = "busy-reply-threshold",
     .alias = "lua-time-limit",
     .value = Integer<&Config::busy_reply_threshold>(0, LONG_MAX)},
};

}  // namespace

std::span<const Option> ObserveOptions() {
  return kRows;
}

}  // namespace redstart
