#ifndef REDSTART_STORAGE_BASE_PAGE_POOL_H_
#define REDSTART_STORAGE_BASE_PAGE_POOL_H_

// 4 KiB pages for the slabs of all shards, cut from chunks of 2 MiB so that huge pages can back
// them (which gave SET and MGET 5-15 %). Owned by the keyspace; thread-safe behind one mutex, taken
// once per page, not per entry.
//
// A chunk's first page holds its bookkeeping; the other 511 are handed out lowest address first, so
// that high chunks drain and can be returned to the system. No page is touched before it is handed
// out, and the first chunks do without huge pages: a small process pays for the pages that it uses,
// not for 2 MiB at a time. From then on a chunk maker has the next chunk ready when this one is
// nearly used up; should it be late, a chunk without huge pages takes its place, for nobody waits.

#include <atomic>
#include <cstddef>
#include <set>

#include "absl/base/thread_annotations.h"
#include "storage/base/chunk_maker.h"
#include "storage/base/mutex.h"

namespace redstart {

class PagePool {
 public:
  static constexpr size_t kPageBytes = 4096;
  static constexpr size_t kChunkBytes = size_t{2} << 20;
  static constexpr size_t kPagesPerChunk = kChunkBytes / kPageBytes - 1;
  // Below 16 MiB the memory that a half-used huge page wastes weighs more than the time that it
  // saves.
  static constexpr size_t kChunksWithoutHugePages = 2;
  // The next chunk is asked for when so many pages are left in the last one that has any.
  static constexpr size_t kPagesLeftAtRequest = kPagesPerChunk / 4;
  // Fully free chunks kept for the next burst.
  static constexpr size_t kSpareChunks = 2;

  PagePool() = default;
  // Returns every chunk, whether or not all pages came back.
  ~PagePool();
  PagePool(const PagePool&) = delete;
  PagePool& operator=(const PagePool&) = delete;

  // A page of kPageBytes, aligned to its size, content unspecified. Ends the process if the system
  // has no memory left.
  void* Allocate();
  void Free(void* page);

  // Gives the memory of all free pages back to the system, also those in chunks that are partly in
  // use.
  void Purge();

  // Pages handed out.
  size_t bytes_in_use() const { return pages_in_use_.load(std::memory_order_relaxed) * kPageBytes; }
  // Address space taken from the system.
  size_t bytes_mapped() const { return chunk_count_.load(std::memory_order_relaxed) * kChunkBytes; }

 private:
  struct Chunk;

  Chunk* NewChunk() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void UnmapChunk(Chunk* chunk) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ChunkMaker maker_{kChunkBytes};
  Mutex mutex_;
  std::set<Chunk*> open_ ABSL_GUARDED_BY(mutex_);  // Chunks with a free page, by address.
  Chunk* all_ ABSL_GUARDED_BY(mutex_) = nullptr;   // Every chunk, linked.
  size_t spare_ ABSL_GUARDED_BY(mutex_) = 0;       // How many chunks are fully free.
  std::atomic<size_t> pages_in_use_{0};
  std::atomic<size_t> chunk_count_{0};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_PAGE_POOL_H_
