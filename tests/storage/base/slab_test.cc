#include "storage/base/slab.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <vector>

namespace redstart {
namespace {

TEST(SlabTest, EntriesAreAlignedAndDoNotOverlap) {
  PagePool pool;
  Slab slab(&pool);
  std::map<char*, size_t> entries;
  for (size_t bytes = 0; bytes <= 300; ++bytes) {
    for (int i = 0; i < 100; ++i) {
      char* p = static_cast<char*>(slab.Allocate(bytes));
      ASSERT_NE(p, nullptr);
      ASSERT_EQ(reinterpret_cast<uintptr_t>(p) % 8, 0u);
      std::memset(p, static_cast<int>(bytes % 256), bytes);
      ASSERT_TRUE(entries.emplace(p, bytes).second);
    }
  }
  const char* end = nullptr;
  for (const auto& [p, bytes] : entries) {
    ASSERT_GE(static_cast<const char*>(p), end);
    end = p + bytes;
    for (size_t i = 0; i < bytes; ++i) ASSERT_EQ(p[i], static_cast<char>(bytes % 256));
  }
  for (const auto& [p, bytes] : entries) slab.Free(p, bytes);
  EXPECT_EQ(slab.bytes_in_use(), 0u);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(SlabTest, APageHoldsSeventyTwoEntriesOfFiftySixBytes) {
  PagePool pool;
  Slab slab(&pool);
  std::vector<void*> entries;
  for (int i = 0; i < 72; ++i) entries.push_back(slab.Allocate(56));
  EXPECT_EQ(pool.bytes_in_use(), PagePool::kPageBytes);
  EXPECT_EQ(slab.bytes_in_use(), 72u * 56);
  EXPECT_EQ(slab.page_bytes(), PagePool::kPageBytes);
  for (void* p : entries) slab.Free(p, 56);
}

TEST(SlabTest, EntriesOfACacheLineDoNotStraddleTwo) {
  PagePool pool;
  Slab slab(&pool);
  for (int i = 0; i < 63; ++i) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(slab.Allocate(64)) % 64, 0u);
  }
  EXPECT_EQ(pool.bytes_in_use(), PagePool::kPageBytes);
}

TEST(SlabTest, APageReturnsToThePoolWithItsLastEntry) {
  PagePool pool;
  Slab slab(&pool);
  void* a = slab.Allocate(100);
  void* b = slab.Allocate(104);
  EXPECT_EQ(pool.bytes_in_use(), PagePool::kPageBytes);
  slab.Free(a, 100);
  EXPECT_EQ(pool.bytes_in_use(), PagePool::kPageBytes);
  slab.Free(b, 104);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(SlabTest, FreedEntriesAreUsedAgainBeforeNewPages) {
  PagePool pool;
  Slab slab(&pool);
  std::vector<void*> entries;
  for (int i = 0; i < 720; ++i) entries.push_back(slab.Allocate(56));
  for (size_t i = 0; i < entries.size(); i += 3) slab.Free(entries[i], 56);
  for (size_t i = 0; i < entries.size(); i += 3) entries[i] = slab.Allocate(56);
  EXPECT_EQ(pool.bytes_in_use(), 10 * PagePool::kPageBytes);
  for (void* p : entries) slab.Free(p, 56);
}

TEST(SlabTest, DestroyingItGivesAllPagesBack) {
  PagePool pool;
  {
    Slab slab(&pool);
    for (int i = 0; i < 10000; ++i) slab.Allocate(static_cast<size_t>(i % 128 + 1));
    EXPECT_GT(pool.bytes_in_use(), 0u);
  }
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(SlabTest, LargeEntriesAreCountedAsAskedFor) {
  PagePool pool;
  Slab slab(&pool);
  void* p = slab.Allocate(129);
  EXPECT_EQ(slab.bytes_in_use(), 129u);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
  slab.Free(p, 129);
  EXPECT_EQ(slab.bytes_in_use(), 0u);
}

TEST(SlabTest, RandomUseKeepsEveryEntryIntact) {
  PagePool pool;
  Slab slab(&pool);
  std::mt19937 random(11);
  struct Entry {
    unsigned char* p;
    size_t bytes;
    unsigned char content;
  };
  std::vector<Entry> entries;
  for (int i = 0; i < 100000; ++i) {
    if (entries.empty() || (random() % 100 < 55) == (i / 20000 % 2 == 0)) {
      const size_t bytes = random() % 128 + 1;
      const auto content = static_cast<unsigned char>(random());
      auto* p = static_cast<unsigned char*>(slab.Allocate(bytes));
      std::memset(p, content, bytes);
      entries.push_back({p, bytes, content});
    } else {
      std::swap(entries[random() % entries.size()], entries.back());
      const Entry& entry = entries.back();
      for (size_t k = 0; k < entry.bytes; ++k) ASSERT_EQ(entry.p[k], entry.content);
      slab.Free(entry.p, entry.bytes);
      entries.pop_back();
    }
  }
  for (const Entry& entry : entries) slab.Free(entry.p, entry.bytes);
  EXPECT_EQ(slab.bytes_in_use(), 0u);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace
}  // namespace redstart
