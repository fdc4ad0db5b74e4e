#ifndef REDSTART_SERVER_EXEC_SERVICES_H_
#define REDSTART_SERVER_EXEC_SERVICES_H_

// What handlers may use besides keys. server.cc makes the parts and plugs them in here; all of them
// outlive every session, and each of them is safe to use from every I/O thread.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/exec/running_script.h"

namespace redstart {

class ClientPause;
class Clock;
class ChannelRegistry;
class CommandTable;
class ConfigStore;
class Journal;
class Keyspace;
class LatencyMonitor;
class Migrator;
class MonitorFeed;
class Persistence;
class FunctionStore;
class Publisher;
class ReplyGate;
class ScriptEngine;
class SessionRegistry;
class SlowLog;
class StatsBoard;

// The Redis whose behaviour clients may expect: what HELLO and INFO call the server's version.
inline constexpr std::string_view kRedisVersion = "7.2.6";

// Facts about this process that INFO tells, and switches that commands turn.
struct ServerState {
  uint64_t started_us = 0;
  std::string run_id;          // 40 hexadecimal digits.
  std::string replication_id;  // 40 more: which history of changes this is.
  std::string executable;
  std::string config_file;
  std::string supervised_by = "no";  // INFO's process_supervised.
  int tcp_port = 0;
  int io_threads = 1;
  std::atomic<bool> active_expiry{true};  // DEBUG SET-ACTIVE-EXPIRE.
  std::atomic<bool> cron_paused{false};   // DEBUG PAUSE-CRON.
  std::atomic<bool> loading{false};       // The data set is not whole yet.
  std::atomic<bool> last_save_failed{false};
  // More is in use than maxmemory allows, and nothing that would help may be evicted: what may need
  // memory is refused. Kept by MemoryLimit, and only while there is a limit.
  std::atomic<bool> over_memory_limit{false};
  // Since when more has been in use than that, 0 if it is not, and how long altogether before.
  std::atomic<uint64_t> over_limit_since_us{0};
  std::atomic<uint64_t> over_limit_us{0};
  // The sum that threads add to as they allocate, and how often it was counted anew (MemoryMeter).
  std::atomic<int64_t> metered_bytes{0};
  std::atomic<uint64_t> meter_readings{0};
  // Why the append-only file could not be written or synced the last time: an errno, or 0.
  std::atomic<int> aof_error{0};
  std::atomic<bool> scripts_may_call_all{false};  // DEBUG SET-DISABLE-DENY-SCRIPTS.
  RunningScript script;
  // No command may run any more: set with every shard locked, tested after locking.
  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> peak_memory{0};      // The most that was in use whenever somebody looked.
  uint64_t startup_memory = 0;               // In use when the server began to serve.
  std::atomic<uint64_t> evicted_clients{0};  // Closed because of maxmemory-clients.
  // What CONFIG RESETSTAT subtracts from then on, of counts that storage keeps.
  std::atomic<uint64_t> expired_keys_at_reset{0};
  std::atomic<uint64_t> expired_fields_at_reset{0};
  std::atomic<uint64_t> lazyfreed_at_reset{0};
};

// What stops the process: implemented above this layer.
class ServerControl {
 public:
  virtual ~ServerControl() = default;
  // Ends the server in an orderly way, from any thread that holds no lock; `flags` are ShutdownFlag
  // bits. Saves the data set if save points or the flags ask for it, and returns once the end is
  // certain; false if saving failed, and the server goes on.
  virtual bool Shutdown(int flags) = 0;
  // Calls off an end that was asked for and has not begun. False if there is none.
  virtual bool AbortShutdown() = 0;
};

struct Services {
  Keyspace* keyspace;
  Journal* journal;
  ConfigStore* config;
  const CommandTable* commands;
  SessionRegistry* sessions;
  StatsBoard* stats;
  ServerState* state;
  ServerControl* control;
  Persistence* persistence;
  SlowLog* slow_log;
  LatencyMonitor* latency_monitor;
  MonitorFeed* monitors;
  ClientPause* pause;
  Migrator* migrator;
  ChannelRegistry* channels;
  Publisher* publisher;  // The same as `channels`, as execution knows it.
  ReplyGate* gate;
  ScriptEngine* scripts;
  FunctionStore* functions;  // A part of `scripts`, as files know it.
  const Clock* clock;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SERVICES_H_
