#include "server/persistence/persistence.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <utility>

#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/exec/stats.h"
#include "server/observe/log.h"
#include "server/persistence/aof_folder.h"
#include "server/persistence/snapshot_options.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
constexpr auto kCronPeriod = std::chrono::milliseconds(100);
// After a failure save points wait this long before they try again.
constexpr uint64_t kRetrySeconds = 5;
// How long BGSAVE may hold up its own client to make the call's instant the file's.
constexpr auto kCutLimit = std::chrono::milliseconds(1);
// A file is pushed to the disk in steps of this size.
constexpr size_t kSyncStep = size_t{4} << 20;

// Where a save shares a core with an I/O thread, clients are to come first: at the same priority
// each of them now and then waits for a whole time slice of 3 ms. It still gets a tenth of a busy
// core, so that it cannot sit on a shard's lock for long.
void BecomeLessImportant() {
  constexpr int kNice = 5;
  pthread_setname_np(pthread_self(), "rdb_save");
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
}

std::string PathOf(const Config& config, const std::string& name) {
  return config.dir.empty() ? name : config.dir + '/' + name;
}

std::string_view TextOf(const absl::Status& status) {
  const absl::string_view text = status.message();
  return {text.data(), text.size()};
}

OutputFile::Options FileOptions(const Config& config, bool keep_cached) {
  return {.sync_every = config.rdb_save_incremental_fsync ? kSyncStep : 0,
          .keep_cached = keep_cached};
}

}  // namespace

Persistence::Persistence(const Services& services)
    : services_(services), loader_(services), last_save_s_(services.clock->NowMicros() / kMicros) {
  RegisterConfigHooks();
}

Persistence::~Persistence() {
  Stop();
}

void Persistence::Start() {
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "persistence");
}

void Persistence::Stop() {
  AbortLoading();
  {
    const MutexLock lock(&mutex_);
    stopping_ = true;
    if (job_ != nullptr) job_->snapshot->RequestAbort();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (reloading_.joinable()) reloading_.join();
  aof_.writer().Close();
  const MutexLock lock(&mutex_);
  job_ = nullptr;
  waiting_.clear();
}

void Persistence::RunOnThread(std::function<void()> job) {
  const MutexLock lock(&mutex_);
  if (job_ != nullptr) job_->snapshot->RequestAbort();
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void Persistence::RunWhenCronRuns(std::function<void()> job) {
  if (!services_.state->cron_paused) return RunOnThread(std::move(job));
  const MutexLock lock(&mutex_);
  cron_jobs_.push_back(std::move(job));
}

void Persistence::Loop() {
  mutex_.lock();
  while (!stopping_ || !jobs_.empty()) {
    if (!jobs_.empty()) {
      const std::function<void()> run = std::move(jobs_.front());
      jobs_.erase(jobs_.begin());
      mutex_.unlock();
      run();
      mutex_.lock();
      continue;
    }
    Cron();
    if (job_ == nullptr && jobs_.empty()) {
      changed_.wait_for(mutex_, kCronPeriod);
      continue;
    }
    if (job_ == nullptr) continue;
    Job* job = job_.get();
    mutex_.unlock();
    // A thread of its own, because a thread that has become less important stays so.
    std::thread([this, job] {
      BecomeLessImportant();
      RunJob(job);
    }).join();
    mutex_.lock();
    job_ = nullptr;
    saving_.store(false, std::memory_order_relaxed);
    rewriting_.store(false, std::memory_order_relaxed);
  }
  mutex_.unlock();
}

void Persistence::Cron() {
  if (services_.state->cron_paused) return;
  if (!cron_jobs_.empty()) jobs_ = std::exchange(cron_jobs_, {});
  if (job_ != nullptr || !jobs_.empty() || services_.state->loading) return;
  const auto config = services_.config->current();
  std::erase_if(waiting_, [](const auto& feed) { return feed->abandoned(); });
  if (!waiting_.empty()) {
    MakeJob(Kind::kSync, std::exchange(waiting_, {}));
  } else if (std::exchange(scheduled_, false)) {
    MakeJob(Kind::kSave);
  } else if (rewrite_scheduled_ && !aof_.IsLimited()) {
    MakeJob(Kind::kRewrite);
  } else if (IsSaveDue(*config)) {
    MakeJob(Kind::kSave);
  } else if (aof_.IsRewriteDue(*config)) {
    MakeJob(Kind::kRewrite);
  }
}

bool Persistence::IsSaveDue(const Config& config) const {
  const uint64_t now = services_.clock->NowMicros() / kMicros;
  const uint64_t changes = services_.stats->Sum(&ThreadStats::changes) - saved_changes_;
  if (services_.state->last_save_failed && now < last_try_s_ + kRetrySeconds) return false;
  for (const SavePoint& point : config.save) {
    if (changes < static_cast<uint64_t>(point.changes)) continue;
    if (now <= last_save_s_ + static_cast<uint64_t>(point.seconds)) continue;
    logging::Notice("{} changes in {} seconds. Saving...", point.changes, point.seconds);
    return true;
  }
  return false;
}

void Persistence::MakeJob(Kind kind, std::vector<std::shared_ptr<ReplicaFeed>> feeds) {
  const auto config = services_.config->current();
  Snapshot::Options options = SnapshotOptionsFor(services_, *config);
  job_ = std::make_shared<Job>();
  job_->kind = kind;
  background_jobs_.fetch_add(1, std::memory_order_relaxed);
  job_->feeds = std::move(feeds);
  job_->started_us = services_.clock->NowMicros();
  if (kind == Kind::kRewrite) {
    job_->is_rdb = config->aof_use_rdb_preamble;
    MakeBaseOf(*config, &options);
    rewrite_scheduled_ = false;
    rewrites_.fetch_add(1, std::memory_order_relaxed);
    rewriting_.store(true, std::memory_order_relaxed);
  } else {
    last_try_s_ = job_->started_us / kMicros;
    saves_.fetch_add(1, std::memory_order_relaxed);
    saving_.store(true, std::memory_order_relaxed);
  }
  job_->snapshot = std::make_unique<Snapshot>(services_.keyspace, std::move(options));
}

Persistence::Outcome Persistence::SaveInBackground(bool may_lock, bool may_wait) {
  {
    const MutexLock lock(&mutex_);
    const bool is_rewriting = job_ != nullptr && job_->kind == Kind::kRewrite;
    if (job_ != nullptr && !is_rewriting) return Outcome::kInProgress;
    if (is_rewriting && !may_wait) return Outcome::kBusy;
    if (!may_lock || is_rewriting) {
      scheduled_ = true;
      changed_.notify_all();
      return Outcome::kScheduled;
    }
    MakeJob(Kind::kSave);
  }
  logging::Notice("Background saving started by pid {}", getpid());
  {
    const ShardLocks all = services_.keyspace->TryLockAll(kCutLimit);
    const MutexLock lock(&mutex_);
    if (all.holds_all() && job_ != nullptr && !job_->is_cut &&
        services_.keyspace->IsReadyForCut(all)) {
      Cut(job_.get(), all);
    }
    changed_.notify_all();
  }
  return Outcome::kStarted;
}

void Persistence::Cut(Job* job, const ShardLocks& all) {
  job->is_cut = true;
  job->changes_at_cut = services_.stats->Sum(&ThreadStats::changes);
  for (const auto& feed : job->feeds) feed->AttachJournal(services_.journal);
  if (job->kind == Kind::kRewrite) aof_.AtCut();
  job->snapshot->Cut(all);
}

void Persistence::RunJob(Job* job) {
  if (job->kind == Kind::kRewrite) return RunRewrite(job);
  services_.keyspace->PrepareCut();
  {
    const ShardLocks all = services_.keyspace->LockAllPatiently();
    const MutexLock lock(&mutex_);
    if (!job->is_cut) Cut(job, all);
  }
  if (job->kind == Kind::kSave) {
    RunSave(job);
  } else {
    RunSync(job);
  }
  last_captured_bytes_ = job->snapshot->bytes_captured();
}

void Persistence::RunSave(Job* job) {
  const auto config = services_.config->current();
  const std::string final_path = PathOf(*config, config->dbfilename);
  auto file = OutputFile::Create(PathOf(*config, TemporaryName()), FileOptions(*config, false));
  absl::Status status = file.status();
  if (status.ok()) status = job->snapshot->Write(file->get());
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) {
    // Whoever calls the save off from here on comes too late, or in time.
    const MutexLock lock(&mutex_);
    status = job->snapshot->abort_requested() ? absl::AbortedError("called off")
                                              : (*file)->Commit(final_path);
  }
  if (status.ok()) status = SyncFolderOf(final_path);
  FinishSave(*job, status);
}

void Persistence::FinishSave(const Job& job, const absl::Status& status) {
  const uint64_t now = services_.clock->NowMicros();
  last_duration_s_ = static_cast<int64_t>((now - job.started_us) / kMicros);
  if (absl::IsAborted(status)) {
    logging::Warning("Background saving terminated: it was called off");
    return;
  }
  if (!status.ok()) {
    logging::Warning("Write error while saving DB to the disk: {}", TextOf(status));
    logging::Warning("Background saving error");
    services_.state->last_save_failed = true;
    return;
  }
  logging::Notice("DB saved on disk");
  logging::Notice("RDB: {} MB of memory used by changes meanwhile",
                  job.snapshot->bytes_captured() >> 20);
  logging::Notice("Background saving terminated with success");
  NoteSaved(job.changes_at_cut);
}

void Persistence::NoteSaved(uint64_t changes) {
  saved_changes_ = changes;
  last_save_s_ = services_.clock->NowMicros() / kMicros;
  services_.state->last_save_failed = false;
}

bool Persistence::Save(const ShardLocks& all, bool keep_cached) {
  const auto config = services_.config->current();
  const std::string final_path = PathOf(*config, config->dbfilename);
  const std::string name = is_saving() ? DirectTemporaryName() : TemporaryName();
  Snapshot snapshot(services_.keyspace, SnapshotOptionsFor(services_, *config));
  auto file = OutputFile::Create(PathOf(*config, name), FileOptions(*config, keep_cached));
  absl::Status status = file.status();
  if (status.ok()) status = snapshot.WriteLocked(all, file->get());
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = (*file)->Commit(final_path);
  if (status.ok()) status = SyncFolderOf(final_path);
  if (!status.ok()) {
    logging::Warning("Write error while saving DB to the disk: {}", TextOf(status));
    return false;
  }
  logging::Notice("DB saved on disk");
  NoteSaved(services_.stats->Sum(&ThreadStats::changes));
  return true;
}

bool Persistence::SaveNow(const ShardLocks& all) {
  saves_.fetch_add(1, std::memory_order_relaxed);
  return Save(all);
}

void Persistence::AbortBackgroundSave() {
  const MutexLock lock(&mutex_);
  scheduled_ = false;
  Abort(Kind::kSave);
}

void Persistence::Abort(Kind kind) {
  if (job_ != nullptr && job_->kind == kind) job_->snapshot->RequestAbort();
}

void Persistence::OnFlushAll(const ShardLocks& all) {
  AbortBackgroundSave();
  if (!services_.config->current()->save.empty()) Save(all);
}

void Persistence::FeedReplica(std::shared_ptr<ReplicaFeed> feed) {
  const MutexLock lock(&mutex_);
  waiting_.push_back(std::move(feed));
  changed_.notify_all();
}

void Persistence::RunSync(Job* job) {
  logging::Notice("Starting BGSAVE for SYNC with target: replicas sockets");
  const auto config = services_.config->current();
  const std::string path = PathOf(*config, "temp-" + std::to_string(getpid()) + ".sync.rdb");
  auto file = OutputFile::Create(path, {.sync_every = 0, .keep_cached = true});
  absl::Status status = file.status();
  if (status.ok()) status = job->snapshot->Write(file->get());
  if (!status.ok()) {
    logging::Warning("SYNC failed. BGSAVE failed: {}", TextOf(status));
    for (const auto& feed : job->feeds) feed->Fail();
  } else {
    const uint64_t size = (*file)->size();
    const int descriptor = (*file)->TakeUnnamed();
    for (const auto& feed : job->feeds) feed->Deliver(dup(descriptor), size);
    close(descriptor);
  }
  Mailbox::FlushWakes();
}

void Persistence::LoadAtStart(std::function<void(const absl::Status&)> when_done) {
  services_.state->loading = true;
  loading_since_us_ = services_.clock->NowMicros();
  RunOnThread([this, when_done = std::move(when_done)] {
    const absl::Status status = LoadFiles();
    if (status.ok() || absl::IsNotFound(status)) services_.state->loading = false;
    when_done(status);
  });
}

absl::Status Persistence::LoadFiles() {
  const auto config = services_.config->current();
  const uint64_t started = services_.clock->NowMicros();
  const auto seconds = [&] {
    return static_cast<double>(services_.clock->NowMicros() - started) / kMicros;
  };
  // A damaged manifest is an error even if the file is off: it would be overwritten once it is on.
  if (const absl::Status status = aof_.ReadManifest(); !status.ok()) return status;
  if (!config->appendonly) {
    const absl::Status status = loader_.Load(PathOf(*config, config->dbfilename), {});
    if (status.ok()) logging::Notice("DB loaded from disk: {:.3f} seconds", seconds());
    return status;
  }
  loads_aof_ = true;
  const absl::Status status = aof_.Load();
  loads_aof_ = false;
  if (!status.ok() && !absl::IsNotFound(status)) return status;
  if (status.ok()) {
    logging::Notice("DB loaded from append only file: {:.3f} seconds", seconds());
  }
  return OpenAofAtStart();
}

absl::Status Persistence::Reload(const ShardLocks& all, bool may_replace) {
  const auto config = services_.config->current();
  return loader_.Load(PathOf(*config, config->dbfilename),
                      {.may_replace = may_replace, .held = &all});
}

std::string Persistence::TemporaryName() {
  return "temp-" + std::to_string(getpid()) + ".rdb";
}

std::string Persistence::DirectTemporaryName() {
  return "temp-" + std::to_string(getpid()) + ".direct.rdb";
}

void Persistence::RemoveTemporaryFiles() const {
  const auto config = services_.config->current();
  unlink(aof_folder::TemporaryBasePath(*config).c_str());
  unlink(PathOf(*config, TemporaryName()).c_str());
  unlink(PathOf(*config, DirectTemporaryName()).c_str());
}

Persistence::Facts Persistence::facts() const {
  Facts facts = {
      .changes_since_save = services_.stats->Sum(&ThreadStats::changes) - saved_changes_,
      .saving = is_saving(),
      .last_save_s = last_save_s_,
      .last_failed = services_.state->last_save_failed,
      .last_duration_s = last_duration_s_,
      .saves = saves_,
      .last_captured_bytes = last_captured_bytes_,
      .rewriting = is_rewriting(),
      .rewrites = rewrites_,
      .background_jobs = background_jobs_,
      .last_rewrite_s = last_rewrite_s_,
      .last_rewrite_captured_bytes = last_rewrite_captured_bytes_,
  };
  const MutexLock lock(&mutex_);
  facts.rewrite_scheduled = rewrite_scheduled_;
  if (job_ == nullptr) return facts;
  const Snapshot& snapshot = *job_->snapshot;
  int64_t& duration =
      job_->kind == Kind::kRewrite ? facts.current_rewrite_s : facts.current_duration_s;
  duration = static_cast<int64_t>((services_.clock->NowMicros() - job_->started_us) / kMicros);
  facts.current_captured_bytes = snapshot.bytes_captured();
  facts.waiting_captured_bytes = snapshot.bytes_waiting();
  facts.keys_processed = snapshot.keys_written();
  facts.keys_total = snapshot.keys_in_all();
  return facts;
}

}  // namespace redstart
