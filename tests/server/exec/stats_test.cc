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

TEST(StatsBoardTest, AResetLeavesOnlyWhatComesAfterIt) {
  StatsBoard board(1);
  ThreadStats* stats = board.AddThread();
  stats->reads.Add(5);
  stats->changes.Add(2);
  stats->commands[0].calls.Add(3);
  stats->errors.Add("ERR this", 2);
  stats->errors.Add("NOAUTH that", 1);
  board.Reset();
  stats->reads.Add();
  stats->errors.Add("NOAUTH that", 4);
  EXPECT_EQ(board.Sum(&ThreadStats::reads), 1u);
  EXPECT_EQ(board.SumOfCommand(0, &CommandStats::calls), 0u);
  EXPECT_EQ(board.SumOfErrors(), (ErrorCounts::Map{{"NOAUTH", 4}}));
  // What waits to be saved is no statistic.
  EXPECT_EQ(board.Sum(&ThreadStats::changes), 2u);
}

TEST(StatsBoardTest, RatesAreTheMeanOfTheLastSixteenSamples) {
  StatsBoard board(0);
  ThreadStats* stats = board.AddThread();
  uint64_t now_us = 1'000'000;
  stats->commands_processed.Add(1'000'000);  // Before the first sample: no rate is known.
  board.SampleRates(now_us);
  EXPECT_EQ(board.rates().commands_per_second, 0);
  for (int i = 0; i < 16; ++i) {
    stats->commands_processed.Add(100);
    stats->input_bytes.Add(1024);
    board.SampleRates(now_us += 100'000);
  }
  EXPECT_DOUBLE_EQ(board.rates().commands_per_second, 1000);
  EXPECT_DOUBLE_EQ(board.rates().input_bytes_per_second, 10240);
  EXPECT_DOUBLE_EQ(board.rates().output_bytes_per_second, 0);
  for (int i = 0; i < 16; ++i) board.SampleRates(now_us += 100'000);
  EXPECT_DOUBLE_EQ(board.rates().commands_per_second, 0);
}

TEST(StatsBoardTest, AClockThatIsSetBackLosesNoMoreThanOneSample) {
  StatsBoard board(0);
  ThreadStats* stats = board.AddThread();
  board.SampleRates(9'000'000);
  board.SampleRates(1'000'000);
  stats->commands_processed.Add(160);
  board.SampleRates(2'000'000);
  EXPECT_DOUBLE_EQ(board.rates().commands_per_second, 10);
}

TEST(ErrorCountsTest, WhatHasNoCodeCountsAsErr) {
  ErrorCounts counts;
  counts.Add("WRONGTYPE Operation", 1);
  counts.Add("nospace", 1);
  counts.Add("averyveryverylongwordthatisnocode x", 1);
  ErrorCounts::Map sums;
  counts.AddTo(&sums);
  EXPECT_EQ(sums, (ErrorCounts::Map{{"ERR", 2}, {"WRONGTYPE", 1}}));
}

TEST(ErrorCountsTest, MadeUpCodesDoNotPileUp) {
  ErrorCounts counts;
  for (int i = 0; i < 1000; ++i) counts.Add(std::to_string(i).append(" text"), 1);
  ErrorCounts::Map sums;
  counts.AddTo(&sums);
  EXPECT_EQ(sums.size(), 128u);
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
