#include "storage/lazy_free.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace redstart {
namespace {

TEST(LazyFreeTest, RunsJobsInOrderOnAThreadOfItsOwn) {
  LazyFree lazy_free;
  std::vector<int> order;
  std::thread::id ran_on;
  for (int i = 0; i < 5; ++i) {
    lazy_free.Add(1, [&, i] {
      order.push_back(i);
      ran_on = std::this_thread::get_id();
    });
  }
  lazy_free.Drain();
  EXPECT_EQ(order, std::vector<int>({0, 1, 2, 3, 4}));
  EXPECT_NE(ran_on, std::this_thread::get_id());
}

TEST(LazyFreeTest, CountsObjectsWhileTheyWaitAndAfterwards) {
  LazyFree lazy_free;
  std::atomic<bool> go{false};
  lazy_free.Add(7, [&] { go.wait(false); });
  lazy_free.Add(3, [] {});
  EXPECT_EQ(lazy_free.pending_objects(), 10u);
  EXPECT_EQ(lazy_free.freed_objects(), 0u);
  go = true;
  go.notify_all();
  lazy_free.Drain();
  EXPECT_EQ(lazy_free.pending_objects(), 0u);
  EXPECT_EQ(lazy_free.freed_objects(), 10u);
}

TEST(LazyFreeTest, DrainingNothingReturnsAtOnce) {
  LazyFree lazy_free;
  lazy_free.Drain();
  EXPECT_EQ(lazy_free.freed_objects(), 0u);
}

TEST(LazyFreeTest, TheDestructorRunsWhatIsLeft) {
  std::atomic<int> ran{0};
  {
    LazyFree lazy_free;
    for (int i = 0; i < 100; ++i) lazy_free.Add(1, [&] { ++ran; });
  }
  EXPECT_EQ(ran, 100);
}

TEST(LazyFreeTest, JobsMayBeAddedByAnyThreadAndByJobs) {
  LazyFree lazy_free;
  std::atomic<int> ran{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 500; ++i) {
        lazy_free.Add(1, [&] { lazy_free.Add(1, [&] { ++ran; }); });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  lazy_free.Drain();
  EXPECT_EQ(ran, 2000);
  EXPECT_EQ(lazy_free.freed_objects(), 4000u);
}

}  // namespace
}  // namespace redstart
