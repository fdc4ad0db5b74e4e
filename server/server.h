#ifndef REDSTART_SERVER_SERVER_H_
#define REDSTART_SERVER_SERVER_H_

// The whole server: makes the parts, plugs them together, and runs them.
//
// Only main.cc includes this: what commands need of the server they get through Services.

#include <atomic>
#include <memory>

#include "server/commands/command_families.h"
#include "server/config/config_store.h"
#include "server/exec/client_pause.h"
#include "server/exec/clock.h"
#include "server/exec/command_table.h"
#include "server/exec/monitor_feed.h"
#include "server/exec/reply_gate.h"
#include "server/exec/services.h"
#include "server/exec/session_registry.h"
#include "server/exec/stats.h"
#include "server/migration/migrator.h"
#include "server/net/io_threads.h"
#include "server/observe/latency_monitor.h"
#include "server/observe/slow_log.h"
#include "server/persistence/persistence.h"
#include "server/process/oom_score.h"
#include "server/process/process_title.h"
#include "server/process/supervisor.h"
#include "server/pubsub/channel_registry.h"
#include "server/scripting/script_engine.h"
#include "storage/disk/journal.h"
#include "storage/keyspace.h"

namespace redstart {

class Server : private ServerControl {
 public:
  struct Origin {
    std::string executable;
    std::string config_file;  // Absolute, or empty.
    ProcessTitle title;
    Supervisor supervisor;
  };
  Server(Config config, Origin origin);
  ~Server() override;

  // Listens, and serves until a signal or SHUTDOWN. Returns the exit code of the process.
  int Run();

 private:
  bool Shutdown(int flags) override;
  bool AbortShutdown() override;
  // Not while all that the append-only file has depends on a rewrite that is under way.
  bool MayEnd(int flags) const;
  // What Shutdown does on the persistence thread, when nothing else is saved any more.
  bool FinishShutdown(int flags);
  void RegisterConfigHooks();
  void OnSignal(int signal);
  void OnLoaded(const absl::Status& status);
  void LogStart(const Config& config) const;
  void ShowTitle(const Config& config) const;

  Clock clock_;
  ConfigStore config_;
  std::vector<CommandRows> families_ = AllCommandFamilies();
  CommandTable commands_{families_, config_.current()->renamed_commands};
  StatsBoard stats_{commands_.size()};
  SessionRegistry sessions_;
  Journal journal_;
  SlowLog slow_log_;
  LatencyMonitor latency_monitor_;
  MonitorFeed monitors_;
  ClientPause pause_;
  ReplyGate gate_;
  const ProcessTitle title_;
  const Supervisor supervisor_;
  OomScore oom_score_;
  ChannelRegistry channels_;
  ScriptEngine scripts_;
  ServerState state_;
  std::unique_ptr<Keyspace> keyspace_;
  std::unique_ptr<Persistence> persistence_;
  std::unique_ptr<Migrator> migrator_;
  std::unique_ptr<IoThreads> io_threads_;
  // A signal asked for the end: set on the signals' thread, called off on any.
  std::atomic<bool> signalled_{false};
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SERVER_H_
