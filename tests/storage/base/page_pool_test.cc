#include "storage/base/page_pool.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace redstart {
namespace {

bool IsResident(void* page) {
  unsigned char resident = 0;
  return mincore(page, PagePool::kPageBytes, &resident) == 0 && (resident & 1) != 0;
}

TEST(PagePoolTest, PagesAreAlignedAndDistinct) {
  PagePool pool;
  std::set<void*> pages;
  for (size_t i = 0; i < 2 * PagePool::kPagesPerChunk; ++i) {
    void* page = pool.Allocate();
    ASSERT_EQ(reinterpret_cast<uintptr_t>(page) % PagePool::kPageBytes, 0u);
    ASSERT_TRUE(pages.insert(page).second);
    std::memset(page, 1, PagePool::kPageBytes);
  }
  EXPECT_EQ(pool.bytes_in_use(), pages.size() * PagePool::kPageBytes);
  EXPECT_EQ(pool.bytes_mapped(), 2 * PagePool::kChunkBytes);
  for (void* page : pages) pool.Free(page);
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

TEST(PagePoolTest, AHandfulOfPagesDoesNotMakeAChunkResident) {
  PagePool pool;
  char* first = static_cast<char*>(pool.Allocate());
  std::memset(first, 1, PagePool::kPageBytes);
  EXPECT_TRUE(IsResident(first));
  EXPECT_FALSE(IsResident(first + 100 * PagePool::kPageBytes));
  pool.Free(first);
}

TEST(PagePoolTest, FreeChunksGoBackToTheSystemButForAFew) {
  PagePool pool;
  std::vector<void*> pages;
  for (size_t i = 0; i < 20 * PagePool::kPagesPerChunk; ++i) pages.push_back(pool.Allocate());
  std::shuffle(pages.begin(), pages.end(), std::mt19937(1));
  for (void* page : pages) pool.Free(page);
  EXPECT_EQ(pool.bytes_mapped(), PagePool::kSpareChunks * PagePool::kChunkBytes);
  pool.Purge();
  EXPECT_EQ(pool.bytes_mapped(), 0u);
}

TEST(PagePoolTest, LowAddressesAreHandedOutFirst) {
  PagePool pool;
  std::vector<void*> pages;
  for (int i = 0; i < 100; ++i) pages.push_back(pool.Allocate());
  void* low = *std::min_element(pages.begin(), pages.end());
  pool.Free(pages[70]);
  pool.Free(low);
  EXPECT_EQ(pool.Allocate(), low);
}

TEST(PagePoolTest, PurgeGivesBackFreePagesAndKeepsTheOthers) {
  PagePool pool;
  std::vector<char*> pages;
  for (int i = 0; i < 64; ++i) {
    pages.push_back(static_cast<char*>(pool.Allocate()));
    std::memset(pages.back(), i, PagePool::kPageBytes);
  }
  for (int i = 0; i < 64; i += 2) pool.Free(pages[static_cast<size_t>(i)]);
  pool.Purge();
  for (int i = 0; i < 64; ++i) {
    ASSERT_EQ(IsResident(pages[static_cast<size_t>(i)]), i % 2 == 1) << i;
  }
  EXPECT_EQ(pages[33][100], 33);
  EXPECT_EQ(pool.Allocate(), pages[0]);
}

TEST(PagePoolTest, ThreadsShareIt) {
  PagePool pool;
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&pool, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      std::vector<char*> mine;
      for (int i = 0; i < 20000; ++i) {
        if (mine.empty() || random() % 5 < 3) {
          mine.push_back(static_cast<char*>(pool.Allocate()));
          mine.back()[0] = static_cast<char>(t);
        } else {
          ASSERT_EQ(mine.back()[0], static_cast<char>(t));
          pool.Free(mine.back());
          mine.pop_back();
        }
      }
      for (char* page : mine) pool.Free(page);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(pool.bytes_in_use(), 0u);
}

}  // namespace
}  // namespace redstart
