#include "server/commands/info_statistics.h"

#include <fmt/format.h>

#include <algorithm>

#include "server/config/option_value.h"
#include "server/migration/migrator.h"
#include "server/pubsub/channel_registry.h"
#include "storage/keyspace.h"

namespace redstart {
namespace {

constexpr uint64_t kNanosPerMicro = 1000;
constexpr uint64_t kNanosPerMilli = 1'000'000;

class Writer {
 public:
  Writer(const StatsBoard& stats, InfoFields& fields) : stats_(stats), fields_(fields) {}

  void Sum(std::string_view name, Counter ThreadStats::*counter, uint64_t unit = 1) {
    fields_.Number(name, stats_.Sum(counter) / unit);
  }
  void Zeros(std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) fields_.Number(name, 0);
  }

 private:
  const StatsBoard& stats_;
  InfoFields& fields_;
};

void WriteTraffic(const StatsBoard& stats, InfoFields& fields) {
  const StatsBoard::Rates rates = stats.rates();
  const uint64_t to_replicas = stats.Sum(&ThreadStats::replica_output_bytes);
  Writer write(stats, fields);
  write.Sum("total_connections_received", &ThreadStats::connections_received);
  write.Sum("total_commands_processed", &ThreadStats::commands_processed);
  fields.Number("instantaneous_ops_per_sec", static_cast<uint64_t>(rates.commands_per_second));
  write.Sum("total_net_input_bytes", &ThreadStats::input_bytes);
  fields.Number("total_net_output_bytes", stats.Sum(&ThreadStats::output_bytes) + to_replicas);
  write.Zeros({"total_net_repl_input_bytes"});  // There is no link to a master.
  fields.Number("total_net_repl_output_bytes", to_replicas);
  fields.Real("instantaneous_input_kbps", rates.input_bytes_per_second / 1024);
  fields.Real("instantaneous_output_kbps", rates.output_bytes_per_second / 1024);
  fields.Real("instantaneous_input_repl_kbps", 0);
  fields.Real("instantaneous_output_repl_kbps", rates.replica_output_bytes_per_second / 1024);
  write.Sum("rejected_connections", &ThreadStats::connections_rejected);
  write.Sum("sync_full", &ThreadStats::full_syncs);
  write.Zeros({"sync_partial_ok", "sync_partial_err"});
}

void WriteKeyEvents(const Services& services, InfoFields& fields) {
  Writer write(*services.stats, fields);
  fields.Number("expired_keys",
                services.keyspace->expired_keys() - services.state->expired_keys_at_reset);
  fields.Number("expired_subkeys",
                services.keyspace->expired_fields() - services.state->expired_fields_at_reset);
  // A sweep leaves no key behind that is due, unless its time is up.
  fields.Real("expired_stale_perc", 0);
  write.Sum("expired_time_cap_reached_count", &ThreadStats::sweeps_cut_short);
  write.Sum("expire_cycle_cpu_milliseconds", &ThreadStats::sweep_nanos, kNanosPerMilli);
  write.Zeros({"evicted_keys", "evicted_clients", "total_eviction_exceeded_time",
               "current_eviction_exceeded_time"});
  write.Sum("keyspace_hits", &ThreadStats::keyspace_hits);
  write.Sum("keyspace_misses", &ThreadStats::keyspace_misses);
  const ChannelRegistry& channels = *services.channels;
  fields.Number("pubsub_channels", channels.size(SubscriptionKind::kChannel));
  fields.Number("pubsub_patterns", channels.size(SubscriptionKind::kPattern));
  fields.Number("pubsubshard_channels", channels.size(SubscriptionKind::kShardChannel));
  write.Zeros({"latest_fork_usec", "total_forks"});
  fields.Number("migrate_cached_sockets", services.migrator->cached_connections());
  write.Zeros({"slave_expires_tracked_keys", "active_defrag_hits", "active_defrag_misses",
               "active_defrag_key_hits", "active_defrag_key_misses", "total_active_defrag_time",
               "current_active_defrag_time", "tracking_total_keys", "tracking_total_items",
               "tracking_total_prefixes", "unexpected_error_replies"});
}

void WriteWork(const Services& services, InfoFields& fields) {
  const StatsBoard& stats = *services.stats;
  const StatsBoard::Rates rates = stats.rates();
  Writer write(stats, fields);
  write.Sum("total_error_replies", &ThreadStats::error_replies);
  write.Zeros({"dump_payload_sanitizations"});
  write.Sum("total_reads_processed", &ThreadStats::reads);
  write.Sum("total_writes_processed", &ThreadStats::writes);
  if (services.state->io_threads > 1) {
    write.Sum("io_threaded_reads_processed", &ThreadStats::reads);
    write.Sum("io_threaded_writes_processed", &ThreadStats::writes);
  } else {
    write.Zeros({"io_threaded_reads_processed", "io_threaded_writes_processed"});
  }
  write.Zeros({"reply_buffer_shrinks", "reply_buffer_expands"});
  write.Sum("client_query_buffer_limit_disconnections", &ThreadStats::query_buffer_disconnections);
  write.Sum("client_output_buffer_limit_disconnections",
            &ThreadStats::output_buffer_disconnections);
  write.Sum("eventloop_cycles", &ThreadStats::loop_cycles);
  write.Sum("eventloop_duration_sum", &ThreadStats::loop_nanos, kNanosPerMicro);
  write.Sum("eventloop_duration_cmd_sum", &ThreadStats::command_nanos, kNanosPerMicro);
  fields.Number("instantaneous_eventloop_cycles_per_sec",
                static_cast<uint64_t>(rates.cycles_per_second));
  fields.Number("instantaneous_eventloop_duration_usec",
                static_cast<uint64_t>(rates.nanos_per_cycle) / kNanosPerMicro);
  write.Sum("acl_access_denied_auth", &ThreadStats::auth_failures);
  write.Zeros({"acl_access_denied_cmd", "acl_access_denied_key", "acl_access_denied_channel"});
}

// A command's counters over all threads.
struct CommandTotals {
  uint64_t calls = 0;
  uint64_t rejected = 0;
  uint64_t failed = 0;
  uint64_t nanos = 0;

  void Add(const StatsBoard& stats, const CommandRow& row) {
    calls += stats.SumOfCommand(row.index, &CommandStats::calls);
    rejected += stats.SumOfCommand(row.index, &CommandStats::rejected);
    failed += stats.SumOfCommand(row.index, &CommandStats::failed);
    nanos += stats.SumOfCommand(row.index, &CommandStats::nanos);
  }
};

// Bytes that would break a line or a field of INFO become something harmless.
std::string SafeName(std::string_view name) {
  std::string safe(name);
  std::ranges::replace_if(
      safe, [](char c) { return c == '#' || c == ':' || c == '\r' || c == '\n'; }, '_');
  return safe;
}

}  // namespace

void WriteStatsInfo(const Call& call, InfoFields& fields) {
  WriteTraffic(*call.services().stats, fields);
  WriteKeyEvents(call.services(), fields);
  WriteWork(call.services(), fields);
}

void WriteCommandStats(const Call& call, InfoFields& fields) {
  const StatsBoard& stats = *call.services().stats;
  for (const CommandRow& row : call.services().commands->rows()) {
    if (row.spec->Has(kUnlisted)) continue;
    CommandTotals totals;
    totals.Add(stats, row);
    for (const CommandRow* subcommand : row.subcommands) {
      if (subcommand->spec->Has(kUnlisted)) totals.Add(stats, *subcommand);
    }
    if (totals.calls == 0 && totals.rejected == 0 && totals.failed == 0) continue;
    const uint64_t microseconds = totals.nanos / kNanosPerMicro;
    const double mean = totals.calls == 0 ? 0
                                          : static_cast<double>(totals.nanos) / kNanosPerMicro /
                                                static_cast<double>(totals.calls);
    fields.Text(
        std::string("cmdstat_").append(row.full_name),
        fmt::format("calls={},usec={},usec_per_call={:.2f},rejected_calls={},failed_calls={}",
                    totals.calls, microseconds, mean, totals.rejected, totals.failed));
  }
}

void WriteErrorStats(const Call& call, InfoFields& fields) {
  for (const auto& [code, count] : call.services().stats->SumOfErrors()) {
    fields.Text(std::string("errorstat_").append(SafeName(code)), fmt::format("count={}", count));
  }
}

LatencyCounts LatencyOf(const StatsBoard& stats, const CommandRow& row) {
  LatencyCounts counts = stats.LatencyOf(row.index);
  for (const CommandRow* subcommand : row.subcommands) {
    if (subcommand->spec->Has(kUnlisted)) counts.Add(stats.LatencyOf(subcommand->index));
  }
  return counts;
}

void WriteLatencyStats(const Call& call, InfoFields& fields) {
  if (!call.config().latency_tracking) return;
  for (const CommandRow& row : call.services().commands->rows()) {
    if (row.spec->Has(kUnlisted)) continue;
    const LatencyCounts counts = LatencyOf(*call.services().stats, row);
    if (counts.total() == 0) continue;
    std::string line;
    for (const double percent : call.config().latency_tracking_info_percentiles) {
      if (!line.empty()) line += ',';
      const double micros = static_cast<double>(counts.Percentile(percent)) / kNanosPerMicro;
      line += fmt::format("p{}={:.3f}", FormatPercentile(percent), micros);
    }
    fields.Text(std::string("latency_percentiles_usec_").append(row.full_name), line);
  }
}

void WriteLoopStats(const Call& call, InfoFields& fields) {
  const StatsBoard& stats = *call.services().stats;
  Writer write(stats, fields);
  write.Zeros({"eventloop_duration_aof_sum"});  // There is no append-only file.
  write.Sum("eventloop_duration_cron_sum", &ThreadStats::tick_nanos, kNanosPerMicro);
  fields.Number("eventloop_duration_max",
                stats.Largest(&ThreadStats::loop_longest_nanos) / kNanosPerMicro);
  fields.Number("eventloop_cmd_per_cycle_max", stats.Largest(&ThreadStats::loop_most_commands));
}

}  // namespace redstart
