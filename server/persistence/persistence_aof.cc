// The append-only file's part of Persistence: rewrites among the background jobs, the options that
// turn it on and off, and loading it.

#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"
#include "server/exec/stats.h"
#include "server/observe/log.h"
#include "server/persistence/aof_folder.h"
#include "server/persistence/persistence.h"
#include "server/persistence/snapshot_options.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
// A base is pushed to the disk in steps of this size.
constexpr size_t kSyncStep = size_t{4} << 20;

std::string_view TextOf(const absl::Status& status) {
  const absl::string_view text = status.message();
  return {text.data(), text.size()};
}

OutputFile::Options FileOptions(const Config& config) {
  return {.sync_every = config.aof_rewrite_incremental_fsync ? kSyncStep : 0, .keep_cached = false};
}

}  // namespace

void Persistence::RegisterConfigHooks() {
  const auto config = services_.config->current();
  aof_.writer().Configure(*config);
  aof_.writer().is_disk_busy = [this] { return is_saving() || is_rewriting(); };
  services_.journal->SetLogTimestamps(config->aof_timestamp_enabled);
  services_.config->OnChange("appendonly", [this](const Config&, const Config& after) {
    if (after.appendonly) return TurnAofOn();
    TurnAofOff();
    return absl::OkStatus();
  });
  const std::string_view writing[] = {"appendfsync", "no-appendfsync-on-rewrite",
                                      "latency-monitor-threshold"};
  services_.config->OnChange(writing, [this](const Config&, const Config& after) {
    aof_.writer().Configure(after);
    return absl::OkStatus();
  });
  services_.config->OnChange("aof-timestamp-enabled", [this](const Config&, const Config& after) {
    services_.journal->SetLogTimestamps(after.aof_timestamp_enabled);
    return absl::OkStatus();
  });
  const std::string_view history[] = {"aof-disable-auto-gc", "aof-history-keep"};
  services_.config->OnChange(
      history, [this](const Config&, const Config& after) { return aof_.RemoveHistory(after); });
}

absl::Status Persistence::TurnAofOn() {
  aof_.TurnOn();
  std::shared_ptr<Job> job;
  {
    const MutexLock lock(&mutex_);
    if (job_ != nullptr) {
      if (job_->kind == Kind::kRewrite) {
        // What it writes lacks what is executed meanwhile.
        logging::Notice(
            "AOF was enabled but there is already an AOF rewriting in background. Stopping "
            "background AOF and starting a rewrite now.");
        Abort(Kind::kRewrite);
      } else {
        logging::Notice(
            "AOF was enabled but there is already another background operation. An AOF background "
            "was scheduled to start when possible.");
      }
      rewrite_scheduled_ = true;
      return absl::OkStatus();
    }
    MakeJob(Kind::kRewrite);
    job = job_;
  }
  const absl::Status status = Prepare(job.get());
  if (!status.ok()) aof_.TurnOff();
  {
    const MutexLock lock(&mutex_);
    changed_.notify_all();
  }
  if (status.ok()) return status;
  logging::Warning(
      "Redstart needs to enable the AOF but can't trigger a background AOF rewrite operation. "
      "Check "
      "the above logs for more info about the error.");
  return absl::InternalError("Unable to turn on AOF. Check server logs.");
}

void Persistence::TurnAofOff() {
  {
    const MutexLock lock(&mutex_);
    rewrite_scheduled_ = false;
    if (is_rewriting()) {
      logging::Notice("Killing the AOF rewrite, which is a thread and no child");
      Abort(Kind::kRewrite);
    }
  }
  aof_.TurnOff();
}

Persistence::Outcome Persistence::RewriteAof(bool may_start) {
  std::shared_ptr<Job> job;
  {
    const MutexLock lock(&mutex_);
    if (job_ != nullptr && job_->kind == Kind::kRewrite) return Outcome::kInProgress;
    if (job_ != nullptr || !may_start) {
      rewrite_scheduled_ = true;
      aof_.ForgetFailures();
      return Outcome::kScheduled;
    }
    MakeJob(Kind::kRewrite);
    job = job_;
  }
  const absl::Status status = Prepare(job.get());
  const MutexLock lock(&mutex_);
  changed_.notify_all();
  return status.ok() ? Outcome::kStarted : Outcome::kFailed;
}

absl::Status Persistence::Prepare(Job* job) {
  std::call_once(job->preparation, [&] {
    job->prepared = aof_.Prepare();
    if (job->prepared.ok()) {
      logging::Notice("Background append only file rewriting started by pid {}", getpid());
    } else {
      logging::Warning("Can't rewrite append only file in background: {}", TextOf(job->prepared));
    }
  });
  return job->prepared;
}

void Persistence::RunRewrite(Job* job) {
  absl::Status status = Prepare(job);
  if (status.ok()) status = WriteBase(job);
  last_rewrite_captured_bytes_ = job->snapshot->bytes_captured();
  FinishRewrite(job, status);
}

absl::Status Persistence::WriteBase(Job* job) {
  services_.keyspace->PrepareCut();
  {
    const ShardLocks all = services_.keyspace->LockAllPatiently();
    const MutexLock lock(&mutex_);
    if (job->snapshot->abort_requested()) return absl::AbortedError("called off");
    job->is_cut = true;
    Cut(job, all);
  }
  const auto config = services_.config->current();
  const std::string path = aof_folder::TemporaryBasePath(*config);
  auto file = OutputFile::Create(path, FileOptions(*config));
  absl::Status status = file.status();
  if (status.ok()) status = job->snapshot->Write(file->get());
  if (status.ok()) status = (*file)->Sync();
  // It stays under this name until it gets its own.
  if (status.ok()) status = (*file)->Commit(path);
  if (status.ok() && job->snapshot->abort_requested()) {
    unlink(path.c_str());
    status = absl::AbortedError("called off");
  }
  return status;
}

void Persistence::FinishRewrite(Job* job, const absl::Status& written) {
  absl::Status status = written;
  const auto config = services_.config->current();
  if (status.ok()) {
    logging::Notice("Background AOF rewrite terminated with success");
    const std::string path = aof_folder::TemporaryBasePath(*config);
    status = aof_.Install(path, job->is_rdb);
    if (!status.ok()) unlink(path.c_str());
  }
  last_rewrite_s_ =
      static_cast<int64_t>((services_.clock->NowMicros() - job->started_us) / kMicros);
  if (status.ok()) {
    logging::Notice("Background AOF rewrite finished successfully");
    const absl::Status removed = aof_.RemoveHistory(*config);
    if (!removed.ok()) logging::Warning("{}", TextOf(removed));
    return;
  }
  if (absl::IsAborted(status)) {
    logging::Warning("Background AOF rewrite terminated: it was called off");
  } else {
    logging::Warning("{}", TextOf(status));
    logging::Warning("Background AOF rewrite terminated with error");
  }
  aof_.Abandon(/*counts_as_failure=*/!absl::IsAborted(status));
  // Without a base the file is worth nothing: there has to be another try.
  const MutexLock lock(&mutex_);
  if (aof_.state() == AppendOnlyFile::State::kAwaitsBase) rewrite_scheduled_ = true;
}

absl::Status Persistence::OpenAofAtStart() {
  const auto config = services_.config->current();
  const std::string path = aof_folder::TemporaryBasePath(*config);
  absl::Status status;
  if (aof_.IsEmpty()) {
    const std::string rdb = config->dir + '/' + config->dbfilename;
    if (access(rdb.c_str(), F_OK) == 0) {
      logging::Warning(
          "There is no append only file yet, and {} is not loaded because appendonly is yes. To "
          "keep "
          "its data, start with appendonly no and CONFIG SET appendonly yes.",
          rdb);
    }
    Snapshot::Options options = SnapshotOptionsFor(services_, *config);
    MakeBaseOf(*config, &options);
    Snapshot snapshot(services_.keyspace, std::move(options));
    auto file = OutputFile::Create(path, FileOptions(*config));
    status = file.status();
    if (status.ok()) {
      const ShardLocks all = services_.keyspace->LockAll();
      status = snapshot.WriteLocked(all, file->get());
    }
    if (status.ok()) status = (*file)->Sync();
    if (status.ok()) status = (*file)->Commit(path);
  }
  if (status.ok()) status = aof_.OpenAtStart(path);
  if (!status.ok()) return absl::FailedPreconditionError(std::string(TextOf(status)));
  status = aof_.RemoveHistory(*config);
  if (!status.ok()) logging::Warning("{}", TextOf(status));
  return absl::OkStatus();
}

void Persistence::ReloadAof(const WaitToken& waiter) {
  if (reloading_.joinable()) reloading_.join();
  loading_since_us_ = services_.clock->NowMicros();
  services_.state->loading = true;
  reloading_ = std::thread([this, waiter] {
    const absl::Status status = LoadAofAgain();
    services_.state->loading = false;
    if (status.ok()) {
      logging::Notice("Append Only File loaded by DEBUG LOADAOF");
    } else {
      logging::Warning("{}", TextOf(status));
    }
    Resume(waiter, [ok = status.ok()](Dispatcher&, Session&, ReplyBuilder& reply) {
      if (ok) return reply.Ok();
      reply.Fail("ERR Error trying to load the AOF files, check server logs.");
    });
    Mailbox::FlushWakes();
  });
}

absl::Status Persistence::LoadAofAgain() {
  if (aof_.writer().is_open()) aof_.writer().Flush();
  if (absl::Status status = aof_.ReadManifest(); !status.ok()) return status;
  {
    const ShardLocks all = services_.keyspace->LockAll();
    for (size_t i = 0; i < services_.keyspace->shard_count(); ++i) {
      for (const int database : all[i].Databases()) all[i].Clear(database);
    }
  }
  loads_aof_ = true;
  const absl::Status status = aof_.Load();
  loads_aof_ = false;
  saved_changes_ = services_.stats->Sum(&ThreadStats::changes);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

std::pair<uint64_t, uint64_t> Persistence::load_progress() const {
  if (loads_aof_) return {aof_.loader().total_bytes(), aof_.loader().loaded_bytes()};
  return {loader_.total_bytes(), loader_.loaded_bytes()};
}

}  // namespace redstart
