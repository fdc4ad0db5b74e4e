#include "server/exec/stats.h"

#include <gtest/gtest.h>

#include <thread>

namespace redstart {
namespace {

TEST(StatsBoardTest, AddsUpWhatTheThreadsCount) {
  StatsBoard board(3);
  ThreadStats* first = board.AddThread();
  ThreadStats* second = board.AddThread();
  first->keyspace_hits.Add(5);
  second->keyspace_hits.Add();
  second->commands[2].calls.Add(4);
  first->commands[2].calls.Add(3);
  EXPECT_EQ(board.Sum(&ThreadStats::keyspace_hits), 6u);
  EXPECT_EQ(board.Sum(&ThreadStats::keyspace_misses), 0u);
  EXPECT_EQ(board.SumOfCommand(2, &CommandStats::calls), 7u);
  EXPECT_EQ(board.SumOfCommand(1, &CommandStats::calls), 0u);
}

TEST(StatsBoardTest, CountersMayBeReadWhileTheyGrow) {
  StatsBoard board(0);
  ThreadStats* stats = board.AddThread();
  std::thread counting([&] {
    for (int i = 0; i < 100000; ++i) stats->changes.Add();
  });
  uint64_t before = 0;
  for (int i = 0; i < 1000; ++i) {
    const uint64_t now = board.Sum(&ThreadStats::changes);
    EXPECT_GE(now, before);
    before = now;
  }
  counting.join();
  EXPECT_EQ(board.Sum(&ThreadStats::changes), 100000u);
}

TEST(CounterTest, CountsUpAndDown) {
  Counter counter;
  counter.Add(5);
  counter.Subtract(2);
  EXPECT_EQ(counter.Get(), 3u);
  counter.Set(9);
  EXPECT_EQ(counter.Get(), 9u);
}

}  // namespace
}  // namespace redstart
