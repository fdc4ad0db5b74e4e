#include "server/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <future>
#include <random>
#include <utility>

#include "server/config/host_limits.h"
#include "server/exec/client_memory.h"
#include "server/exec/used_memory.h"
#include "server/observe/allocator.h"
#include "server/observe/log.h"
#include "server/process/crash_report.h"
#include "server/scripting/function_registry.h"

namespace redstart {
namespace {

// Descriptors that the server needs besides those of its clients: listening sockets, event loops,
// files.
constexpr rlim_t kOwnDescriptors = 32;

uint64_t RandomSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

std::string NewRunId() {
  constexpr char kDigits[] = "0123456789abcdef";
  std::random_device device;
  std::string id;
  for (int i = 0; i < 40; ++i) id += kDigits[device() % 16];
  return id;
}

// Raises the limit of open files so that maxclients can connect; returns how many clients really
// can.
uint32_t FitOpenFiles(uint32_t maxclients) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return maxclients;
  const rlim_t wanted = maxclients + kOwnDescriptors;
  if (limit.rlim_cur >= wanted) return maxclients;
  rlimit raised = {wanted, std::max(limit.rlim_max, wanted)};
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) return maxclients;
  raised = {std::min(wanted, limit.rlim_max), limit.rlim_max};
  setrlimit(RLIMIT_NOFILE, &raised);
  getrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur >= wanted) return maxclients;
  const auto fitting = static_cast<uint32_t>(
      limit.rlim_cur > kOwnDescriptors ? limit.rlim_cur - kOwnDescriptors : 1);
  logging::Warning(
      "You requested maxclients of {} requiring at least {} max file descriptors, but the limit is "
      "{}. "
      "maxclients has been reduced to {}: raise 'ulimit -n' to get more.",
      maxclients, wanted, limit.rlim_cur, fitting);
  return fitting;
}

void WritePidFile(const std::string& path) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::trunc);
  file << getpid() << '\n';
  if (!file.flush()) logging::Warning("pidfile {}: {}", path, std::strerror(errno));
}

// Where the process writes its number: as Redis, in a place of its own if it is in the background.
std::string PidFileOf(const Config& config, bool is_supervised) {
  if (!config.pidfile.empty()) return config.pidfile;
  return config.daemonize && !is_supervised ? "/var/run/redis.pid" : "";
}

// The kernel cuts the queue of connections that nobody has accepted yet at a length of its own.
void WarnAboutBacklog(int backlog) {
  int limit = 0;
  if (!(std::ifstream("/proc/sys/net/core/somaxconn") >> limit) || limit >= backlog) return;
  logging::Warning(
      "WARNING: The TCP backlog setting of {} cannot be enforced because "
      "/proc/sys/net/core/somaxconn is set to the lower value of {}.",
      backlog, limit);
}

Config Prepared(Config config) {
  config.maxclients = FitOpenFiles(config.maxclients);
  if (config.maxmemory == 0) TakeShareOfContainer(&config);
  return config;
}

// A container that takes more than it may is ended by the kernel, with all its data.
void LogMemoryLimit(const Config& config) {
  constexpr uint64_t kMiB = uint64_t{1} << 20;
  const uint64_t limit = CgroupMemoryLimit("");
  if (config.maxmemory > 0 && config.maxmemory < static_cast<int64_t>(kMiB)) {
    logging::Warning("WARNING: maxmemory is {} bytes, less than the server needs without any data.",
                     config.maxmemory);
  }
  if (limit == 0) return;
  if (config.maxmemory == 0) {
    logging::Warning(
        "WARNING: this container may use {} MiB of memory, and there is no maxmemory: at the limit "
        "the kernel will kill the server. Set maxmemory, or maxmemory-container-percent 75, and a "
        "maxmemory-policy.",
        limit / kMiB);
  } else if (static_cast<uint64_t>(config.maxmemory) >= limit) {
    logging::Warning(
        "WARNING: maxmemory is {} MiB, but this container may use {} MiB only: the kernel will "
        "kill "
        "the server first.",
        static_cast<uint64_t>(config.maxmemory) / kMiB, limit / kMiB);
  } else {
    logging::Notice("maxmemory is {} MiB of the {} MiB that this container may use",
                    static_cast<uint64_t>(config.maxmemory) / kMiB, limit / kMiB);
  }
}

void LogListenFailure(const absl::Status& status) {
  const absl::string_view reason = status.message();
  logging::Warning("Could not start to listen: {}.",
                   std::string_view(reason.data(), reason.size()));
}

}  // namespace

Server::Server(Config config, Origin origin)
    : config_(Prepared(std::move(config))), title_(origin.title), supervisor_(origin.supervisor) {
  const auto current = config_.current();
  state_.started_us = clock_.NowMicros();
  state_.run_id = NewRunId();
  state_.replication_id = NewRunId();
  state_.executable = std::move(origin.executable);
  state_.config_file = std::move(origin.config_file);
  state_.supervised_by = supervisor_.name();
  state_.tcp_port = current->port;
  state_.io_threads = current->io_threads;
  keyspace_ =
      std::make_unique<Keyspace>(Keyspace::ShardCountFor(static_cast<size_t>(current->io_threads)),
                                 current->databases, RandomSeed());
  Services services = {.keyspace = keyspace_.get(),
                       .journal = &journal_,
                       .config = &config_,
                       .commands = &commands_,
                       .sessions = &sessions_,
                       .stats = &stats_,
                       .state = &state_,
                       .control = this,
                       .slow_log = &slow_log_,
                       .latency_monitor = &latency_monitor_,
                       .monitors = &monitors_,
                       .pause = &pause_,
                       .channels = &channels_,
                       .publisher = &channels_,
                       .gate = &gate_,
                       .scripts = &scripts_,
                       .functions = &scripts_.functions(),
                       .clock = &clock_};
  persistence_ = std::make_unique<Persistence>(services);
  services.persistence = persistence_.get();
  migrator_ = std::make_unique<Migrator>(services);
  services.migrator = migrator_.get();
  io_threads_ = std::make_unique<IoThreads>(services, static_cast<size_t>(current->io_threads));
  RegisterConfigHooks(services);
  state_.startup_memory = UsedMemory(services);
}

Server::~Server() = default;

void Server::RegisterConfigHooks(const Services& services) {
  config_.OnChange("loglevel", [](const Config&, const Config& after) {
    logging::SetLevel(after.loglevel);
    return absl::OkStatus();
  });
  config_.OnChange("crash-log-enabled", [](const Config&, const Config& after) {
    EnableCrashReports(after.crash_log_enabled);
    return absl::OkStatus();
  });
  config_.OnChange("jemalloc-bg-thread", [](const Config&, const Config& after) {
    if (ReturnMemoryInBackground(after.jemalloc_bg_thread)) return absl::OkStatus();
    return absl::InternalError("Unable to toggle background thread");
  });
  config_.OnChange("proc-title-template", [this](const Config&, const Config& after) {
    ShowTitle(after);
    return absl::OkStatus();
  });
  const std::string_view oom[] = {"oom-score-adj", "oom-score-adj-values"};
  config_.OnChange(oom,
                   [this](const Config&, const Config& after) { return oom_score_.Apply(after); });
  config_.OnChange("dir", [](const Config&, const Config& after) {
    if (chdir(after.dir.c_str()) == 0) return absl::OkStatus();
    return absl::InternalError(std::strerror(errno));
  });
  config_.OnChange("maxclients", [](const Config&, const Config& after) {
    if (FitOpenFiles(after.maxclients) >= after.maxclients) return absl::OkStatus();
    return absl::InternalError(
        "The operating system is not able to handle the specified number of clients");
  });
  config_.OnChange("maxmemory", [services](const Config&, const Config& after) {
    const auto limit = static_cast<uint64_t>(after.maxmemory);
    const uint64_t used = UsedMemory(services);
    if (limit > 0 && limit < used) {
      logging::Warning(
          "WARNING: the new maxmemory of {} bytes is less than the {} bytes in use: keys will be "
          "evicted, or writes refused, as maxmemory-policy says.",
          limit, used);
    }
    return absl::OkStatus();
  });
  const std::string_view of_clients[] = {"maxmemory-clients", "maxmemory"};
  config_.OnChange(of_clients, [services](const Config&, const Config& after) {
    if (const uint64_t limit = ClientMemoryLimit(after)) {
      services.state->evicted_clients += services.sessions->CloseLargest(limit);
    }
    return absl::OkStatus();
  });
  const std::string_view listening[] = {"port", "bind"};
  config_.OnChange(listening, [this](const Config& before, const Config& after) {
    absl::Status status;
    io_threads_->RunOnFirst([&] { status = io_threads_->Listen(after); });
    if (!status.ok()) {
      LogListenFailure(status);
      return absl::InternalError(before.bind != after.bind
                                     ? "Failed to bind to specified addresses."
                                     : "Unable to listen on this port. Check server logs.");
    }
    state_.tcp_port = after.port;
    ShowTitle(after);
    return absl::OkStatus();
  });
}

int Server::Run() {
  const auto config = config_.current();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // A file that must not grow is an error of write(2), not the end.
  // As the first process of a container it inherits the orphans there; ignored, they leave at once.
  if (getpid() == 1) std::signal(SIGCHLD, SIG_IGN);
  LogStart(*config);
  EnableCrashReports(config->crash_log_enabled);
  // A failure is in the log, and no reason not to start.
  oom_score_.Apply(*config).IgnoreError();
  ReturnMemoryInBackground(config->jemalloc_bg_thread);
  ShowTitle(*config);
  WarnAboutBacklog(config->tcp_backlog);
  LogMemoryLimit(*config);
  if (const absl::Status status = io_threads_->Listen(*config); !status.ok()) {
    LogListenFailure(status);
    logging::Warning(
        "Failed listening on port {}, aborting. Change 'port', 'bind' or 'unixsocket', or stop "
        "what uses it.",
        config->port);
    return EXIT_FAILURE;
  }
  logging::Notice("Server initialized");
  const std::string pidfile = PidFileOf(*config, supervisor_.is_present());
  WritePidFile(pidfile);
  io_threads_->HandleSignals([this](int signal) { OnSignal(signal); });
  persistence_->LoadAtStart([this](const absl::Status& status) { OnLoaded(status); });
  persistence_->Start();
  io_threads_->Run();
  supervisor_.Tell("STOPPING=1\n");
  persistence_->Stop();
  if (!pidfile.empty()) unlink(pidfile.c_str());
  logging::Warning("Redstart is now ready to exit, bye bye...");
  return EXIT_SUCCESS;
}

void Server::OnLoaded(const absl::Status& status) {
  if (status.ok() || absl::IsNotFound(status)) {
    supervisor_.Tell("STATUS=Ready to accept connections\nREADY=1\n");
    return logging::Notice("Ready to accept connections tcp");
  }
  if (absl::IsAborted(status)) return;  // The server is to end.
  const absl::string_view reason = status.message();
  const std::string_view text(reason.data(), reason.size());
  logging::Warning("{}", text);
  // What is wrong with an append-only file is the last that is said, as on Redis.
  if (!absl::IsFailedPrecondition(status)) {
    logging::Warning("Fatal error loading the DB, check server logs. Exiting.");
  }
  // Other threads are serving clients: nothing can be taken down in order.
  std::_Exit(EXIT_FAILURE);
}

void Server::LogStart(const Config& config) const {
  logging::Notice("oO0OoO0OoO0Oo Redstart is starting oO0OoO0OoO0Oo");
  logging::Notice("Redstart version={}, bits=64, pid={}, just started", REDSTART_VERSION, getpid());
  if (state_.config_file.empty()) {
    logging::Warning(
        "Warning: no config file specified, using the default config. In order to specify a config "
        "file use {} "
        "/path/to/redstart.conf",
        state_.executable);
  } else {
    logging::Notice("Configuration loaded");
  }
  logging::Notice("Running mode=standalone, port={}, io-threads={}, PID: {}", config.port,
                  config.io_threads, getpid());
}

void Server::ShowTitle(const Config& config) const {
  if (config.set_proc_title) {
    title_.Set(ExpandTitle(config, state_.executable, state_.config_file));
  }
}

void Server::OnSignal(int signal) {
  if (signal == SIGINT && signalled_) {
    logging::Warning("You insist... exiting now.");
    persistence_->RemoveTemporaryFiles();
    std::_Exit(EXIT_FAILURE);
  }
  logging::Warning("Received {} scheduling shutdown...", signal == SIGINT ? "SIGINT" : "SIGTERM");
  const auto config = config_.current();
  const int flags = signal == SIGINT ? config->shutdown_on_sigint : config->shutdown_on_sigterm;
  if (!MayEnd(flags)) return;
  signalled_ = true;
  if (state_.loading) persistence_->AbortLoading();
  // While DEBUG PAUSE-CRON holds up all that happens by itself, the end waits, too.
  persistence_->RunWhenCronRuns([this, flags] {
    if (signalled_ && !FinishShutdown(flags)) signalled_ = false;
  });
}

bool Server::MayEnd(int flags) const {
  if (persistence_->aof().state() != AppendOnlyFile::State::kAwaitsBase) return true;
  if ((flags & kShutdownForce) != 0) {
    logging::Warning("Writing initial AOF. Exit anyway.");
    return true;
  }
  logging::Warning("Writing initial AOF, can't exit.");
  return false;
}

bool Server::Shutdown(int flags) {
  if (!MayEnd(flags)) return false;
  if (state_.loading) persistence_->AbortLoading();
  std::promise<bool> done;
  persistence_->RunOnThread([&] { done.set_value(FinishShutdown(flags)); });
  return done.get_future().get();
}

bool Server::AbortShutdown() {
  if (!signalled_.exchange(false)) return false;
  logging::Notice("Shutdown manually aborted.");
  return true;
}

bool Server::FinishShutdown(int flags) {
  if (state_.stopping) return true;
  logging::Notice("User requested shutdown...");
  const auto config = config_.current();
  // A script that takes too long has all locks, and only the end of the server may end it.
  const bool is_busy = keyspace_->is_busy();
  const bool wanted = !is_busy && ((flags & kShutdownSave) != 0 ||
                                   (!config->save.empty() && (flags & kShutdownNoSave) == 0));
  const ShardLocks all = is_busy ? ShardLocks() : keyspace_->LockAll();
  if (!persistence_->aof().writer().FlushAndSync() && (flags & kShutdownForce) == 0) {
    logging::Warning("Error writing the append-only file, can't exit.");
    return false;
  }
  // What is half loaded must not replace what it was loaded from.
  if (wanted && !state_.loading) {
    logging::Notice("Saving the final RDB snapshot before exiting.");
    if (!persistence_->Save(all, /*keep_cached=*/true)) {
      if ((flags & kShutdownForce) == 0) {
        logging::Warning("Error trying to save the DB, can't exit.");
        logging::Warning(
            "Errors trying to shut down the server. Check the logs for more information.");
        return false;
      }
      logging::Warning("Error trying to save the DB. Exit anyway.");
    }
  }
  state_.stopping = true;
  io_threads_->Stop();
  return true;
}

}  // namespace redstart
