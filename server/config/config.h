#ifndef REDSTART_SERVER_CONFIG_CONFIG_H_
#define REDSTART_SERVER_CONFIG_CONFIG_H_

// The configuration: one plain struct with a typed field for every option.
//
// A field is named like its option with '-' as '_'. The values written here are the defaults, and
// the only place where they stand; options.h says how each is spelled, checked and printed. Those
// that depend on the machine (io_threads, dir) are filled in by DefaultConfig().
//
// Ownership and threads. A Config that ConfigStore has published never changes; readers hold a
// shared_ptr to it. Defaults and meanings are those of Redis 7.2 except where conf/redstart.conf
// says otherwise.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace redstart {

enum class LogLevel { kDebug, kVerbose, kNotice, kWarning, kNothing };
enum class Supervised { kNo, kAuto, kSystemd, kUpstart };
enum class SyslogFacility {
  kUser,
  kLocal0,
  kLocal1,
  kLocal2,
  kLocal3,
  kLocal4,
  kLocal5,
  kLocal6,
  kLocal7
};
enum class OomScoreAdj { kNo, kRelative, kAbsolute };
enum class MaxmemoryPolicy {
  kVolatileLru,
  kVolatileLfu,
  kVolatileRandom,
  kVolatileTtl,
  kAllkeysLru,
  kAllkeysLfu,
  kAllkeysRandom,
  kNoEviction,
};
enum class AppendFsync { kEverySec, kAlways, kNo };
enum class ReplDisklessLoad { kDisabled, kOnEmptyDb, kSwapDb };
enum class TlsAuthClients { kNo, kYes, kOptional };
enum class AclPubsubDefault { kAllChannels, kResetChannels };
enum class SanitizeDumpPayload { kNo, kYes, kClients };
// Who may do a thing that is risky by nature; kLocal is a client on this machine.
enum class ProtectedAction { kNo, kYes, kLocal };
// Who is served while no password is set: everybody, this machine, or private networks as well.
enum class ProtectedMode { kNo, kYes, kPrivate };
enum class ClusterEndpointType { kIp, kHostname, kUnknownEndpoint };
enum class PropagationErrorBehavior { kIgnore, kPanic, kPanicOnReplicas };

// Bits of shutdown_on_sigint and shutdown_on_sigterm. No bit is "default".
enum ShutdownFlag : int {
  kShutdownDefault = 0,
  kShutdownSave = 1,
  kShutdownNoSave = 2,
  kShutdownNow = 4,
  kShutdownForce = 8,
};

// Bits of notify_keyspace_events.
enum NotifyClass : uint32_t {
  kNotifyKeyspace = 1u << 0,  // K
  kNotifyKeyevent = 1u << 1,  // E
  kNotifyGeneric = 1u << 2,   // g
  kNotifyString = 1u << 3,    // $
  kNotifyList = 1u << 4,      // l
  kNotifySet = 1u << 5,       // s
  kNotifyHash = 1u << 6,      // h
  kNotifyZset = 1u << 7,      // z
  kNotifyExpired = 1u << 8,   // x
  kNotifyEvicted = 1u << 9,   // e
  kNotifyStream = 1u << 10,   // t
  kNotifyKeyMiss = 1u << 11,  // m, not part of A
  kNotifyModule = 1u << 12,   // d
  kNotifyNew = 1u << 13,      // n, not part of A
  // A
  kNotifyAll = kNotifyGeneric | kNotifyString | kNotifyList | kNotifySet | kNotifyHash |
               kNotifyZset | kNotifyExpired | kNotifyEvicted | kNotifyStream | kNotifyModule,
};

// The classes of client that have an output limit of their own.
enum ClientClass : int { kClientNormal, kClientReplica, kClientPubsub, kClientClassCount };

// A client is closed at once above hard_bytes, and after soft_seconds above soft_bytes. 0 is no
// limit.
struct OutputBufferLimit {
  int64_t hard_bytes = 0;
  int64_t soft_bytes = 0;
  int64_t soft_seconds = 0;
  bool operator==(const OutputBufferLimit&) const = default;
};

// rename-command: the name that clients call a command by from the start on; empty takes the
// command away.
struct RenamedCommand {
  std::string from;
  std::string to;
  std::string where;  // For errors: "at line 3 of redstart.conf".
  bool operator==(const RenamedCommand&) const = default;
};

// Save when at least `changes` writes happened in the last `seconds`.
struct SavePoint {
  int64_t seconds = 0;
  int64_t changes = 0;
  bool operator==(const SavePoint&) const = default;
};

struct Config {
  // Network.
  std::vector<std::string> bind = {"*", "-::*"};  // '-' before an address: it may be missing
  int port = 6379;                                // 0: no TCP
  std::string unixsocket;                         // empty: none
  uint32_t unixsocketperm = 0;                    // 0: as the umask says
  int tcp_backlog = 511;
  int tcp_keepalive = 300;  // seconds; 0: off
  int timeout = 0;          // idle seconds; 0: never
  uint32_t maxclients = 10000;
  ProtectedMode protected_mode = ProtectedMode::kYes;
  uint32_t socket_mark_id = 0;
  std::string bind_source_addr;
  int io_threads = 1;  // DefaultConfig: the CPUs this process may use
  bool io_threads_do_reads = false;
  int64_t proto_max_bulk_len = int64_t{512} << 20;
  int64_t client_query_buffer_limit = int64_t{1} << 30;
  std::array<OutputBufferLimit, kClientClassCount> client_output_buffer_limit = {{
      {0, 0, 0},
      {int64_t{256} << 20, int64_t{64} << 20, 60},
      {int64_t{32} << 20, int64_t{8} << 20, 60},
  }};

  // Who may do what.
  std::string requirepass;
  std::string aclfile;
  int64_t acllog_max_len = 128;
  AclPubsubDefault acl_pubsub_default = AclPubsubDefault::kResetChannels;
  ProtectedAction enable_protected_configs = ProtectedAction::kNo;
  ProtectedAction enable_debug_command = ProtectedAction::kNo;
  ProtectedAction enable_module_command = ProtectedAction::kNo;

  // The process.
  bool daemonize = false;
  Supervised supervised = Supervised::kNo;
  std::string pidfile;
  LogLevel loglevel = LogLevel::kNotice;
  std::string logfile;  // empty: standard output
  bool syslog_enabled = false;
  std::string syslog_ident = "redis";
  SyslogFacility syslog_facility = SyslogFacility::kLocal0;
  bool crash_log_enabled = true;
  bool crash_memcheck_enabled = true;
  bool always_show_logo = false;
  bool set_proc_title = true;
  std::string proc_title_template = "{title} {listen-addr} {server-mode}";
  std::string locale_collate;
  int shutdown_on_sigint = kShutdownDefault;
  int shutdown_on_sigterm = kShutdownDefault;
  int shutdown_timeout = 10;  // seconds
  OomScoreAdj oom_score_adj = OomScoreAdj::kNo;
  std::array<int, 3> oom_score_adj_values = {0, 200, 800};
  bool disable_thp = true;
  std::string ignore_warnings;
  std::string server_cpulist;
  std::string bio_cpulist;
  std::string aof_rewrite_cpulist;
  std::string bgsave_cpulist;
  int databases = 16;
  int hz = 10;
  bool dynamic_hz = true;
  int watchdog_period = 0;
  bool use_exit_on_panic = false;

  // Memory and eviction.
  int64_t maxmemory = 0;  // bytes; 0: no limit
  MaxmemoryPolicy maxmemory_policy = MaxmemoryPolicy::kNoEviction;
  int maxmemory_container_percent = 0;  // of the container's limit, if maxmemory is 0; 0: off
  int maxmemory_samples = 5;
  int maxmemory_eviction_tenacity = 10;
  int64_t maxmemory_clients = 0;  // bytes, or a percentage of maxmemory as a negative number
  int lfu_log_factor = 10;
  int lfu_decay_time = 1;  // minutes
  int active_expire_effort = 1;
  bool lazyfree_lazy_eviction = false;
  bool lazyfree_lazy_expire = false;
  bool lazyfree_lazy_server_del = false;
  bool lazyfree_lazy_user_del = false;
  bool lazyfree_lazy_user_flush = false;
  bool activerehashing = true;
  bool jemalloc_bg_thread = true;
  bool activedefrag = false;
  int64_t active_defrag_ignore_bytes = int64_t{100} << 20;
  int active_defrag_threshold_lower = 10;
  int active_defrag_threshold_upper = 100;
  int active_defrag_cycle_min = 1;
  int active_defrag_cycle_max = 25;
  int64_t active_defrag_max_scan_fields = 1000;

  // Encodings of small values.
  int64_t hash_max_listpack_entries = 512;
  int64_t hash_max_listpack_value = 64;
  int list_max_listpack_size = -2;
  int list_compress_depth = 0;
  int64_t set_max_intset_entries = 512;
  int64_t set_max_listpack_entries = 128;
  int64_t set_max_listpack_value = 64;
  int64_t zset_max_listpack_entries = 128;
  int64_t zset_max_listpack_value = 64;
  int64_t hll_sparse_max_bytes = 3000;
  int64_t stream_node_max_bytes = 4096;
  int64_t stream_node_max_entries = 100;

  // What can be observed.
  int64_t slowlog_log_slower_than = 10000;  // microseconds; negative: off
  int64_t slowlog_max_len = 128;
  int64_t latency_monitor_threshold = 0;  // milliseconds; 0: off
  bool latency_tracking = true;
  std::vector<double> latency_tracking_info_percentiles = {50, 99, 99.9};
  uint32_t notify_keyspace_events = 0;  // NotifyClass bits
  int64_t tracking_table_max_keys = 1000000;
  int64_t busy_reply_threshold = 5000;  // milliseconds

  // Files: snapshots and the append-only file.
  std::string dir;  // absolute; DefaultConfig: the working directory
  std::string dbfilename = "dump.rdb";
  std::vector<SavePoint> save = {{3600, 1}, {300, 100}, {60, 10000}};
  bool rdbcompression = true;
  bool rdbchecksum = true;
  int rdb_version = 0;  // 0: auto
  bool rdb_save_incremental_fsync = true;
  bool rdb_del_sync_files = false;
  bool stop_writes_on_bgsave_error = true;
  SanitizeDumpPayload sanitize_dump_payload = SanitizeDumpPayload::kNo;
  bool appendonly = false;
  std::string appendfilename = "appendonly.aof";
  std::string appenddirname = "appendonlydir";
  AppendFsync appendfsync = AppendFsync::kEverySec;
  bool no_appendfsync_on_rewrite = false;
  int auto_aof_rewrite_percentage = 100;
  int64_t auto_aof_rewrite_min_size = int64_t{64} << 20;
  bool aof_load_truncated = true;
  bool aof_use_rdb_preamble = true;
  bool aof_timestamp_enabled = false;
  bool aof_rewrite_incremental_fsync = true;
  bool aof_disable_auto_gc = false;
  int aof_history_keep = 0;    // generations
  int rdb_key_save_delay = 0;  // microseconds
  int key_load_delay = 0;      // microseconds
  int64_t loading_process_events_interval_bytes = int64_t{2} << 20;

  // Replication.
  std::string replicaof_host;  // empty: this is a master
  int replicaof_port = 0;
  std::string masteruser;
  std::string masterauth;
  bool replica_serve_stale_data = true;
  bool replica_read_only = true;
  bool replica_lazy_flush = false;
  bool replica_ignore_maxmemory = true;
  bool replica_ignore_disk_write_errors = false;
  bool replica_announced = true;
  std::string replica_announce_ip;
  int replica_announce_port = 0;
  int replica_priority = 100;
  bool repl_disable_tcp_nodelay = false;
  bool repl_diskless_sync = true;
  int repl_diskless_sync_delay = 5;
  int repl_diskless_sync_max_replicas = 0;
  ReplDisklessLoad repl_diskless_load = ReplDisklessLoad::kDisabled;
  int repl_timeout = 60;
  int repl_ping_replica_period = 10;
  int64_t repl_backlog_size = int64_t{1} << 20;
  int64_t repl_backlog_ttl = 3600;
  int min_replicas_to_write = 0;
  int min_replicas_max_lag = 10;
  PropagationErrorBehavior propagation_error_behavior = PropagationErrorBehavior::kIgnore;

  // Cluster.
  bool cluster_enabled = false;
  std::string cluster_config_file = "nodes.conf";
  int64_t cluster_node_timeout = 15000;
  int64_t cluster_ping_interval = 0;
  int cluster_port = 0;
  std::string cluster_announce_ip;
  std::string cluster_announce_hostname;
  std::string cluster_announce_human_nodename;
  int cluster_announce_port = 0;
  int cluster_announce_tls_port = 0;
  int cluster_announce_bus_port = 0;
  ClusterEndpointType cluster_preferred_endpoint_type = ClusterEndpointType::kIp;
  bool cluster_require_full_coverage = true;
  bool cluster_allow_reads_when_down = false;
  bool cluster_allow_pubsubshard_when_down = true;
  bool cluster_allow_replica_migration = true;
  int cluster_migration_barrier = 1;
  int cluster_replica_validity_factor = 10;
  bool cluster_replica_no_failover = false;
  int64_t cluster_link_sendbuf_limit = 0;

  // TLS.
  int tls_port = 0;
  bool tls_replication = false;
  bool tls_cluster = false;
  std::string tls_cert_file;
  std::string tls_key_file;
  std::string tls_key_file_pass;
  std::string tls_client_cert_file;
  std::string tls_client_key_file;
  std::string tls_client_key_file_pass;
  std::string tls_dh_params_file;
  std::string tls_ca_cert_file;
  std::string tls_ca_cert_dir;
  TlsAuthClients tls_auth_clients = TlsAuthClients::kYes;
  std::string tls_protocols;
  std::string tls_ciphers;
  std::string tls_ciphersuites;
  bool tls_prefer_server_ciphers = false;
  bool tls_session_caching = true;
  int tls_session_cache_size = 20480;
  int tls_session_cache_timeout = 300;

  // In the order in which they apply. Set at the start only.
  std::vector<RenamedCommand> renamed_commands;

  bool operator==(const Config&) const = default;
};

// The defaults on this machine: io_threads and dir are looked up, the rest is Config{}.
Config DefaultConfig();

// The policy orders keys by how often, rather than how lately, they were used.
inline bool UsesLfu(MaxmemoryPolicy policy) {
  return policy == MaxmemoryPolicy::kVolatileLfu || policy == MaxmemoryPolicy::kAllkeysLfu;
}

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_CONFIG_H_
