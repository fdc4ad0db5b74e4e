#include "storage/key_listeners.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace redstart
