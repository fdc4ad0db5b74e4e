#ifndef REDSTART_STORAGE_BASE_RECLAIMER_H_
#define REDSTART_STORAGE_BASE_RECLAIMER_H_

// Frees memory that lock-free prefetch hints may still be reading: only after every reader that
// could hold an address of it has passed a batch boundary (quiescent-state reclamation; Fraser's
// epochs, with one epoch per retirement).
//
// One per keyspace, thread-safe. Each thread that prefetches owns one Reader and is "inside" for
// the length of a batch. A reader publishes the epoch that it saw on entering. Whoever retires
// first unlinks, then raises the epoch, so a reader inside with a higher epoch cannot have seen the
// old address. All orderings between the two are sequentially consistent operations instead of
// fences: ThreadSanitizer does not understand fences. The free functions run without the
// reclaimer's mutex and may retire more.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/base/mutex.h"

namespace redstart {

class Reclaimer {
 public:
  class Reader;
  class ReadScope;

  Reclaimer() = default;
  // REQUIRES: no reader is left. Frees all that is still waiting.
  ~Reclaimer();
  Reclaimer(const Reclaimer&) = delete;
  Reclaimer& operator=(const Reclaimer&) = delete;

  // Calls free_it(memory) once no reader can still see it; at once if no reader is inside.
  // REQUIRES: no new reader can find `memory` any more.
  void Retire(void* memory, void (*free_it)(void*));

  // Frees what is due. Threads call it now and then, outside of their batches and of any lock.
  void Collect();

  // How many pieces of memory still wait.
  size_t waiting() const { return waiting_.load(std::memory_order_relaxed); }

 private:
  struct Retired {
    void* memory;
    void (*free_it)(void*);
    uint64_t epoch;
  };

  // Moves what no reader inside can see from retired_ to `due`.
  void TakeDue(std::vector<Retired>* due) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::atomic<uint64_t> epoch_{1};
  std::atomic<size_t> waiting_{0};
  Mutex mutex_;
  std::vector<Retired> retired_ ABSL_GUARDED_BY(mutex_);  // Epochs ascend.
  std::vector<Reader*> readers_ ABSL_GUARDED_BY(mutex_);
};

// One thread's membership. Only that thread may enter and exit.
class alignas(64) Reclaimer::Reader {
 public:
  explicit Reader(Reclaimer* reclaimer);
  // REQUIRES: outside.
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Scopes nest: a script's nested poll runs a batch inside a batch.
  void Enter() {
    if (depth_++ > 0) return;
    uint64_t epoch = reclaimer_->epoch_.load(std::memory_order_relaxed);
    for (;;) {
      inside_since_.store(epoch, std::memory_order_seq_cst);
      // If a retirement missed the store above, then this load sees its raised epoch, and with it
      // what it unlinked.
      const uint64_t now = reclaimer_->epoch_.load(std::memory_order_seq_cst);
      if (now == epoch) return;
      epoch = now;
    }
  }
  void Exit() {
    if (--depth_ == 0) inside_since_.store(0, std::memory_order_release);
  }

 private:
  friend class Reclaimer;

  std::atomic<uint64_t> inside_since_{0};  // The epoch seen on entering; 0 outside.
  Reclaimer* const reclaimer_;
  int depth_ = 0;
};

// Inside from construction to destruction.
class Reclaimer::ReadScope {
 public:
  explicit ReadScope(Reader* reader) : reader_(reader) { reader_->Enter(); }
  ~ReadScope() { reader_->Exit(); }
  ReadScope(const ReadScope&) = delete;
  ReadScope& operator=(const ReadScope&) = delete;

 private:
  Reader* const reader_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_RECLAIMER_H_
