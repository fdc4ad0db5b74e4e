#include "storage/base/chunk_maker.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstring>

namespace redstart {
namespace {

constexpr size_t kBytes = size_t{2} << 20;

TEST(ChunkMakerTest, AlignedMemoryIsAlignedToItsSize) {
  void* memory = MapAligned(kBytes);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % kBytes, 0u);
  std::memset(memory, 1, kBytes);
  munmap(memory, kBytes);
}

TEST(ChunkMakerTest, WithoutARequestAChunkIsBareAddressSpace) {
  ChunkMaker maker(kBytes);
  EXPECT_FALSE(maker.has_chunk());
  void* chunk = maker.Take();
  EXPECT_EQ(reinterpret_cast<uintptr_t>(chunk) % kBytes, 0u);
  std::memset(chunk, 1, kBytes);
  munmap(chunk, kBytes);
}

TEST(ChunkMakerTest, EachRequestMakesOneChunk) {
  ChunkMaker maker(kBytes);
  for (int i = 0; i < 3; ++i) {
    maker.Request();
    maker.Request();
    maker.AwaitChunk();
    void* chunk = maker.Take();
    EXPECT_EQ(reinterpret_cast<uintptr_t>(chunk) % kBytes, 0u);
    EXPECT_FALSE(maker.has_chunk());
    std::memset(chunk, 1, kBytes);
    munmap(chunk, kBytes);
  }
}

TEST(ChunkMakerTest, WhatNobodyTookGoesWithIt) {
  ChunkMaker maker(kBytes);
  maker.Request();
  maker.AwaitChunk();
}

}  // namespace
}  // namespace redstart
