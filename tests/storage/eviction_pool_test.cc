#include "storage/eviction_pool.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/access_clock.h"
#include "storage/base/page_pool.h"

namespace redstart {
namespace {

constexpr uint64_t kNow = uint64_t{1'700'000'000} * 1000;

class EvictionPoolTest : public testing::Test {
 protected:
  // Offers a key, with a number that serves as its hash.
  void Offer(uint64_t number, uint32_t access, uint64_t deadline = Entry::kNever) {
    Entry* entry = Make(number, access, deadline);
    pool_.Offer(0, *entry, kNow, [&](std::string_view) { return number; });
    Entry::FreeShell(&slab_, entry);
  }
  Entry* Make(uint64_t number, uint32_t access, uint64_t deadline = Entry::kNever) {
    Entry* entry = Entry::New(&slab_, "key:" + std::to_string(number),
                              {.deadline = deadline, .payload_size = 0});
    entry->set_access(access);
    return entry;
  }
  static uint32_t IdleFor(uint64_t seconds) { return LruClock(kNow - seconds * 1000); }

  PagePool pages_;
  Slab slab_{&pages_};
  EvictionPool pool_;
};

TEST_F(EvictionPoolTest, GivesTheLongestIdleFirst) {
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 1);
  EXPECT_TRUE(pool_.empty());
  for (const uint64_t idle : {5, 100, 0, 50}) Offer(idle, IdleFor(idle));
  for (const uint64_t idle : {100, 50, 5, 0}) EXPECT_EQ(pool_.TakeBest().hash, idle);
  EXPECT_TRUE(pool_.empty());
}

TEST_F(EvictionPoolTest, GivesTheLeastOftenUsedFirst) {
  pool_.Configure(EvictionOrder::kLeastOftenUsed, false, 1);
  for (const uint8_t uses : {200, 5, 90}) Offer(uses, LfuWithCounter(uses, kNow));
  for (const uint64_t uses : {5, 90, 200}) EXPECT_EQ(pool_.TakeBest().hash, uses);
}

TEST_F(EvictionPoolTest, GivesTheNearestDeadlineFirst) {
  pool_.Configure(EvictionOrder::kNearestDeadline, true, 1);
  for (const uint64_t in_ms : {900, 1, 50}) Offer(in_ms, 0, kNow + in_ms);
  for (const uint64_t in_ms : {1, 50, 900}) EXPECT_EQ(pool_.TakeBest().hash, in_ms);
}

TEST_F(EvictionPoolTest, WhenItIsFullTheWorstMakesRoom) {
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 1);
  for (uint64_t idle = 0; idle < 100; ++idle) Offer(idle, IdleFor(idle));
  for (uint64_t idle = 100; idle > 100 - EvictionPool::kCandidates; --idle) {
    EXPECT_EQ(pool_.TakeBest().hash, idle - 1);
  }
  EXPECT_TRUE(pool_.empty());
}

TEST_F(EvictionPoolTest, OneKeyIsInItOnce) {
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 1);
  Offer(1, IdleFor(10));
  Offer(1, IdleFor(10));
  EXPECT_EQ(pool_.TakeBest().key, "key:1");
  EXPECT_TRUE(pool_.empty());
}

TEST_F(EvictionPoolTest, WhatWasUsedSinceItWasOfferedIsNotMeantAnyMore) {
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 1);
  Offer(1, IdleFor(10));
  const EvictionPool::Candidate& candidate = pool_.TakeBest();
  Entry* entry = Make(1, IdleFor(10));
  EXPECT_TRUE(pool_.IsStillMeant(candidate, *entry));
  entry->set_access(IdleFor(0));
  EXPECT_FALSE(pool_.IsStillMeant(candidate, *entry));
  Entry::FreeShell(&slab_, entry);
}

TEST_F(EvictionPoolTest, WhatLostItsDeadlineIsNotMeantWhereOnlyOthersMayGo) {
  pool_.Configure(EvictionOrder::kAny, true, 1);
  Offer(1, 0, kNow + 1);
  const EvictionPool::Candidate& candidate = pool_.TakeBest();
  Entry* entry = Make(1, 0);
  EXPECT_FALSE(pool_.IsStillMeant(candidate, *entry));
  Entry::FreeShell(&slab_, entry);
}

TEST_F(EvictionPoolTest, AnotherPolicyBeginsAnew) {
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 1);
  Offer(1, IdleFor(10));
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, false, 2);
  EXPECT_FALSE(pool_.empty());
  pool_.Configure(EvictionOrder::kLeastRecentlyUsed, true, 2);
  EXPECT_TRUE(pool_.empty());
}

}  // namespace
}  // namespace redstart
