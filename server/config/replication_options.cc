#include <algorithm>
#include <climits>

#include "server/config/options.h"

namespace redstart {
namespace {

constexpr Spelling kDisklessLoads[] = {
    {"disabled", static_cast<int>(ReplDisklessLoad::kDisabled)},
    {"on-empty-db", static_cast<int>(ReplDisklessLoad::kOnEmptyDb)},
    {"swapdb", static_cast<int>(ReplDisklessLoad::kSwapDb)},
};

constexpr Spelling kErrorBehaviors[] = {
    {"ignore", static_cast<int>(PropagationErrorBehavior::kIgnore)},
    {"panic", static_cast<int>(PropagationErrorBehavior::kPanic)},
    {"panic-on-replicas", static_cast<int>(PropagationErrorBehavior::kPanicOnReplicas)},
};

// "host port", or "no one" for a master.
absl::Status ParseReplicaOf(Words words, Config& config) {
  if (words.size() != 2) return absl::InvalidArgumentError("wrong number of arguments");
  config.replicaof_host.clear();
  config.replicaof_port = 0;
  if (EqualsIgnoreCase(words[0], "no") && EqualsIgnoreCase(words[1], "one")) {
    return absl::OkStatus();
  }
  int64_t port = 0;
  if (!ParseInteger(words[1], &port) || port < 0 || port > 65535) {
    return absl::InvalidArgumentError("Invalid master port");
  }
  config.replicaof_host = words[0];
  config.replicaof_port = static_cast<int>(port);
  return absl::OkStatus();
}

std::string FormatReplicaOf(const Config& config) {
  if (config.replicaof_host.empty()) return "";
  return config.replicaof_host + ' ' + std::to_string(config.replicaof_port);
}

// Less than this is not worth keeping; Redis raises smaller sizes in the same way.
constexpr int64_t kMinBacklog = 16 * 1024;

constexpr NumberValue BacklogSize() {
  NumberValue value = Memory<&Config::repl_backlog_size>(1, LLONG_MAX);
  value.adjust = [](int64_t bytes) { return std::max(bytes, kMinBacklog); };
  return value;
}

constexpr std::string_view kNoReplication = "replication is not built yet";
constexpr std::string_view kNoReplicaCount =
    "replication is not built yet, so writes could not be held back for want of replicas";

constexpr Option kRows[] = {
    {.name = "replicaof",
     .alias = "slaveof",
     .value = SpecialValue{ParseReplicaOf, FormatReplicaOf},
     .flags = kImmutable | kMultiWord,
     .support = Support::kRefused,
     .why = kNoReplication},
    {.name = "masteruser",
     .value = Text(&Config::masteruser),
     .flags = kSensitive,
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "masterauth",
     .value = Text(&Config::masterauth),
     .flags = kSensitive,
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-serve-stale-data",
     .alias = "slave-serve-stale-data",
     .value = Bool(&Config::replica_serve_stale_data),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-read-only",
     .alias = "slave-read-only",
     .value = Bool(&Config::replica_read_only),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-lazy-flush",
     .alias = "slave-lazy-flush",
     .value = Bool(&Config::replica_lazy_flush),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-ignore-maxmemory",
     .alias = "slave-ignore-maxmemory",
     .value = Bool(&Config::replica_ignore_maxmemory),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-ignore-disk-write-errors",
     .value = Bool(&Config::replica_ignore_disk_write_errors),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-announced",
     .value = Bool(&Config::replica_announced),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-announce-ip",
     .alias = "slave-announce-ip",
     .value = Text(&Config::replica_announce_ip),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-announce-port",
     .alias = "slave-announce-port",
     .value = Integer<&Config::replica_announce_port>(0, 65535),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "replica-priority",
     .alias = "slave-priority",
     .value = Integer<&Config::replica_priority>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-disable-tcp-nodelay",
     .value = Bool(&Config::repl_disable_tcp_nodelay),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-diskless-sync",
     .value = Bool(&Config::repl_diskless_sync),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-diskless-sync-delay",
     .value = Integer<&Config::repl_diskless_sync_delay>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-diskless-sync-max-replicas",
     .value = Integer<&Config::repl_diskless_sync_max_replicas>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-diskless-load",
     .value = Choice<&Config::repl_diskless_load>(kDisklessLoads),
     .flags = kDenyLoading,
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-timeout",
     .value = Integer<&Config::repl_timeout>(1, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-ping-replica-period",
     .alias = "repl-ping-slave-period",
     .value = Integer<&Config::repl_ping_replica_period>(1, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-backlog-size",
     .value = BacklogSize(),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "repl-backlog-ttl",
     .value = Integer<&Config::repl_backlog_ttl>(0, LONG_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "min-replicas-to-write",
     .alias = "min-slaves-to-write",
     .value = Integer<&Config::min_replicas_to_write>(0, INT_MAX),
     .support = Support::kRefused,
     .why = kNoReplicaCount},
    {.name = "min-replicas-max-lag",
     .alias = "min-slaves-max-lag",
     .value = Integer<&Config::min_replicas_max_lag>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoReplication},
    {.name = "propagation-error-behavior",
     .value = Choice<&Config::propagation_error_behavior>(kErrorBehaviors),
     .support = Support::kNoEffect,
     .why = kNoReplication},
};

}  // namespace

std::span<const Option> ReplicationOptions() {
  return kRows;
}

}  // namespace redstart
