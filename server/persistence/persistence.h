#ifndef REDSTART_SERVER_PERSISTENCE_PERSISTENCE_H_
#define REDSTART_SERVER_PERSISTENCE_PERSISTENCE_H_

// The data set and its files: saving in the background, at save points, at once, for full syncs and
// at the end; rewriting the append-only file; loading at the start and for DEBUG RELOAD and
// LOADAOF; and what INFO tells about all this.
//
// Threads. One thread of its own makes background snapshots and looks at the save points ten times
// a second; everything public is for any thread. Locks. mutex_ guards who does what; it is taken
// after shards are locked, never before, and no file is written under it (only renamed). What says
// "REQUIRES: all" is called by handlers that hold every shard, and does its file work under them:
// SAVE and its like stop every client, as on Redis.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/config/config.h"
#include "server/exec/replica_feed.h"
#include "server/exec/services.h"
#include "server/exec/session_wait.h"
#include "server/persistence/append_only_file.h"
#include "server/persistence/rdb_loader.h"
#include "storage/base/mutex.h"
#include "storage/disk/snapshot.h"
#include "storage/keyspace.h"

namespace redstart {

class Persistence {
 public:
  explicit Persistence(const Services& services);
  ~Persistence();
  Persistence(const Persistence&) = delete;
  Persistence& operator=(const Persistence&) = delete;

  // Starts and ends the thread. Stop calls off what it does.
  void Start();
  void Stop();

  // --- Loading. ---
  // Loads the append-only file if there is to be one, otherwise dbfilename, if it is there. Runs on
  // the persistence thread before anything else; `when_done` is called there with the outcome
  // (kFailedPrecondition: of the append-only file). Until then ServerState::loading is set.
  void LoadAtStart(std::function<void(const absl::Status&)> when_done);
  void AbortLoading() {
    loader_.RequestAbort();
    aof_.loader().RequestAbort();
  }
  // Bytes of all that is being loaded, and of what has been.
  std::pair<uint64_t, uint64_t> load_progress() const;
  const RdbLoader& loader() const { return loader_; }
  uint64_t loading_since_us() const { return loading_since_us_.load(std::memory_order_relaxed); }
  // DEBUG RELOAD's second half: what dbfilename holds is added. REQUIRES: `all` holds every shard.
  absl::Status Reload(const ShardLocks& all, bool may_replace);
  // DEBUG LOADAOF: forgets all data and loads the append-only file, on a thread of its own; the
  // waiting session gets the reply. ServerState::loading is set meanwhile.
  void ReloadAof(const WaitToken& waiter);

  // --- Saving. ---
  enum class Outcome : uint8_t { kStarted, kScheduled, kInProgress, kBusy, kFailed };
  // BGSAVE. `may_lock`: the calling thread holds no shard; then the file's instant is that of the
  // call, unless somebody keeps a shard locked. Otherwise it comes soon after. kBusy: the
  // append-only file is being rewritten; with `may_wait` it is kScheduled instead.
  Outcome SaveInBackground(bool may_lock, bool may_wait);
  // Writes dbfilename and returns whether that worked. `keep_cached`: it will be read again soon.
  // REQUIRES: `all` holds every shard.
  bool Save(const ShardLocks& all, bool keep_cached = false);
  // SAVE: the same, and it counts as a save that somebody asked for.
  bool SaveNow(const ShardLocks& all);
  bool is_saving() const { return saving_.load(std::memory_order_relaxed); }
  // Calls off the background save (not a full sync); it counts neither as done nor as failed.
  void AbortBackgroundSave();
  // For FLUSHALL: the file must not outlive the data. REQUIRES: `all` holds every shard.
  void OnFlushAll(const ShardLocks& all);

  // --- The append-only file. ---
  AppendOnlyFile& aof() { return aof_; }
  const AppendOnlyFile& aof() const { return aof_; }
  // BGREWRITEAOF. `may_start`: the calling thread holds no shard. kScheduled: once the background
  // save has ended.
  Outcome RewriteAof(bool may_start);
  bool is_rewriting() const { return rewriting_.load(std::memory_order_relaxed); }

  // SYNC: the feed gets a file of its own.
  void FeedReplica(std::shared_ptr<ReplicaFeed> feed);

  // Runs a job on the persistence thread as soon as the save under way there, which is called off,
  // has ended.
  void RunOnThread(std::function<void()> job);
  // The same, but not while ServerState::cron_paused.
  void RunWhenCronRuns(std::function<void()> job);
  // Removes the temporary files of saves under way, for a process that ends now.
  void RemoveTemporaryFiles() const;

  // --- What INFO and LASTSAVE tell. ---
  struct Facts {
    uint64_t changes_since_save = 0;
    bool saving = false;
    uint64_t last_save_s = 0;  // Seconds since 1970.
    bool last_failed = false;
    int64_t last_duration_s = -1;     // -1: none yet.
    int64_t current_duration_s = -1;  // -1: none under way.
    uint64_t saves = 0;
    // What clients changed ahead of the walk, in bytes: in all, and what waits to be written.
    uint64_t last_captured_bytes = 0;
    uint64_t current_captured_bytes = 0;
    uint64_t waiting_captured_bytes = 0;
    uint64_t keys_processed = 0;
    uint64_t keys_total = 0;
    bool rewriting = false;
    bool rewrite_scheduled = false;
    uint64_t rewrites = 0;
    uint64_t background_jobs = 0;  // Of all kinds: what forks are to a server that forks.
    int64_t last_rewrite_s = -1;
    int64_t current_rewrite_s = -1;
    uint64_t last_rewrite_captured_bytes = 0;
  };
  Facts facts() const;

 private:
  enum class Kind : uint8_t { kSave, kSync, kRewrite };
  // A snapshot that is being written in the background.
  struct Job {
    Kind kind = Kind::kSave;
    std::unique_ptr<Snapshot> snapshot;
    std::vector<std::shared_ptr<ReplicaFeed>> feeds;  // For whom: kSync.
    bool is_rdb = true;                               // Otherwise commands: kRewrite.
    // By whoever comes first, the command or the thread: kRewrite.
    std::once_flag preparation;
    absl::Status prepared;
    uint64_t changes_at_cut = 0;
    uint64_t started_us = 0;
    bool is_cut = false;
  };

  void Loop();
  // Makes the next job if there is something to do.
  void Cron() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether a save point asks for a save.
  bool IsSaveDue(const Config& config) const;
  // REQUIRES: no job is under way.
  void MakeJob(Kind kind, std::vector<std::shared_ptr<ReplicaFeed>> feeds = {})
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Cut(Job* job, const ShardLocks& all);
  void RunJob(Job* job);
  void RunSave(Job* job);
  void RunSync(Job* job);
  // Makes the increment that follows a rewrite, once.
  absl::Status Prepare(Job* job);
  void RunRewrite(Job* job);
  absl::Status WriteBase(Job* job);
  void FinishRewrite(Job* job, const absl::Status& status);
  // Background jobs of a kind are called off.
  void Abort(Kind kind) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status LoadFiles();
  // Makes what was loaded, or nothing, the beginning of the append-only file.
  absl::Status OpenAofAtStart();
  absl::Status LoadAofAgain();
  void RegisterConfigHooks();
  absl::Status TurnAofOn();
  void TurnAofOff();
  void FinishSave(const Job& job, const absl::Status& status);
  static std::string TemporaryName();
  // Of a save under all locks that runs while a background save winds down.
  static std::string DirectTemporaryName();
  void NoteSaved(uint64_t changes);

  const Services services_;
  RdbLoader loader_;
  AppendOnlyFile aof_{services_, &loader_};
  std::atomic<uint64_t> loading_since_us_{0};
  std::atomic<bool> saving_{false};
  std::atomic<bool> rewriting_{false};
  std::atomic<bool> loads_aof_{false};
  std::atomic<uint64_t> last_save_s_;
  std::atomic<uint64_t> saved_changes_{0};  // ThreadStats::changes as of the last save.
  std::atomic<uint64_t> saves_{0};
  std::atomic<uint64_t> last_try_s_{0};
  std::atomic<int64_t> last_duration_s_{-1};
  std::atomic<uint64_t> last_captured_bytes_{0};
  std::atomic<uint64_t> rewrites_{0};
  std::atomic<uint64_t> background_jobs_{0};
  std::atomic<int64_t> last_rewrite_s_{-1};
  std::atomic<uint64_t> last_rewrite_captured_bytes_{0};

  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  // Shared with whoever prepares it: the thread may be done with it first.
  std::shared_ptr<Job> job_ ABSL_GUARDED_BY(mutex_);
  bool scheduled_ ABSL_GUARDED_BY(mutex_) = false;
  bool rewrite_scheduled_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::function<void()>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::function<void()>> cron_jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<ReplicaFeed>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
  std::thread reloading_;  // Of the last DEBUG LOADAOF.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_PERSISTENCE_H_
