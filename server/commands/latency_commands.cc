// LATENCY: spikes of latency, and how long the calls of each command took.

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/commands/info_statistics.h"
#include "server/commands/latency_report.h"
#include "server/exec/call.h"
#include "server/exec/command_table.h"
#include "server/exec/stats.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;

void ReplyWithSpike(const LatencyMonitor::Spike& spike, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(spike.unix_seconds));
  reply.Integer(static_cast<int64_t>(spike.milliseconds));
}

// LATENCY DOCTOR
void Doctor(Call& call, Args, ReplyBuilder& reply) {
  reply.Verbatim(DiagnoseLatency(call.services().latency_monitor->All(), call.config(),
                                 call.now_us() / kMicros));
}

// LATENCY GRAPH event
void Graph(Call& call, Args args, ReplyBuilder& reply) {
  const auto series = call.services().latency_monitor->Find(args[2]);
  if (!series) return reply.FailWith({"ERR No samples available for event '", args[2], "'"});
  reply.Verbatim(DrawLatencyGraph(args[2], *series, call.now_us() / kMicros));
}

// Adds the histogram of a row, if it has one, to a map under way. Returns how many pairs it added.
size_t AddHistogram(const Call& call, const CommandRow& row, ReplyBuilder& reply) {
  if (row.spec->Has(kUnlisted)) return 0;
  const LatencyCounts counts = LatencyOf(*call.services().stats, row);
  if (counts.total() == 0) return 0;
  const auto levels = counts.Cumulative();
  reply.Bulk(row.full_name);
  reply.Map(2);
  reply.Bulk("calls");
  reply.Integer(static_cast<int64_t>(counts.total()));
  reply.Bulk("histogram_usec");
  reply.Map(levels.size());
  for (const auto& [microseconds, calls] : levels) {
    reply.Integer(static_cast<int64_t>(microseconds));
    reply.Integer(static_cast<int64_t>(calls));
  }
  return 1;
}

// LATENCY HISTOGRAM [command [command ...]]
void Histogram(Call& call, Args args, ReplyBuilder& reply) {
  const CommandTable& table = *call.services().commands;
  const size_t handle = reply.BeginMap();
  size_t pairs = 0;
  if (args.size() == 2) {
    for (const CommandRow& row : table.rows()) pairs += AddHistogram(call, row, reply);
  }
  for (const std::string_view name : args.subspan(2)) {
    const CommandRow* row = table.FindFullName(name);
    if (row == nullptr) continue;
    pairs += AddHistogram(call, *row, reply);
    for (const CommandRow* subcommand : row->subcommands) {
      pairs += AddHistogram(call, *subcommand, reply);
    }
  }
  reply.EndMap(handle, pairs);
}

// LATENCY HISTORY event
void History(Call& call, Args args, ReplyBuilder& reply) {
  const auto series = call.services().latency_monitor->Find(args[2]);
  if (!series) return reply.EmptyArray();
  reply.Array(series->spikes.size());
  for (const LatencyMonitor::Spike& spike : series->spikes) {
    reply.Array(2);
    ReplyWithSpike(spike, reply);
  }
}

// LATENCY LATEST
void Latest(Call& call, Args, ReplyBuilder& reply) {
  const auto events = call.services().latency_monitor->All();
  reply.Array(events.size());
  for (const auto& [name, series] : events) {
    reply.Array(4);
    reply.Bulk(name);
    ReplyWithSpike(series.spikes.back(), reply);
    reply.Integer(static_cast<int64_t>(series.worst_ms));
  }
}

// LATENCY RESET [event [event ...]]
void Reset(Call& call, Args args, ReplyBuilder& reply) {
  LatencyMonitor& monitor = *call.services().latency_monitor;
  size_t forgotten = 0;
  if (args.size() == 2) forgotten = monitor.ResetAll();
  for (const std::string_view event : args.subspan(2)) forgotten += monitor.Reset(event);
  reply.Integer(static_cast<int64_t>(forgotten));
}

// LATENCY HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "DOCTOR",
      "    What spikes there were, and what may help against them, in words.",
      "GRAPH <event>",
      "    The spikes of one kind of event as a picture.",
      "HISTOGRAM [<command> ...]",
      "    How many calls of a command took no longer than so many microseconds.",
      "HISTORY <event>",
      "    When there were spikes of one kind of event, and how long they were.",
      "LATEST",
      "    The last spike of each kind of event, and the longest.",
      "RESET [<event> ...]",
      "    Forget the spikes of some kinds of events, or of all.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr uint32_t kFlags = kAdmin | kNoScript | kLoading | kStale;
constexpr auto kGroup = CommandGroup::kServer;
constexpr std::string_view kTips =
    "nondeterministic_output request_policy:all_nodes response_policy:special";
constexpr CommandSpec kCommands[] = {
    {.name = "LATENCY",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "2.8.13",
     .summary = "Commands about latency.",
     .complexity = "Depends on subcommand."},
    {.name = "LATENCY DOCTOR",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = Doctor,
     .since = "2.8.13",
     .summary = "Describes latency spikes and what may help against them.",
     .complexity = "O(1)",
     .tips = kTips},
    {.name = "LATENCY GRAPH",
     .args = "event",
     .arity = 3,
     .flags = kFlags,
     .group = kGroup,
     .run = Graph,
     .since = "2.8.13",
     .summary = "Draws the latency spikes of one kind of event.",
     .complexity = "O(1)",
     .tips = kTips},
    {.name = "LATENCY HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "2.8.13",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "LATENCY HISTOGRAM",
     .args = "[COMMAND#s ...]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Histogram,
     .since = "7.0.0",
     .summary = "Returns how the latencies of commands are distributed.",
     .complexity =
         "O(N) where N is the number of commands with latency information being retrieved.",
     .tips = kTips},
    {.name = "LATENCY HISTORY",
     .args = "event",
     .arity = 3,
     .flags = kFlags,
     .group = kGroup,
     .run = History,
     .since = "2.8.13",
     .summary = "Returns the latency spikes of one kind of event.",
     .complexity = "O(1)",
     .tips = kTips},
    {.name = "LATENCY LATEST",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = Latest,
     .since = "2.8.13",
     .summary = "Returns the last latency spike of each kind of event.",
     .complexity = "O(1)",
     .tips = kTips},
    {.name = "LATENCY RESET",
     .args = "[event ...]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Reset,
     .since = "2.8.13",
     .summary = "Forgets latency spikes.",
     .complexity = "O(1)",
     .tips = "request_policy:all_nodes response_policy:agg_sum"},
};

}  // namespace

CommandRows LatencyCommands() {
  return kCommands;
}

}  // namespace redstart
