#ifndef REDSTART_SERVER_EXEC_REPLY_GATE_H_
#define REDSTART_SERVER_EXEC_REPLY_GATE_H_

// Keeps replies back until what they have seen is safe in the append-only file.
//
// Every shard and every session knows the offset of the last effect that it holds or has seen
// (storage/disk/effect_log.h). What a session sends leaves when the log is safe up to there:
// written, or with `appendfsync always` on the disk. That goes for readers as well: what they were
// told must not be gone after a crash.
//
// Owner. The server. Any thread. The file's keeper (server/persistence/aof_writer.h) says how far
// the log is safe; I/O threads ask for more with Secure and are told by a message. Lock. A mutex of
// its own, under which nothing else is taken but mailboxes.

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/exec/mailbox.h"
#include "storage/base/mutex.h"

namespace redstart {

class ReplyGate {
 public:
  class Keeper {
   public:
    virtual ~Keeper() = default;
    // Makes the log safe up to `offset`, at once or soon, and says so with Advance.
    virtual void Secure(uint64_t offset) = 0;
  };

  // Whether replies may have to wait at all.
  bool is_used() const { return keeper_.load(std::memory_order_relaxed) != nullptr; }
  bool IsSafe(uint64_t offset) const { return offset <= safe_.load(std::memory_order_acquire); }
  // Asks for safety up to an offset. Whether it is there on return; otherwise the mailbox gets
  // kSafe when there is some progress. REQUIRES: no shard is locked by this thread.
  bool Secure(uint64_t offset, Mailbox* mailbox);
  // What was executed cannot be written for now: readers are let go all the same, as on Redis, but
  // no write may be acknowledged that is not in the file.
  bool has_failed() const { return failed_.load(std::memory_order_acquire); }

  // --- The keeper. ---
  void Open(Keeper* keeper, uint64_t safe);
  // Nothing is held any more.
  void Close();
  // REQUIRES for both: the thread holds no shard and is the keeper's, or one that calls Secure.
  void Advance(uint64_t safe);
  void SetFailed(bool failed);

 private:
  void Tell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<Keeper*> keeper_{nullptr};
  std::atomic<uint64_t> safe_{UINT64_MAX};
  std::atomic<bool> failed_{false};
  Mutex mutex_;
  std::vector<Mailbox*> waiting_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_REPLY_GATE_H_
