#include "server/exec/slow_commands.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "server/exec/clock.h"
#include "server/observe/latency_monitor.h"

namespace redstart {
namespace {

constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();
constexpr uint64_t kNanosPerMilli = 1'000'000;

// `limit` units of `nanos` nanoseconds each; what does not fit never happens.
uint64_t Nanos(int64_t limit, uint64_t nanos) {
  const auto units = static_cast<uint64_t>(limit);
  return units > kNever / nanos ? kNever : units * nanos;
}

}  // namespace

void SlowCommands::Configure(const Config& config) {
  logged_nanos_ =
      config.slowlog_log_slower_than < 0 ? kNever : Nanos(config.slowlog_log_slower_than, 1000);
  monitored_nanos_ = config.latency_monitor_threshold <= 0
                         ? kNever
                         : Nanos(config.latency_monitor_threshold, kNanosPerMilli);
  least_nanos_ = std::min(logged_nanos_, monitored_nanos_);
  max_entries_ = static_cast<size_t>(config.slowlog_max_len);
}

void SlowCommands::Note(const Session& session, const CommandSpec& spec, Args args,
                        uint64_t nanos) {
  Noted noted = {spec.Has(kFast) ? "fast-command" : "command", nanos, std::nullopt};
  if (nanos >= logged_nanos_ && !spec.Has(kSkipSlowlog)) {
    noted.entry = SlowLog::Entry{
        .unix_seconds = services_.clock->NowMicros() / 1'000'000,
        .microseconds = nanos / 1000,
        .arguments = SlowLog::Shorten(args.size(), [&](size_t i) { return spec.Shown(args, i); }),
        .client_address = session.peer().address,
        .client_name = session.labels().name,
    };
  }
  noted_.push_back(std::move(noted));
}

void SlowCommands::NoteEvent(std::string_view event, uint64_t nanos) {
  if (nanos < monitored_nanos_) return;
  services_.latency_monitor->Add(event, nanos / kNanosPerMilli,
                                 services_.clock->NowMicros() / 1'000'000);
}

void SlowCommands::PublishNoted() {
  for (Noted& noted : noted_) {
    NoteEvent(noted.event, noted.nanos);
    if (noted.entry) services_.slow_log->Add(std::move(*noted.entry), max_entries_);
  }
  noted_.clear();
}

}  // namespace redstart
