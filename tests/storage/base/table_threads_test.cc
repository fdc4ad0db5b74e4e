// The table under threads, for ThreadSanitizer: prefetching needs no lock while another thread
// changes everything.

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

#include "tests/storage/base/table_nodes.h"

namespace redstart {
namespace {

TEST(TableThreadsTest, PrefetchingRacesWithInsertsSplitsErasuresAndMerges) {
  Reclaimer reclaimer;
  OwnedTable owned(3, {}, &reclaimer);
  constexpr uint64_t kNumbers = 20000;
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (uint64_t t = 0; t < 2; ++t) {
    readers.emplace_back([&, t] {
      Reclaimer::Reader reader(&reclaimer);
      std::mt19937_64 random(t);
      while (!done.load(std::memory_order_relaxed)) {
        Reclaimer::ReadScope scope(&reader);
        uint64_t positions[16];
        for (uint64_t& position : positions) position = owned.PositionOf(random() % kNumbers);
        for (const uint64_t position : positions) owned.table().PrefetchBucket(position);
        for (const uint64_t position : positions) owned.table().PrefetchNode(position);
      }
    });
  }
  for (int round = 0; round < 3; ++round) {
    for (uint64_t i = 0; i < kNumbers; ++i) {
      owned.Insert(i);
      if (i % 4 == 0) owned.Replace(i);
    }
    for (uint64_t i = 0; i < kNumbers; ++i) owned.Erase(i);
    reclaimer.Collect();
  }
  done = true;
  for (std::thread& thread : readers) thread.join();
  reclaimer.Collect();
  EXPECT_EQ(reclaimer.waiting(), 0u);
}

TEST(TableThreadsTest, LookupsUnderALockSeeEveryKeyWhileOthersPrefetch) {
  Reclaimer reclaimer;
  OwnedTable owned(2, {}, &reclaimer);
  std::mutex mutex;
  std::atomic<uint64_t> inserted{0};
  constexpr uint64_t kNumbers = 20000;
  std::thread reader_thread([&] {
    Reclaimer::Reader reader(&reclaimer);
    std::mt19937_64 random(9);
    uint64_t known = 0;
    while ((known = inserted.load(std::memory_order_acquire)) < kNumbers) {
      Reclaimer::ReadScope scope(&reader);
      if (known == 0) continue;
      const uint64_t number = random() % known;
      owned.table().PrefetchBucket(owned.PositionOf(number));
      owned.table().PrefetchNode(owned.PositionOf(number));
      std::lock_guard lock(mutex);
      ASSERT_TRUE(owned.Find(number));
    }
  });
  for (uint64_t i = 0; i < kNumbers; ++i) {
    std::lock_guard lock(mutex);
    owned.Insert(i);
    inserted.store(i + 1, std::memory_order_release);
  }
  reader_thread.join();
}

TEST(TableThreadsTest, ATableIsRetiredAsAWhole) {
  using Policy = TestPolicy;
  Reclaimer reclaimer;
  std::atomic<Table<Policy>*> current{new Table<Policy>({}, 4, &reclaimer)};
  std::vector<TestNode> nodes;
  for (uint64_t i = 0; i < 500; ++i) nodes.push_back({std::to_string(i)});
  std::atomic<bool> done{false};
  std::thread reader_thread([&] {
    Reclaimer::Reader reader(&reclaimer);
    while (!done.load(std::memory_order_relaxed)) {
      Reclaimer::ReadScope scope(&reader);
      const Table<Policy>* table = current.load(std::memory_order_acquire);
      for (uint64_t i = 0; i < 16; ++i) table->PrefetchBucket(MixBits(i));
      for (uint64_t i = 0; i < 16; ++i) table->PrefetchNode(MixBits(i));
    }
  });
  for (int round = 0; round < 100; ++round) {
    for (TestNode& node : nodes) {
      current.load()->Insert(&node, TestPolicy{}.PositionOf(node));
    }
    Table<Policy>* old = current.exchange(new Table<Policy>({}, 4, &reclaimer));
    reclaimer.Retire(old, [](void* table) { delete static_cast<Table<Policy>*>(table); });
  }
  done = true;
  reader_thread.join();
  reclaimer.Collect();
  delete current.load();
}

}  // namespace
}  // namespace redstart
