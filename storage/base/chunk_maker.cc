#include "storage/base/chunk_maker.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace redstart {
namespace {

// A third of the weight of a thread that serves clients: on a core of theirs a chunk is made in
// pieces of a millisecond or less.
constexpr int kNice = 5;

}  // namespace

void* MapAligned(size_t bytes) {
  // Twice the size always contains an aligned chunk; the rest goes back.
  void* mapped =
      mmap(nullptr, 2 * bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) {
    std::fputs("Out of memory: the system gives no more pages\n", stderr);
    std::abort();
  }
  const auto begin = reinterpret_cast<uintptr_t>(mapped);
  const uintptr_t aligned = (begin + bytes - 1) & ~uintptr_t{bytes - 1};
  if (aligned > begin) munmap(mapped, aligned - begin);
  munmap(reinterpret_cast<void*>(aligned + bytes), begin + bytes - aligned);
  return reinterpret_cast<void*>(aligned);
}

ChunkMaker::~ChunkMaker() {
  {
    const MutexLock lock(&mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
  if (made_ != nullptr) munmap(made_, chunk_bytes_);
}

void ChunkMaker::Request() {
  {
    const MutexLock lock(&mutex_);
    if (requested_ || made_ != nullptr) return;
    requested_ = true;
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { Loop(); });
      pthread_setname_np(thread_.native_handle(), "chunk_maker");
    }
  }
  changed_.notify_all();
}

void* ChunkMaker::Take() {
  {
    const MutexLock lock(&mutex_);
    if (made_ != nullptr) return std::exchange(made_, nullptr);
  }
  return MapAligned(chunk_bytes_);
}

bool ChunkMaker::has_chunk() const {
  const MutexLock lock(&mutex_);
  return made_ != nullptr;
}

void ChunkMaker::AwaitChunk() {
  const MutexLock lock(&mutex_);
  while (made_ == nullptr) changed_.wait(mutex_);
}

void ChunkMaker::Loop() {
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  for (;;) {
    {
      const MutexLock lock(&mutex_);
      while (!requested_ && !stopping_) changed_.wait(mutex_);
      if (stopping_) return;
    }
    void* chunk = MapAligned(chunk_bytes_);
    madvise(chunk, chunk_bytes_, MADV_HUGEPAGE);
    // One byte brings the whole huge page. Where there are none, the rest stays untouched.
    *static_cast<volatile char*>(chunk) = 0;
    {
      const MutexLock lock(&mutex_);
      made_ = chunk;
      requested_ = false;
    }
    changed_.notify_all();
  }
}

}  // namespace redstart
