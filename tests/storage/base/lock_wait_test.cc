#include "storage/base/lock_wait.h"

#include <gtest/gtest.h>

#include <thread>

#include "storage/base/futex_mutex.h"

namespace redstart {
namespace {

TEST(LockWaitTest, ALockThatIsFreeAddsNothing) {
  FutexMutex mutex;
  const uint64_t before = SleptForLocksNanos();
  mutex.Lock();
  mutex.Unlock();
  EXPECT_EQ(SleptForLocksNanos(), before);
}

TEST(LockWaitTest, EachThreadHasASumOfItsOwn) {
  AddSleptForLocksNanos(5);
  uint64_t others = 1;
  std::thread([&] { others = SleptForLocksNanos(); }).join();
  EXPECT_EQ(others, 0u);
  EXPECT_GE(SleptForLocksNanos(), 5u);
}

}  // namespace
}  // namespace redstart
