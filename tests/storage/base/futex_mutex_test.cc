#include "storage/base/futex_mutex.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace redstart {
namespace {

TEST(FutexMutexTest, IsFourBytes) {
  EXPECT_EQ(sizeof(FutexMutex), 4u);
}

TEST(FutexMutexTest, TryLockFailsWhileItIsHeld) {
  FutexMutex mutex;
  ASSERT_TRUE(mutex.TryLock());
  EXPECT_FALSE(mutex.TryLock());
  mutex.Unlock();
  ASSERT_TRUE(mutex.TryLock());
  mutex.Unlock();
}

TEST(FutexMutexTest, OnlyOneThreadIsInsideAtATime) {
  FutexMutex mutex;
  uint64_t counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20000; ++i) {
        mutex.Lock();
        ++counter;
        mutex.Unlock();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, 80000u);
}

// The holder keeps it for longer than anyone spins, so every waiter goes to sleep and must be
// woken.
TEST(FutexMutexTest, EverySleeperIsWoken) {
  FutexMutex mutex;
  int served = 0;
  mutex.Lock();
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      mutex.Lock();
      ++served;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      mutex.Unlock();
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  mutex.Unlock();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served, 6);
  EXPECT_TRUE(mutex.TryLock());
  mutex.Unlock();
}

}  // namespace
}  // namespace redstart
