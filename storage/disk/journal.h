#ifndef REDSTART_STORAGE_DISK_JOURNAL_H_
#define REDSTART_STORAGE_DISK_JOURNAL_H_

// The effect stream: every change of the keyspace as a command that repeats it, in execution order,
// in Redis's format.
//
// Owner. The server. Lock. A mutex of its own, taken last: writers append while they hold the
// shards that they changed, so that the order of the stream is the order of execution. Readers are
// attached under all shard locks, so that each sees exactly the changes after its data set.
// Appending never blocks and does nothing while nobody reads.
//
// Bytes are kept in chunks that each reader holds on to from its own position on; what every reader
// has passed is freed. The append-only file gets its bytes from a log beside the stream
// (effect_log.h).

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "storage/base/mutex.h"
#include "storage/disk/effect_log.h"

namespace redstart {

class Journal {
  struct Chunk;

 public:
  using Effect = JournalEffect;

  // A position in the stream. Belongs to one thread; must go away before the journal.
  class Reader {
   public:
    // `wake` is called, with shards locked, when there is something to take after there was
    // nothing: it may only leave a message for the reader's thread.
    Reader(Journal* journal, std::function<void()> wake);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    // Appends up to `max` bytes of what has not been taken yet to `out`.
    void Take(size_t max, std::string* out);
    // Bytes not taken yet.
    uint64_t pending() const;

   private:
    friend class Journal;
    Journal* journal_;
    std::function<void()> wake_;
    std::shared_ptr<Chunk> chunk_;
    size_t at_ = 0;  // Within the chunk.
    uint64_t offset_ = 0;
    bool woken_ = false;
  };

  Journal() = default;
  ~Journal();

  // Whether anybody reads. Becomes true only while all shards are locked, so whoever holds a shard
  // and finds it false need not look again.
  bool active() const { return users_.load(std::memory_order_relaxed) != 0; }
  // Whether anybody reads the stream, which has more in it than the log.
  bool has_readers() const { return (users_.load(std::memory_order_relaxed) & ~kLog) != 0; }
  // Appends one contiguous block, with SELECTs where the database changes, in MULTI and EXEC if
  // there are several effects. Returns the offset that its end has in the log, or 0 if that is
  // closed.
  uint64_t Append(absl::Span<const Effect> block);
  // Appends a command that belongs to no database, such as the PING that keeps a connection alive.
  void AppendRaw(std::string_view encoded);
  // Bytes appended since the start; what INFO calls master_repl_offset.
  uint64_t end_offset() const { return end_.load(std::memory_order_relaxed); }

  // --- The log, for the append-only file. Any thread, but as said. ---
  // REQUIRES: every shard is locked.
  void OpenLog();
  void CloseLog();
  void SetLogTimestamps(bool on);
  // REQUIRES: every shard is locked.
  void EndLogSection();
  EffectLog::Portion TakeLog(std::string recycled);
  uint64_t log_end() const { return log_.end(); }
  size_t log_pending_bytes() const;

 private:
  // Of users_: the log is open. The others' number stands above it.
  static constexpr uint64_t kLog = 1;

  void Write(std::string_view bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void AppendToStream(absl::Span<const Effect> block) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CountUsers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::shared_ptr<Chunk> tail_ ABSL_GUARDED_BY(mutex_);
  std::vector<Reader*> readers_ ABSL_GUARDED_BY(mutex_);
  // Appending is done under the mutex; its end() is for all.
  EffectLog log_;
  std::atomic<uint64_t> users_{0};
  std::atomic<uint64_t> end_{0};
  int selected_ ABSL_GUARDED_BY(mutex_) = -1;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_JOURNAL_H_
