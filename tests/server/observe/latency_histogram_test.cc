#include "server/observe/latency_histogram.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

LatencyCounts CountsOf(const LatencyRecorder& recorder) {
  LatencyCounts counts;
  counts.Add(recorder);
  return counts;
}

TEST(LatencyHistogramTest, BucketsFollowEachOtherWithoutAGap) {
  size_t bucket = 0;
  for (uint64_t nanos = 0; nanos < 100'000; ++nanos) {
    const size_t of = LatencyRecorder::BucketOf(nanos);
    EXPECT_TRUE(of == bucket || of == bucket + 1) << nanos;
    if (of != bucket) {
      EXPECT_EQ(LatencyRecorder::LongestIn(bucket), nanos - 1);
    }
    bucket = of;
  }
  EXPECT_LT(LatencyRecorder::BucketOf(LatencyRecorder::kMaxNanos), LatencyRecorder::kBuckets);
}

TEST(LatencyHistogramTest, BucketsAreAsWideAsOnePercent) {
  for (uint64_t nanos = 200; nanos < LatencyRecorder::kMaxNanos; nanos += nanos / 7) {
    const uint64_t longest = LatencyRecorder::LongestIn(LatencyRecorder::BucketOf(nanos));
    EXPECT_GE(longest, nanos);
    EXPECT_LE(longest, nanos + nanos / 100);
  }
}

TEST(LatencyHistogramTest, PercentilesAreWhatSoManyCallsDidNotExceed) {
  LatencyRecorder recorder;
  for (uint64_t nanos = 1; nanos <= 200; ++nanos) recorder.Record(nanos);
  const LatencyCounts counts = CountsOf(recorder);
  EXPECT_EQ(counts.total(), 200u);
  EXPECT_EQ(counts.Percentile(0), 1u);
  EXPECT_EQ(counts.Percentile(50), 100u);
  EXPECT_EQ(counts.Percentile(99.5), 199u);
  EXPECT_EQ(counts.Percentile(100), 200u);
  EXPECT_EQ(CountsOf(LatencyRecorder()).Percentile(50), 0u);
}

TEST(LatencyHistogramTest, CumulativeLevelsDoubleAndThoseThatAddNothingAreLeftOut) {
  LatencyRecorder recorder;
  recorder.Record(500);     // Up to a microsecond.
  recorder.Record(1'030);   // Still in the first bucket's last piece.
  recorder.Record(3'000);   // Up to 4.
  recorder.Record(60'000);  // Up to 66.
  EXPECT_THAT(CountsOf(recorder).Cumulative(), ElementsAre(Pair(1, 2), Pair(4, 3), Pair(66, 4)));
  EXPECT_THAT(CountsOf(LatencyRecorder()).Cumulative(), IsEmpty());
}

TEST(LatencyHistogramTest, WhatTakesLongerThanASecondCountsAsASecond) {
  LatencyRecorder recorder;
  recorder.Record(uint64_t{3600} * 1'000'000'000);
  EXPECT_THAT(CountsOf(recorder).Cumulative(), ElementsAre(Pair(1'073'741, 1)));
}

TEST(LatencyHistogramTest, SumsCanBeAddedAndWhatWasBeforeTakenAway) {
  LatencyRecorder first;
  LatencyRecorder second;
  first.Record(100);
  const LatencyCounts before = CountsOf(first);
  first.Record(200);
  second.Record(50);
  LatencyCounts counts = CountsOf(first);
  counts.Add(second);
  counts.Subtract(before);
  EXPECT_EQ(counts.total(), 2u);
  EXPECT_EQ(counts.Percentile(1), 50u);
  EXPECT_EQ(counts.Percentile(100), 200u);
}

}  // namespace
}  // namespace redstart
