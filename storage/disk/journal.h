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
// has passed is freed.

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

namespace redstart {

class Journal {
  struct Chunk;

 public:
  // One effect: the database it applies to and the command as a RESP array.
  struct Effect {
    int database;
    std::string_view encoded;
  };

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

  // Whether anybody reads. Changes only while all shards are locked, so a holder of any shard can
  // rely on it.
  bool active() const { return readers_count_.load(std::memory_order_relaxed) != 0; }
  // Appends one contiguous block, with SELECTs where the database changes, in MULTI and EXEC if
  // there are several effects.
  void Append(absl::Span<const Effect> block);
  // Appends a command that belongs to no database, such as the PING that keeps a connection alive.
  void AppendRaw(std::string_view encoded);
  // Bytes appended since the start; what INFO calls master_repl_offset.
  uint64_t end_offset() const { return end_.load(std::memory_order_relaxed); }

 private:
  void Write(std::string_view bytes) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Wake() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  std::shared_ptr<Chunk> tail_ ABSL_GUARDED_BY(mutex_);
  std::vector<Reader*> readers_ ABSL_GUARDED_BY(mutex_);
  std::atomic<size_t> readers_count_{0};
  std::atomic<uint64_t> end_{0};
  int selected_ ABSL_GUARDED_BY(mutex_) = -1;
};

// Appends a command as a RESP array of bulk strings.
void AppendEncodedCommand(absl::Span<const std::string_view> args, std::string* out);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_JOURNAL_H_
