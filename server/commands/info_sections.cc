#include "server/commands/info_sections.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "server/commands/client_list.h"
#include "server/commands/persistence_info.h"
#include "server/config/config_store.h"
#include "server/exec/command_table.h"
#include "server/exec/keyspace_access.h"
#include "server/exec/session_registry.h"
#include "server/exec/stats.h"
#include "server/exec/used_memory.h"
#include "server/observe/allocator.h"
#include "server/observe/host.h"
#include "server/persistence/persistence.h"
#include "server/pubsub/channel_registry.h"
#include "storage/access_clock.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
// I/O threads do their periodic work ten times a second, whatever the option says.
constexpr uint64_t kTicksPerSecond = 10;

// What the clients have in common, gathered in one pass.
struct ClientTotals {
  uint64_t clients = 0;
  uint64_t replicas = 0;
  uint64_t client_bytes = 0;
  uint64_t replica_bytes = 0;
  uint64_t replica_output_bytes = 0;
  uint64_t largest_input = 0;
  uint64_t largest_output = 0;
  uint64_t waiting = 0;
  uint64_t waiting_with_deadline = 0;
};

ClientTotals TotalOfClients(const Call& call) {
  ClientTotals totals;
  call.services().sessions->ForEach([&](const Session& session) {
    if (session.close_requested()) return;
    const uint64_t output = session.output_bytes.load(std::memory_order_relaxed);
    if (KindOf(session) == ClientKind::kReplica) {
      ++totals.replicas;
      totals.replica_bytes += session.MemoryBytes();
      totals.replica_output_bytes += output;
      return;
    }
    ++totals.clients;
    totals.client_bytes += session.MemoryBytes();
    const uint64_t input = session.input_bytes.load(std::memory_order_relaxed);
    totals.largest_input = std::max(totals.largest_input, input);
    totals.largest_output = std::max(totals.largest_output, output);
    if (!session.IsWaitingStill()) return;
    ++totals.waiting;
    totals.waiting_with_deadline += session.wait_has_deadline.load(std::memory_order_relaxed);
  });
  return totals;
}

double Ratio(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string OptionText(const Call& call, std::string_view name) {
  return call.services().config->Get({&name, 1})[0].second;
}

// The sockets that are listened on, one line per kind.
void WriteListeners(const Call& call, InfoFields& fields) {
  const Config& config = call.config();
  int number = 0;
  const auto write = [&](std::string_view kind, const std::string& facts) {
    fields.Text(fmt::format("listener{}", number++), fmt::format("name={}{}", kind, facts));
  };
  if (call.services().state->tcp_port != 0) {
    std::string facts;
    for (const std::string& address : config.bind) facts.append(",bind=").append(address);
    write("tcp", fmt::format("{},port={}", facts, call.services().state->tcp_port));
  }
  if (!config.unixsocket.empty()) write("unix", ",bind=" + config.unixsocket);
}

void WriteServer(const Call& call, InfoFields& fields) {
  const ServerState& state = *call.services().state;
  const uint64_t uptime = call.now_us() / kMicros - state.started_us / kMicros;
  fields.Text("redis_version", kRedisVersion);
  fields.Text("redstart_version", REDSTART_VERSION);
  fields.Text("redis_mode", "standalone");
  fields.Text("os", OperatingSystem());
  fields.Number("arch_bits", 8 * sizeof(void*));
  fields.Text("monotonic_clock", "POSIX clock_gettime");
  fields.Text("multiplexing_api", "epoll");
  fields.Text("gcc_version",
              fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__));
  fields.Signed("process_id", getpid());
  fields.Text("run_id", state.run_id);
  fields.Signed("tcp_port", state.tcp_port);
  fields.Number("server_time_usec", call.now_us());
  fields.Number("uptime_in_seconds", uptime);
  fields.Number("uptime_in_days", uptime / 86'400);
  fields.Number("hz", kTicksPerSecond);
  fields.Signed("configured_hz", call.config().hz);
  fields.Number("lru_clock", LruClock(call.now_ms()));
  fields.Text("executable", state.executable);
  fields.Text("config_file", state.config_file);
  fields.Signed("io_threads_active", state.io_threads > 1 ? 1 : 0);
  WriteListeners(call, fields);
}

void WriteClients(const Call& call, InfoFields& fields) {
  const ClientTotals totals = TotalOfClients(call);
  fields.Number("connected_clients", totals.clients);
  fields.Number("cluster_connections", 0);
  fields.Number("maxclients", call.config().maxclients);
  fields.Number("client_recent_max_input_buffer", totals.largest_input);
  fields.Number("client_recent_max_output_buffer", totals.largest_output);
  fields.Number("blocked_clients", totals.waiting);
  fields.Number("tracking_clients", 0);
  fields.Number("clients_in_timeout_table", totals.waiting_with_deadline);
  uint64_t awaited = 0;
  uint64_t awaited_at_any_rate = 0;
  call.walk().ForEachShard([&](const Shard& shard) {
    awaited += shard.listeners().awaited_keys();
    awaited_at_any_rate += shard.listeners().awaited_at_any_rate();
  });
  fields.Number("total_blocking_keys", awaited);
  fields.Number("total_blocking_keys_on_nokey", awaited_at_any_rate);
}

void WriteBytes(InfoFields& fields, std::string_view name, uint64_t bytes) {
  fields.Number(name, bytes);
  fields.Text(std::string(name).append("_human"), HumanBytes(bytes));
}

// What the allocator and the kernel say, the keyspace's pages included: those in use count as
// allocated, active and resident.
void WriteFragmentation(uint64_t used, const AllocatorUsage& usage, uint64_t rss,
                        InfoFields& fields) {
  const auto difference = [](uint64_t a, uint64_t b) {
    return static_cast<int64_t>(a) - static_cast<int64_t>(b);
  };
  fields.Real("allocator_frag_ratio", Ratio(usage.active, usage.allocated));
  fields.Signed("allocator_frag_bytes", difference(usage.active, usage.allocated));
  fields.Real("allocator_rss_ratio", Ratio(usage.resident, usage.active));
  fields.Signed("allocator_rss_bytes", difference(usage.resident, usage.active));
  fields.Real("rss_overhead_ratio", Ratio(rss, usage.resident));
  fields.Signed("rss_overhead_bytes", difference(rss, usage.resident));
  fields.Real("mem_fragmentation_ratio", Ratio(rss, used));
  fields.Signed("mem_fragmentation_bytes", difference(rss, used));
}

// There are no scripts and no functions.
void WriteScriptMemory(InfoFields& fields) {
  fields.Number("used_memory_lua", 0);
  fields.Number("used_memory_vm_eval", 0);
  fields.Text("used_memory_lua_human", HumanBytes(0));
  for (const std::string_view name :
       {"used_memory_scripts_eval", "number_of_cached_scripts", "number_of_functions",
        "number_of_libraries", "used_memory_vm_functions"}) {
    fields.Number(name, 0);
  }
  WriteBytes(fields, "used_memory_vm_total", 0);
  fields.Number("used_memory_functions", 0);
  WriteBytes(fields, "used_memory_scripts", 0);
}

void WriteMemory(const Call& call, InfoFields& fields) {
  const Services& services = call.services();
  const uint64_t used = UsedMemory(services);
  const uint64_t peak = services.state->peak_memory;
  const uint64_t rss = ResidentBytes();
  const uint64_t pages = services.keyspace->pages().bytes_in_use();
  AllocatorUsage usage = ReadAllocatorUsage();
  for (uint64_t* bytes : {&usage.allocated, &usage.active, &usage.resident}) *bytes += pages;
  WriteBytes(fields, "used_memory", used);
  WriteBytes(fields, "used_memory_rss", rss);
  WriteBytes(fields, "used_memory_peak", peak);
  fields.Text("used_memory_peak_perc", fmt::format("{:.2f}%", 100 * Ratio(used, peak)));
  fields.Number("allocator_allocated", usage.allocated);
  fields.Number("allocator_active", usage.active);
  fields.Number("allocator_resident", usage.resident);
  WriteBytes(fields, "total_system_memory", TotalMemoryBytes());
  WriteScriptMemory(fields);
  WriteBytes(fields, "maxmemory", static_cast<uint64_t>(call.config().maxmemory));
  fields.Text("maxmemory_policy", OptionText(call, "maxmemory-policy"));
  WriteFragmentation(used, usage, rss, fields);
  const ClientTotals clients = TotalOfClients(call);
  fields.Number(
      "mem_not_counted_for_evict",
      clients.replica_output_bytes + services.persistence->facts().waiting_captured_bytes);
  fields.Number("mem_replication_backlog", 0);
  fields.Number("mem_total_replication_buffers", clients.replica_output_bytes);
  fields.Number("mem_clients_slaves", clients.replica_bytes);
  fields.Number("mem_clients_normal", clients.client_bytes);
  fields.Number("mem_cluster_links", 0);
  fields.Number("mem_aof_buffer", 0);
  fields.Text("mem_allocator", AllocatorName());
  fields.Number("active_defrag_running", 0);
  LazyFree& lazy_free = services.keyspace->lazy_free();
  fields.Number("lazyfree_pending_objects", lazy_free.pending_objects());
  fields.Number("lazyfreed_objects",
                lazy_free.freed_objects() - services.state->lazyfreed_at_reset);
}

void WriteStats(const Call& call, InfoFields& fields) {
  const Services& services = call.services();
  const StatsBoard& stats = *services.stats;
  const StatsBoard::Rates rates = stats.rates();
  const auto sum = [&](std::string_view name, Counter ThreadStats::*counter) {
    fields.Number(name, stats.Sum(counter));
  };
  const auto zeros = [&](std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names) fields.Number(name, 0);
  };
  sum("total_connections_received", &ThreadStats::connections_received);
  sum("total_commands_processed", &ThreadStats::commands_processed);
  fields.Number("instantaneous_ops_per_sec", static_cast<uint64_t>(rates.commands_per_second));
  sum("total_net_input_bytes", &ThreadStats::input_bytes);
  sum("total_net_output_bytes", &ThreadStats::output_bytes);
  fields.Real("instantaneous_input_kbps", rates.input_bytes_per_second / 1024);
  fields.Real("instantaneous_output_kbps", rates.output_bytes_per_second / 1024);
  sum("rejected_connections", &ThreadStats::connections_rejected);
  sum("sync_full", &ThreadStats::full_syncs);
  zeros({"sync_partial_ok", "sync_partial_err"});
  fields.Number("expired_keys",
                services.keyspace->expired_keys() - services.state->expired_keys_at_reset);
  zeros({"evicted_keys", "evicted_clients", "total_eviction_exceeded_time",
         "current_eviction_exceeded_time"});
  sum("keyspace_hits", &ThreadStats::keyspace_hits);
  sum("keyspace_misses", &ThreadStats::keyspace_misses);
  const ChannelRegistry& channels = *services.channels;
  fields.Number("pubsub_channels", channels.size(SubscriptionKind::kChannel));
  fields.Number("pubsub_patterns", channels.size(SubscriptionKind::kPattern));
  fields.Number("pubsubshard_channels", channels.size(SubscriptionKind::kShardChannel));
  zeros({"latest_fork_usec", "total_forks", "migrate_cached_sockets", "slave_expires_tracked_keys",
         "active_defrag_hits", "active_defrag_misses", "active_defrag_key_hits",
         "active_defrag_key_misses", "total_active_defrag_time", "current_active_defrag_time",
         "tracking_total_keys", "tracking_total_items", "tracking_total_prefixes",
         "unexpected_error_replies"});
  sum("total_error_replies", &ThreadStats::error_replies);
  zeros({"dump_payload_sanitizations"});
  sum("total_reads_processed", &ThreadStats::reads);
  sum("total_writes_processed", &ThreadStats::writes);
  zeros({"reply_buffer_shrinks", "reply_buffer_expands"});
  sum("client_query_buffer_limit_disconnections", &ThreadStats::query_buffer_disconnections);
  sum("client_output_buffer_limit_disconnections", &ThreadStats::output_buffer_disconnections);
  sum("acl_access_denied_auth", &ThreadStats::auth_failures);
  zeros({"acl_access_denied_cmd", "acl_access_denied_key", "acl_access_denied_channel"});
}

void WriteReplication(const Call& call, InfoFields& fields) {
  fields.Text("role", "master");
  fields.Number("connected_slaves", TotalOfClients(call).replicas);
  fields.Text("master_failover_state", "no-failover");
  fields.Number("master_repl_offset", call.services().journal->end_offset());
  fields.Signed("second_repl_offset", -1);
  fields.Number("repl_backlog_active", 0);
  fields.Signed("repl_backlog_size", call.config().repl_backlog_size);
  fields.Number("repl_backlog_first_byte_offset", 0);
  fields.Number("repl_backlog_histlen", 0);
}

void WriteCpu(const Call&, InfoFields& fields) {
  const CpuTime own = ProcessCpuTime();
  fields.Real("used_cpu_sys", own.system, 6);
  fields.Real("used_cpu_user", own.user, 6);
  rusage children = {};
  getrusage(RUSAGE_CHILDREN, &children);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  fields.Real("used_cpu_sys_children", seconds(children.ru_stime), 6);
  fields.Real("used_cpu_user_children", seconds(children.ru_utime), 6);
}

void WriteNothing(const Call&, InfoFields&) {}

// A command's counters over all threads.
struct CommandTotals {
  double calls = 0;
  double rejected = 0;
  double failed = 0;
  double microseconds = 0;

  void Add(const StatsBoard& stats, const CommandRow& row) {
    const auto sum = [&](Counter CommandStats::*counter) {
      return static_cast<double>(stats.SumOfCommand(row.index, counter));
    };
    const double own_calls = sum(&CommandStats::calls);
    calls += own_calls;
    rejected += sum(&CommandStats::rejected);
    failed += sum(&CommandStats::failed);
    // The time of all calls is worked out from that of the timed ones.
    const double timed = sum(&CommandStats::timed_calls);
    if (timed > 0) microseconds += own_calls * sum(&CommandStats::timed_ns) / timed / 1e3;
  }
};

void WriteCommandStats(const Call& call, InfoFields& fields) {
  const StatsBoard& stats = *call.services().stats;
  for (const CommandRow& row : call.services().commands->rows()) {
    if (row.spec->Has(kUnlisted)) continue;
    CommandTotals totals;
    totals.Add(stats, row);
    for (const CommandRow* subcommand : row.subcommands) {
      if (subcommand->spec->Has(kUnlisted)) totals.Add(stats, *subcommand);
    }
    if (totals.calls == 0 && totals.rejected == 0) continue;
    fields.Text(std::string("cmdstat_").append(row.full_name),
                fmt::format("calls={:.0f},usec={:.0f},usec_per_call={:.2f},rejected_calls={:.0f},"
                            "failed_calls={:.0f}",
                            totals.calls, totals.microseconds,
                            totals.calls == 0 ? 0 : totals.microseconds / totals.calls,
                            totals.rejected, totals.failed));
  }
}

// Bytes that would break a line or a field of INFO become something harmless.
std::string SafeName(std::string_view name) {
  std::string safe(name);
  std::ranges::replace_if(
      safe, [](char c) { return c == '#' || c == ':' || c == '\r' || c == '\n'; }, '_');
  return safe;
}

void WriteErrorStats(const Call& call, InfoFields& fields) {
  for (const auto& [code, count] : call.services().stats->SumOfErrors()) {
    fields.Text(std::string("errorstat_").append(SafeName(code)), fmt::format("count={}", count));
  }
}

void WriteCluster(const Call& call, InfoFields& fields) {
  fields.Number("cluster_enabled", call.config().cluster_enabled ? 1 : 0);
}

// One database, over all shards.
struct DatabaseTotals {
  uint64_t keys = 0;
  uint64_t with_deadline = 0;
  // A sample of the keys with a deadline.
  uint64_t sampled = 0;
  uint64_t sampled_ttl_ms = 0;
  int buckets_visited = 0;

  void Sample(const EntryTable& table, uint64_t now_ms) {
    // Enough for a mean; each bucket costs some cache misses under the shard's lock.
    constexpr uint64_t kWanted = 32;
    constexpr int kMaxBuckets = 64;
    std::optional<uint64_t> at = 0;
    while (at && sampled < kWanted && buckets_visited < kMaxBuckets) {
      ++buckets_visited;
      at = table.Walk(*at, [&](const Entry* entry) {
        if (!entry->has_deadline()) return;
        ++sampled;
        if (entry->deadline() > now_ms) sampled_ttl_ms += entry->deadline() - now_ms;
      });
    }
  }
};

void WriteKeyspace(const Call& call, InfoFields& fields) {
  std::map<int, DatabaseTotals> databases;
  call.walk().ForEachShard([&](const Shard& shard) {
    for (const int number : shard.Databases()) {
      DatabaseTotals& totals = databases[number];
      totals.keys += shard.size(number);
      totals.with_deadline += shard.with_deadline(number);
      if (shard.with_deadline(number) > 0) totals.Sample(*shard.table(number), call.now_ms());
    }
  });
  for (const auto& [number, totals] : databases) {
    if (totals.keys == 0) continue;
    const uint64_t mean_ttl = totals.sampled == 0 ? 0 : totals.sampled_ttl_ms / totals.sampled;
    fields.Text(
        fmt::format("db{}", number),
        fmt::format("keys={},expires={},avg_ttl={}", totals.keys, totals.with_deadline, mean_ttl));
  }
}

constexpr InfoSection kSections[] = {
    {"server", "Server", true, WriteServer},
    {"clients", "Clients", true, WriteClients},
    {"memory", "Memory", true, WriteMemory},
    {"persistence", "Persistence", true, WritePersistenceInfo},
    {"stats", "Stats", true, WriteStats},
    {"replication", "Replication", true, WriteReplication},
    {"cpu", "CPU", true, WriteCpu},
    {"modules", "Modules", true, WriteNothing},
    {"commandstats", "Commandstats", false, WriteCommandStats},
    {"errorstats", "Errorstats", true, WriteErrorStats},
    {"cluster", "Cluster", true, WriteCluster},
    {"keyspace", "Keyspace", true, WriteKeyspace},
};

}  // namespace

void InfoFields::Number(std::string_view name, uint64_t value) {
  Text(name, std::to_string(value));
}

void InfoFields::Signed(std::string_view name, int64_t value) {
  Text(name, std::to_string(value));
}

void InfoFields::Real(std::string_view name, double value, int decimals) {
  Text(name, fmt::format("{:.{}f}", value, decimals));
}

absl::Span<const InfoSection> InfoSections() {
  return kSections;
}

std::string HumanBytes(uint64_t bytes) {
  if (bytes < 1024) return fmt::format("{}B", bytes);
  auto value = static_cast<double>(bytes);
  std::string_view units = "KMGTP";
  value /= 1024;
  while (value >= 1024 && units.size() > 1) {
    value /= 1024;
    units.remove_prefix(1);
  }
  return fmt::format("{:.2f}{}", value, units[0]);
}

}  // namespace redstart
