#ifndef REDSTART_STORAGE_BASE_CHUNK_MAKER_H_
#define REDSTART_STORAGE_BASE_CHUNK_MAKER_H_

// Makes huge-page chunks for the page pool ahead of demand, on a thread of its own.
//
// Why. The system clears a huge page, and may move others about to find room for it, when it is
// first touched: 0.2 ms on a quiet machine, 7 ms at the 99.9th percentile and up to 25 ms on a
// virtual one whose host hands out memory lazily (measured with a bystander's PINGs while 10M keys
// loaded). Whoever allocates holds a shard's lock, so it must not happen there.
//
// Owner. The page pool; thread-safe. The thread starts with the first Request and steps back for
// those that serve clients where they share a core.

#include <condition_variable>
#include <cstddef>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "storage/base/mutex.h"

namespace redstart {

// Address space of `bytes`, a power of two, aligned to its size. Ends the process if the system has
// none left.
void* MapAligned(size_t bytes);

class ChunkMaker {
 public:
  explicit ChunkMaker(size_t chunk_bytes) : chunk_bytes_(chunk_bytes) {}
  ~ChunkMaker();
  ChunkMaker(const ChunkMaker&) = delete;
  ChunkMaker& operator=(const ChunkMaker&) = delete;

  // Has a chunk made soon, unless there is one. Never waits.
  void Request();
  // A chunk of zeros, which is the caller's from here on: with a huge page behind it if one is
  // ready, otherwise without any memory.
  void* Take();
  bool has_chunk() const;
  // Waits until what was requested is there: for tests.
  void AwaitChunk();

 private:
  void Loop();

  const size_t chunk_bytes_;
  mutable Mutex mutex_;
  std::condition_variable_any changed_;
  bool requested_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  void* made_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_CHUNK_MAKER_H_
