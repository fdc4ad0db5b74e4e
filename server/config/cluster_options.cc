#include <climits>

#include "server/config/options.h"

namespace redstart {
namespace {

constexpr Spelling kEndpointTypes[] = {
    {"ip", static_cast<int>(ClusterEndpointType::kIp)},
    {"hostname", static_cast<int>(ClusterEndpointType::kHostname)},
    {"unknown-endpoint", static_cast<int>(ClusterEndpointType::kUnknownEndpoint)},
};

bool IsLetterOrDigit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

std::string_view CheckHostname(std::string_view name) {
  if (name.size() >= 256) return "Hostnames must be less than 256 characters";
  for (const char c : name) {
    if (!IsLetterOrDigit(c) && c != '-' && c != '.') {
      return "Hostnames may only contain alphanumeric characters, hyphens or dots";
    }
  }
  return {};
}

// These characters have a meaning in the cluster's own file of nodes.
std::string_view CheckNodename(std::string_view name) {
  if (name.find_first_of("!#$%&()*+:;<>?@[]^{|}~") == std::string_view::npos) return {};
  return "Announced human node name contained invalid character";
}

constexpr std::string_view kNoCluster = "cluster mode is not built yet";

constexpr Option kRows[] = {
    {.name = "cluster-enabled",
     .value = Bool(&Config::cluster_enabled),
     .flags = kImmutable,
     .support = Support::kRefused,
     .why = kNoCluster},
    {.name = "cluster-config-file",
     .value = Text(&Config::cluster_config_file),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-node-timeout",
     .value = Integer<&Config::cluster_node_timeout>(0, LLONG_MAX),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-port",
     .value = Integer<&Config::cluster_port>(0, 65535),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-ip",
     .value = Text(&Config::cluster_announce_ip),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-hostname",
     .value = Text(&Config::cluster_announce_hostname, CheckHostname),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-human-nodename",
     .value = Text(&Config::cluster_announce_human_nodename, CheckNodename),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-port",
     .value = Integer<&Config::cluster_announce_port>(0, 65535),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-tls-port",
     .value = Integer<&Config::cluster_announce_tls_port>(0, 65535),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-announce-bus-port",
     .value = Integer<&Config::cluster_announce_bus_port>(0, 65535),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-preferred-endpoint-type",
     .value = Choice<&Config::cluster_preferred_endpoint_type>(kEndpointTypes),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-require-full-coverage",
     .value = Bool(&Config::cluster_require_full_coverage),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-allow-reads-when-down",
     .value = Bool(&Config::cluster_allow_reads_when_down),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-allow-pubsubshard-when-down",
     .value = Bool(&Config::cluster_allow_pubsubshard_when_down),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-allow-replica-migration",
     .value = Bool(&Config::cluster_allow_replica_migration),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-migration-barrier",
     .value = Integer<&Config::cluster_migration_barrier>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-replica-validity-factor",
     .alias = "cluster-slave-validity-factor",
     .value = Integer<&Config::cluster_replica_validity_factor>(0, INT_MAX),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-replica-no-failover",
     .alias = "cluster-slave-no-failover",
     .value = Bool(&Config::cluster_replica_no_failover),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-link-sendbuf-limit",
     .value = Memory<&Config::cluster_link_sendbuf_limit>(0, LLONG_MAX),
     .support = Support::kNoEffect,
     .why = kNoCluster},
    {.name = "cluster-ping-interval",
     .value = Integer<&Config::cluster_ping_interval>(0, LLONG_MAX),
     .flags = kHidden,
     .support = Support::kNoEffect,
     .why = "it exists for Redis's own tests"},
};

}  // namespace

std::span<const Option> ClusterOptions() {
  return kRows;
}

}  // namespace redstart
