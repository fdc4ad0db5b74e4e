#ifndef REDSTART_SERVER_PERSISTENCE_APPEND_ONLY_FILE_H_
#define REDSTART_SERVER_PERSISTENCE_APPEND_ONLY_FILE_H_

// The append-only file as a whole: its manifest, the increment that is being written, and how a
// rewrite replaces what has been written by a new base.
//
// A rewrite begins with a new increment, which is in the manifest before the snapshot's cut: what
// is executed from the cut on goes there. When the base is on the disk the manifest names it, and
// all that came before the cut is history. So the manifest names whole data at any time. If the
// file is turned on while the server runs there is no base yet: then the increment has a temporary
// name until the first rewrite has succeeded, and the manifest stays what it was.
//
// Owner. Persistence, which runs rewrites on its thread: one job at a time writes files. Lock.
// mutex_ guards the manifest and the state; it is held while the manifest is written. Persistence
// may hold its own, and shards, when it is taken. What INFO shows is atomic.

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/exec/services.h"
#include "server/persistence/aof_loader.h"
#include "server/persistence/aof_manifest.h"
#include "server/persistence/aof_writer.h"
#include "storage/base/mutex.h"
#include "storage/keyspace.h"

namespace redstart {

class AppendOnlyFile {
 public:
  enum class State : uint8_t {
    kOff,
    kAwaitsBase,  // Turned on at run time; what is written is worth nothing without a base.
    kOn,
  };
  AppendOnlyFile(const Services& services, RdbLoader* rdb)
      : services_(services), writer_(services), loader_(services, rdb) {}

  // --- At the start. ---
  absl::Status ReadManifest();
  // Loads what the manifest names. kNotFound if there is nothing. REQUIRES: ReadManifest.
  absl::Status Load();
  // Whether there is neither base nor increment, so that OpenAtStart needs a base.
  bool IsEmpty() const;
  // Goes on with the last increment, or begins one. `base_path`: a base for empty data, if IsEmpty.
  absl::Status OpenAtStart(const std::string& base_path);

  // --- While the server runs. ---
  State state() const { return state_.load(std::memory_order_relaxed); }
  // Prepares for the first rewrite, which is the caller's to begin.
  void TurnOn();
  void TurnOff();

  // A rewrite, step by step. Prepare makes the file that follows; AtCut, under all locks, makes the
  // log go there; Install takes the base that was written to `path` into the manifest; Abandon is
  // for one that failed or was called off.
  absl::Status Prepare();
  void AtCut();
  absl::Status Install(const std::string& path, bool is_rdb);
  void Abandon(bool counts_as_failure);
  // Whether the file has grown enough to be rewritten, and the last failures are long enough ago.
  bool IsRewriteDue(const Config& config);
  bool IsLimited();
  // Somebody asks for a rewrite: failures of the past do not count.
  void ForgetFailures() { failures_ = 0; }

  // Removes history that is not to be kept.
  absl::Status RemoveHistory(const Config& config);

  AofWriter& writer() { return writer_; }
  const AofWriter& writer() const { return writer_; }
  AofLoader& loader() { return loader_; }
  const AofLoader& loader() const { return loader_; }

  struct Facts {
    bool enabled = false;
    uint64_t current_bytes = 0;
    uint64_t base_bytes = 0;
    bool last_rewrite_failed = false;
    uint64_t failures = 0;  // In a row.
  };
  Facts facts() const;

 private:
  // Bytes of base and increments, without the one that is being written.
  uint64_t SettledBytes(const Config& config) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Makes a changed manifest the one in force, if it can be written.
  absl::Status Adopt(const Config& config, AofManifest changed)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t CurrentBytes() const { return settled_bytes_ + writer_.file_bytes(); }

  const Services services_;
  AofWriter writer_;
  AofLoader loader_;
  std::atomic<State> state_{State::kOff};
  std::atomic<uint64_t> settled_bytes_{0};
  std::atomic<uint64_t> base_bytes_{0};  // Of everything, when the last rewrite ended.
  std::atomic<bool> last_rewrite_failed_{false};
  std::atomic<uint64_t> failures_{0};
  std::atomic<uint64_t> next_try_s_{0};
  std::atomic<uint64_t> delay_minutes_{0};

  mutable Mutex mutex_;
  AofManifest manifest_ ABSL_GUARDED_BY(mutex_);
  bool follows_ ABSL_GUARDED_BY(mutex_) = false;  // Prepare has made a file.
  // The increment has its temporary name: it was made for the first base.
  bool is_temporary_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_APPEND_ONLY_FILE_H_
