#include "server/exec/memory_limit.h"

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class MemoryLimitTest : public CommandTest {
 protected:
  void SetLimit(const char* limit) { Run("CONFIG", "SET", "maxmemory", limit); }
};

TEST_F(MemoryLimitTest, EachRequestLooksAgain) {
  Run("SET", "k", "v");
  SetLimit("1");
  Run("PING");
  EXPECT_TRUE(state_.over_memory_limit.load());
  SetLimit("100gb");
  Run("PING");
  EXPECT_FALSE(state_.over_memory_limit.load());
}

TEST_F(MemoryLimitTest, TheTimeOverTheLimitIsCounted) {
  Run("SET", "k", "v");
  SetLimit("1");
  Run("PING");
  EXPECT_EQ(state_.over_limit_since_us.load(), clock_.now_us.load());
  Advance(5000);
  SetLimit("100gb");
  Run("PING");
  EXPECT_EQ(state_.over_limit_since_us.load(), 0u);
  EXPECT_EQ(state_.over_limit_us.load(), 5'000'000u);
  Run("CONFIG", "RESETSTAT");
  EXPECT_EQ(state_.over_limit_us.load(), 0u);
}

TEST_F(MemoryLimitTest, WhatASnapshotKeepsDoesNotCount) {
  Run("SET", "k", "v");
  SetLimit("1");
  keyspace_.AddCapturedBytes(int64_t{1} << 40);
  Run("PING");
  EXPECT_FALSE(state_.over_memory_limit.load());
  keyspace_.AddCapturedBytes(-(int64_t{1} << 40));
  Run("PING");
  EXPECT_TRUE(state_.over_memory_limit.load());
}

TEST_F(MemoryLimitTest, NothingIsRefusedWhileMuchIsBeingFreed) {
  Run("SET", "k", "v");
  SetLimit("1");
  std::atomic<bool> go_on{false};
  keyspace_.lazy_free().Add(1000, [&] { go_on.wait(false); });
  Run("PING");
  EXPECT_FALSE(state_.over_memory_limit.load());
  go_on = true;
  go_on.notify_all();
  keyspace_.lazy_free().Drain();
  Run("PING");
  EXPECT_TRUE(state_.over_memory_limit.load());
}

}  // namespace
}  // namespace redstart
