#ifndef REDSTART_SERVER_PERSISTENCE_AOF_WRITER_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_WRITER_H_

// Writes the log to the current increment of the append-only file, as appendfsync asks for it, and
// says how far it is safe (server/exec/reply_gate.h).
//
// With `everysec` and `no` the thread whose replies wait writes what has been gathered, of all
// threads: once per cycle of its event loop, without a change of threads. A thread of the writer's
// own syncs once a second. With `always` that thread writes and syncs: whatever was gathered during
// one fdatasync shares the next.
//
// What cannot be written stays in memory and is tried again once a second, and nothing new is
// accepted meanwhile (ServerState::aof_error); with `always` the server ends, because what it did
// cannot be taken back. Bytes of a write that fell short are removed from the file again.
//
// Locks. mutex_ guards the file and orders the writes; it is held while writing, never together
// with a shard. state_mutex_ guards what the thread is asked for.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/exec/reply_gate.h"
#include "server/exec/services.h"
#include "storage/base/mutex.h"

namespace redstart {

class AofWriter : private ReplyGate::Keeper {
 public:
  explicit AofWriter(const Services& services) : services_(services) {}
  ~AofWriter() override;
  AofWriter(const AofWriter&) = delete;
  AofWriter& operator=(const AofWriter&) = delete;

  // Opens a file to append to; `truncate`: it begins empty. REQUIRES: the writer is closed.
  absl::Status Open(const std::string& path, bool truncate);
  // From now on the log has effects, and replies wait for them. REQUIRES: Open was called; every
  // shard is locked, or nobody writes yet.
  void Begin();
  // Writes and syncs what there is, and lets everybody go.
  void Close();
  bool is_open() const { return open_.load(std::memory_order_relaxed); }

  // The file that follows: Switch, to be called with every shard locked, says that what is executed
  // from then on belongs there.
  absl::Status OpenNext(const std::string& path);
  void Switch();
  // It is not needed. REQUIRES: Switch was not called.
  void DropNext();

  // Writes what there is, whatever the policy. False if it cannot be written.
  bool Flush();
  // The same, and makes it durable.
  bool FlushAndSync();
  // appendfsync, or what else it reads, has changed.
  void Configure(const Config& config);
  // DEBUG AOF-FLUSH-SLEEP: how long a write is to take at least.
  void SetWriteDelay(uint64_t micros) { delay_us_ = micros; }

  // Calls `done` once what ends at `offset` is durable (true), or the writer closes (false). On any
  // thread, maybe before it returns.
  void AwaitDurable(uint64_t offset, std::function<void(bool durable)> done);
  bool IsDurable(uint64_t offset) const { return offset <= durable_; }

  // Bytes in the current file, and waiting for it.
  uint64_t file_bytes() const { return file_bytes_.load(std::memory_order_relaxed); }
  uint64_t buffered_bytes() const;
  bool is_syncing() const { return syncing_.load(std::memory_order_relaxed); }

  // Whether there is a snapshot on its way to the disk: no-appendfsync-on-rewrite.
  std::function<bool()> is_disk_busy = [] { return false; };

 private:
  struct File;
  struct Waiter {
    uint64_t offset;
    std::function<void(bool)> done;
  };

  void Secure(uint64_t offset) override;
  void Loop();
  // What is due now.
  void Work();
  bool WritePending() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool WriteOut() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void HandleWriteError(size_t written, int error) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Syncs all that is written. REQUIRES: mutex_ is not held.
  bool Sync();
  void NoteDurable(uint64_t offset);
  bool IsPolicy(AppendFsync policy) const {
    return policy_.load(std::memory_order_relaxed) == policy;
  }
  void NoteLatency(std::string_view event, uint64_t started_us) const;

  const Services services_;
  std::atomic<AppendFsync> policy_{AppendFsync::kEverySec};
  std::atomic<bool> spares_busy_disk_{false};
  std::atomic<uint64_t> latency_threshold_ms_{0};
  std::atomic<uint64_t> delay_us_{0};
  std::atomic<bool> open_{false};
  std::atomic<bool> syncing_{false};
  std::atomic<uint64_t> written_{0};
  std::atomic<uint64_t> durable_{0};
  std::atomic<uint64_t> file_bytes_{0};

  Mutex mutex_;
  std::shared_ptr<File> file_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<File> next_ ABSL_GUARDED_BY(mutex_);
  // Written and replaced, but not yet synced.
  std::vector<std::shared_ptr<File>> left_ ABSL_GUARDED_BY(mutex_);
  // Taken from the log, and not yet written: its bytes, where they end, and whether a file ends
  // there.
  std::string taken_ ABSL_GUARDED_BY(mutex_);
  uint64_t taken_end_ ABSL_GUARDED_BY(mutex_) = 0;
  bool taken_ends_file_ ABSL_GUARDED_BY(mutex_) = false;
  uint64_t last_logged_s_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<size_t> taken_bytes_{0};

  Mutex sync_mutex_;  // One sync at a time; taken before mutex_.

  mutable Mutex state_mutex_;
  std::condition_variable_any changed_;
  uint64_t wanted_ ABSL_GUARDED_BY(state_mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(state_mutex_) = false;
  std::vector<Waiter> waiters_ ABSL_GUARDED_BY(state_mutex_);
  uint64_t last_sync_us_ = 0;   // The thread's own.
  uint64_t last_retry_us_ = 0;  // The thread's own.
  std::thread thread_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_WRITER_H_
