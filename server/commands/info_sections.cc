#include "server/commands/info_sections.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <optional>

#include "server/commands/client_totals.h"
#include "server/commands/info_memory.h"
#include "server/commands/info_statistics.h"
#include "server/commands/persistence_info.h"
#include "server/exec/keyspace_access.h"
#include "server/observe/build_id.h"
#include "server/observe/host.h"
#include "storage/access_clock.h"
#include "storage/base/tick_clock.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
// I/O threads do their periodic work ten times a second, whatever the option says.
constexpr uint64_t kTicksPerSecond = 10;

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
  // As Redis prints it where it was not built in a clone; the build's id says what was built.
  fields.Text("redis_git_sha1", "00000000");
  fields.Number("redis_git_dirty", 0);
  fields.Text("redis_build_id", BuildId());
  fields.Text("server_name", "redstart");
  fields.Text("redstart_version", REDSTART_VERSION);
  fields.Text("redis_mode", "standalone");
  fields.Text("os", OperatingSystem());
  fields.Number("arch_bits", 8 * sizeof(void*));
  fields.Text("monotonic_clock", TickClock().Name());
  fields.Text("multiplexing_api", "epoll");
  fields.Text("atomicvar_api", "c11-builtin");
  fields.Text("gcc_version",
              fmt::format("{}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__));
  fields.Signed("process_id", getpid());
  fields.Text("process_supervised", state.supervised_by);
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
  const ClientTotals totals = TotalOfClients(*call.services().sessions);
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

void WriteReplication(const Call& call, InfoFields& fields) {
  fields.Text("role", "master");
  fields.Number("connected_slaves", TotalOfClients(*call.services().sessions).replicas);
  fields.Text("master_failover_state", "no-failover");
  fields.Text("master_replid", call.services().state->replication_id);
  fields.Text("master_replid2", std::string(40, '0'));
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
  const CpuTime main_thread = MainThreadCpuTime();
  fields.Real("used_cpu_sys_main_thread", main_thread.system, 6);
  fields.Real("used_cpu_user_main_thread", main_thread.user, 6);
}

void WriteNothing(const Call&, InfoFields&) {}

void WriteCluster(const Call& call, InfoFields& fields) {
  fields.Number("cluster_enabled", call.config().cluster_enabled ? 1 : 0);
}

// One database, over all shards.
struct DatabaseTotals {
  uint64_t keys = 0;
  uint64_t with_deadline = 0;
  uint64_t with_field_deadlines = 0;
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
      totals.with_field_deadlines += shard.with_field_deadlines(number);
      if (shard.with_deadline(number) > 0) totals.Sample(*shard.table(number), call.now_ms());
    }
  });
  for (const auto& [number, totals] : databases) {
    if (totals.keys == 0) continue;
    const uint64_t mean_ttl = totals.sampled == 0 ? 0 : totals.sampled_ttl_ms / totals.sampled;
    std::string text =
        fmt::format("keys={},expires={},avg_ttl={}", totals.keys, totals.with_deadline, mean_ttl);
    // Redis has it since 7.4. Only where there are some, so that what reads 7.2's lines goes on to.
    if (totals.with_field_deadlines > 0)
      text += fmt::format(",subexpiry={}", totals.with_field_deadlines);
    fields.Text(fmt::format("db{}", number), text);
  }
}

using enum InfoSection::Shown;
constexpr InfoSection kSections[] = {
    {"server", "Server", kByDefault, WriteServer},
    {"clients", "Clients", kByDefault, WriteClients},
    {"memory", "Memory", kByDefault, WriteMemoryInfo},
    {"persistence", "Persistence", kByDefault, WritePersistenceInfo},
    {"stats", "Stats", kByDefault, WriteStatsInfo},
    {"replication", "Replication", kByDefault, WriteReplication},
    {"cpu", "CPU", kByDefault, WriteCpu},
    {"modules", "Modules", kByDefault, WriteNothing},
    {"commandstats", "Commandstats", kWithAll, WriteCommandStats},
    {"errorstats", "Errorstats", kByDefault, WriteErrorStats},
    {"latencystats", "Latencystats", kWithAll, WriteLatencyStats},
    {"cluster", "Cluster", kByDefault, WriteCluster},
    {"keyspace", "Keyspace", kByDefault, WriteKeyspace},
    {"debug", "Debug", kByName, WriteLoopStats},
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
