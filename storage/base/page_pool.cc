#include "storage/base/page_pool.h"

#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <new>

namespace redstart {

// Lives in the chunk's own first page. Bit i stands for the page at (i + 1) * kPageBytes.
struct PagePool::Chunk {
  static constexpr size_t kWords = (kPagesPerChunk + 63) / 64;

  uint64_t free[kWords];   // Not handed out.
  uint64_t clean[kWords];  // Free and without memory behind it.
  size_t free_count;
  Chunk* previous;
  Chunk* next;

  char* PageAt(size_t i) { return reinterpret_cast<char*>(this) + (i + 1) * kPageBytes; }
};

PagePool::~PagePool() {
  while (all_ != nullptr) UnmapChunk(all_);
}

void* PagePool::Allocate() {
  const MutexLock lock(&mutex_);
  Chunk* chunk = open_.empty() ? NewChunk() : *open_.begin();
  size_t word = 0;
  while (chunk->free[word] == 0) ++word;
  const int bit = std::countr_zero(chunk->free[word]);
  chunk->free[word] &= ~(uint64_t{1} << bit);
  chunk->clean[word] &= ~(uint64_t{1} << bit);
  if (chunk->free_count == kPagesPerChunk) --spare_;
  if (--chunk->free_count == 0) open_.erase(chunk);
  if (chunk->free_count == kPagesLeftAtRequest && open_.size() == 1 &&
      chunk_count_.load(std::memory_order_relaxed) >= kChunksWithoutHugePages) {
    maker_.Request();
  }
  pages_in_use_.fetch_add(1, std::memory_order_relaxed);
  return chunk->PageAt(word * 64 + static_cast<size_t>(bit));
}

void PagePool::Free(void* page) {
  const auto address = reinterpret_cast<uintptr_t>(page);
  auto* chunk = reinterpret_cast<Chunk*>(address & ~uintptr_t{kChunkBytes - 1});
  const size_t i = (address & (kChunkBytes - 1)) / kPageBytes - 1;
  const MutexLock lock(&mutex_);
  chunk->free[i / 64] |= uint64_t{1} << (i % 64);
  pages_in_use_.fetch_sub(1, std::memory_order_relaxed);
  if (chunk->free_count++ == 0) open_.insert(chunk);
  if (chunk->free_count < kPagesPerChunk) return;
  if (spare_ == kSpareChunks) {
    open_.erase(chunk);
    UnmapChunk(chunk);
  } else {
    ++spare_;
  }
}

void PagePool::Purge() {
  const MutexLock lock(&mutex_);
  for (Chunk* chunk = all_; chunk != nullptr;) {
    Chunk* next = chunk->next;
    if (chunk->free_count == kPagesPerChunk) {
      --spare_;
      open_.erase(chunk);
      UnmapChunk(chunk);
      chunk = next;
      continue;
    }
    const auto dirty = [chunk](size_t i) {
      return i < kPagesPerChunk && ((chunk->free[i / 64] & ~chunk->clean[i / 64]) >> (i % 64)) & 1;
    };
    for (size_t i = 0; i < kPagesPerChunk; ++i) {
      size_t end = i;
      while (dirty(end)) ++end;
      if (end > i) madvise(chunk->PageAt(i), (end - i) * kPageBytes, MADV_DONTNEED);
      i = end;
    }
    for (size_t w = 0; w < Chunk::kWords; ++w) chunk->clean[w] = chunk->free[w];
    chunk = next;
  }
}

PagePool::Chunk* PagePool::NewChunk() {
  chunk_count_.fetch_add(1, std::memory_order_relaxed);
  void* memory = maker_.Take();
  auto* chunk = new (memory) Chunk;
  for (size_t w = 0; w < Chunk::kWords; ++w) chunk->free[w] = ~uint64_t{0};
  chunk->free[Chunk::kWords - 1] >>= Chunk::kWords * 64 - kPagesPerChunk;
  for (size_t w = 0; w < Chunk::kWords; ++w) chunk->clean[w] = chunk->free[w];
  chunk->free_count = kPagesPerChunk;
  chunk->previous = nullptr;
  chunk->next = all_;
  if (all_ != nullptr) all_->previous = chunk;
  all_ = chunk;
  open_.insert(chunk);
  ++spare_;
  return chunk;
}

void PagePool::UnmapChunk(Chunk* chunk) {
  if (chunk->previous != nullptr) chunk->previous->next = chunk->next;
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
  if (all_ == chunk) all_ = chunk->next;
  munmap(chunk, kChunkBytes);
  chunk_count_.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace redstart
