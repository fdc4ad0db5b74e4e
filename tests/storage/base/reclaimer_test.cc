#include "storage/base/reclaimer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace redstart {
namespace {

int freed = 0;
void CountAndFree(void* memory) {
  ++freed;
  delete static_cast<int*>(memory);
}

TEST(ReclaimerTest, FreesAtOnceWhenNobodyIsInside) {
  freed = 0;
  Reclaimer reclaimer;
  Reclaimer::Reader idle(&reclaimer);
  reclaimer.Retire(new int, CountAndFree);
  EXPECT_EQ(freed, 1);
  EXPECT_EQ(reclaimer.waiting(), 0u);
}

TEST(ReclaimerTest, WaitsForTheReaderThatWasInside) {
  freed = 0;
  Reclaimer reclaimer;
  Reclaimer::Reader reader(&reclaimer);
  {
    Reclaimer::ReadScope scope(&reader);
    reclaimer.Retire(new int, CountAndFree);
    reclaimer.Collect();
    EXPECT_EQ(freed, 0);
    EXPECT_EQ(reclaimer.waiting(), 1u);
  }
  reclaimer.Collect();
  EXPECT_EQ(freed, 1);
}

TEST(ReclaimerTest, AReaderThatEnteredLaterHoldsNothingUp) {
  freed = 0;
  Reclaimer reclaimer;
  Reclaimer::Reader early(&reclaimer);
  Reclaimer::Reader late(&reclaimer);
  early.Enter();
  reclaimer.Retire(new int, CountAndFree);
  late.Enter();
  reclaimer.Retire(new int, CountAndFree);
  early.Exit();
  reclaimer.Collect();
  EXPECT_EQ(freed, 1);
  late.Exit();
  reclaimer.Collect();
  EXPECT_EQ(freed, 2);
}

TEST(ReclaimerTest, ScopesNest) {
  freed = 0;
  Reclaimer reclaimer;
  Reclaimer::Reader reader(&reclaimer);
  reader.Enter();
  { Reclaimer::ReadScope inner(&reader); }
  reclaimer.Retire(new int, CountAndFree);
  EXPECT_EQ(freed, 0);
  reader.Exit();
  reclaimer.Collect();
  EXPECT_EQ(freed, 1);
}

TEST(ReclaimerTest, FreesTheRestWhenItIsDestroyed) {
  freed = 0;
  {
    Reclaimer reclaimer;
    {
      Reclaimer::Reader reader(&reclaimer);
      Reclaimer::ReadScope scope(&reader);
      reclaimer.Retire(new int, CountAndFree);
    }
    EXPECT_EQ(freed, 0);
  }
  EXPECT_EQ(freed, 1);
}

struct Nested {
  Reclaimer* reclaimer;
};

TEST(ReclaimerTest, AFreeFunctionMayRetireMore) {
  freed = 0;
  Reclaimer reclaimer;
  reclaimer.Retire(new Nested{&reclaimer}, [](void* memory) {
    auto* nested = static_cast<Nested*>(memory);
    nested->reclaimer->Retire(new int, CountAndFree);
    delete nested;
  });
  EXPECT_EQ(freed, 1);
}

TEST(ReclaimerTest, ReadersNeverSeeFreedMemory) {
  // Freed boxes are overwritten first, so that a reader that comes too late sees it even without a
  // sanitizer.
  Reclaimer reclaimer;
  std::atomic<std::atomic<int>*> box{new std::atomic<int>(1)};
  std::atomic<bool> done{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      Reclaimer::Reader reader(&reclaimer);
      while (!done.load(std::memory_order_relaxed)) {
        Reclaimer::ReadScope scope(&reader);
        for (int i = 0; i < 10; ++i) {
          ASSERT_EQ(box.load(std::memory_order_acquire)->load(std::memory_order_relaxed), 1);
        }
      }
    });
  }
  for (int i = 0; i < 20000; ++i) {
    auto* old = box.exchange(new std::atomic<int>(1), std::memory_order_acq_rel);
    reclaimer.Retire(old, [](void* memory) {
      auto* value = static_cast<std::atomic<int>*>(memory);
      value->store(0, std::memory_order_relaxed);
      delete value;
    });
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  reclaimer.Collect();
  EXPECT_EQ(reclaimer.waiting(), 0u);
  delete box.load();
}

}  // namespace
}  // namespace redstart
