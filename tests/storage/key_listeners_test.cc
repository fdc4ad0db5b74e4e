#include "storage/key_listeners.h"

#include <gtest/gtest.h>

#include <memory>

namespace redstart {
namespace {

using After = KeyListeners::After;

class KeyListenersTest : public testing::Test {
 protected:
  // TouchDatabase with the same answers for every key.
  void TouchDatabase(int database, bool before, After after) {
    listeners_.TouchDatabase(
        database, [&](std::string_view) { return before; },
        [&](std::string_view) { return after; });
  }

  KeyListeners listeners_;
  std::atomic<bool> touched_{false};
};

TEST_F(KeyListenersTest, AChangeTouchesTheWatchersOfThatKeyOnly) {
  std::atomic<bool> other{false};
  std::atomic<bool> elsewhere{false};
  listeners_.Watch(0, "k", &touched_, false);
  listeners_.Watch(0, "l", &other, false);
  listeners_.Watch(1, "k", &elsewhere, false);
  listeners_.Touch(0, "k", true);
  EXPECT_TRUE(touched_);
  EXPECT_FALSE(other);
  EXPECT_FALSE(elsewhere);
}

TEST_F(KeyListenersTest, AllWatchersOfAKeyAreTouched) {
  std::atomic<bool> second{false};
  listeners_.Watch(0, "k", &touched_, false);
  listeners_.Watch(0, "k", &second, false);
  listeners_.Touch(0, "k", false);
  EXPECT_TRUE(touched_);
  EXPECT_TRUE(second);
}

TEST_F(KeyListenersTest, WatchingTwiceCountsOnce) {
  listeners_.Watch(0, "k", &touched_, false);
  listeners_.Watch(0, "k", &touched_, false);
  listeners_.Unwatch(0, "k", &touched_);
  EXPECT_TRUE(listeners_.empty());
}

TEST_F(KeyListenersTest, UnwatchLeavesTheOthers) {
  std::atomic<bool> second{false};
  listeners_.Watch(0, "k", &touched_, false);
  listeners_.Watch(0, "k", &second, false);
  listeners_.Unwatch(0, "k", &touched_);
  listeners_.Unwatch(0, "missing", &touched_);
  listeners_.Touch(0, "k", true);
  EXPECT_FALSE(touched_);
  EXPECT_TRUE(second);
}

TEST_F(KeyListenersTest, DeletingAKeyThatWasExpiredWhenWatchedIsNoChange) {
  listeners_.Watch(0, "k", &touched_, true);
  EXPECT_TRUE(listeners_.IsMarkedExpired(0, "k", &touched_));
  listeners_.Touch(0, "k", false);
  EXPECT_FALSE(touched_);
  EXPECT_FALSE(listeners_.IsMarkedExpired(0, "k", &touched_));
  listeners_.Touch(0, "k", true);
  EXPECT_TRUE(touched_);
}

TEST_F(KeyListenersTest, AnExpiredKeyThatIsWrittenAnewIsAChange) {
  listeners_.Watch(0, "k", &touched_, true);
  listeners_.Touch(0, "k", true);
  EXPECT_TRUE(touched_);
}

TEST_F(KeyListenersTest, FlushingTouchesWhatWasThere) {
  listeners_.Watch(0, "k", &touched_, false);
  TouchDatabase(0, false, After::kAbsent);
  EXPECT_FALSE(touched_);
  TouchDatabase(1, true, After::kAbsent);
  EXPECT_FALSE(touched_);
  TouchDatabase(0, true, After::kAbsent);
  EXPECT_TRUE(touched_);
}

TEST_F(KeyListenersTest, FlushingAKeyThatWasExpiredIsNoChange) {
  listeners_.Watch(0, "k", &touched_, true);
  TouchDatabase(0, true, After::kAbsent);
  EXPECT_FALSE(touched_);
  EXPECT_FALSE(listeners_.IsMarkedExpired(0, "k", &touched_));
}

TEST_F(KeyListenersTest, SwappingTouchesWhatIsThereBeforeOrAfter) {
  listeners_.Watch(0, "k", &touched_, false);
  TouchDatabase(0, false, After::kPresent);
  EXPECT_TRUE(touched_);
}

TEST_F(KeyListenersTest, AnExpiredKeyInPlaceOfNoneOrOfAnExpiredOneIsNoChange) {
  listeners_.Watch(0, "k", &touched_, false);
  TouchDatabase(0, false, After::kExpired);
  EXPECT_FALSE(touched_);
  EXPECT_TRUE(listeners_.IsMarkedExpired(0, "k", &touched_));
  TouchDatabase(0, true, After::kExpired);
  EXPECT_FALSE(touched_);
}

TEST_F(KeyListenersTest, AnExpiredKeyInPlaceOfALiveOneIsAChange) {
  listeners_.Watch(0, "k", &touched_, false);
  TouchDatabase(0, true, After::kExpired);
  EXPECT_TRUE(touched_);
}

class TestWaiter : public Waiter {};

TEST_F(KeyListenersTest, WaitsForAKeyComeOutInTheOrderOfTheirArrival) {
  const auto a = std::make_shared<TestWaiter>();
  const auto b = std::make_shared<TestWaiter>();
  EXPECT_TRUE(listeners_.empty());
  const uint64_t first = listeners_.AddWait(0, "k", {a, ValueType::kList, false});
  const uint64_t second = listeners_.AddWait(0, "k", {b, ValueType::kStream, true});
  listeners_.AddWait(1, "k", {a, ValueType::kList, false});
  EXPECT_EQ(listeners_.last_wait(), second + 1);
  EXPECT_FALSE(listeners_.empty());
  EXPECT_TRUE(listeners_.IsAwaited(0, "k"));
  EXPECT_FALSE(listeners_.IsAwaited(0, "l"));
  EXPECT_EQ(listeners_.awaited_keys(), 2u);
  EXPECT_EQ(listeners_.awaited_at_any_rate(), 1u);
  uint64_t at = 0;
  EXPECT_EQ(listeners_.NextWait(0, "k", false, &at)->waiter, a);
  EXPECT_EQ(at, first);
  EXPECT_EQ(listeners_.NextWait(0, "k", false, &at)->waiter, b);
  EXPECT_EQ(listeners_.NextWait(0, "k", false, &at), nullptr);
  EXPECT_EQ(at, second);
}

TEST_F(KeyListenersTest, NobodyHearsOfAnAbsenceWhoDoesNotWantTo) {
  const auto waiter = std::make_shared<TestWaiter>();
  listeners_.AddWait(0, "k", {waiter, ValueType::kList, false});
  uint64_t at = 0;
  EXPECT_EQ(listeners_.NextWait(0, "k", true, &at), nullptr);
  const uint64_t second = listeners_.AddWait(0, "k", {waiter, ValueType::kStream, true});
  EXPECT_NE(listeners_.NextWait(0, "k", true, &at), nullptr);
  listeners_.RemoveWait(0, "k", second);
  EXPECT_EQ(listeners_.awaited_at_any_rate(), 0u);
}

TEST_F(KeyListenersTest, RemovedWaitsLeaveNothingBehind) {
  const auto waiter = std::make_shared<TestWaiter>();
  const uint64_t number = listeners_.AddWait(3, "k", {waiter, ValueType::kList, true});
  size_t visited = 0;
  listeners_.ForEachAwaited(3, [&](std::string_view key) { visited += key == "k"; });
  listeners_.ForEachAwaited(4, [&](std::string_view) { ++visited; });
  EXPECT_EQ(visited, 1u);
  EXPECT_EQ(waiter.use_count(), 2);
  listeners_.RemoveWait(3, "k", number + 1);
  listeners_.RemoveWait(3, "k", number);
  listeners_.RemoveWait(3, "k", number);
  EXPECT_TRUE(listeners_.empty());
  EXPECT_EQ(waiter.use_count(), 1);
}

}  // namespace
}  // namespace redstart
