#ifndef REDSTART_SERVER_OBSERVE_LATENCY_HISTOGRAM_H_
#define REDSTART_SERVER_OBSERVE_LATENCY_HISTOGRAM_H_

// How long the calls of a command took: counts of durations from a nanosecond to a second, each
// told apart from those that differ by more than 1 %.
//
// A recorder has one writer, its thread, and any number of readers; what it writes to is allocated
// with its first duration (24 KB), because most commands are never called. Sums over threads are
// plain values. The buckets are those of an HdrHistogram with two significant digits, whose
// percentiles Redis reports (http://hdrhistogram.org): 128 per power of two.

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "storage/base/counter.h"

namespace redstart {

class LatencyRecorder {
 public:
  static constexpr size_t kBuckets = 24 * 128;
  static constexpr uint64_t kMaxNanos = 1'000'000'000;

  LatencyRecorder() = default;
  ~LatencyRecorder();
  LatencyRecorder(const LatencyRecorder&) = delete;
  LatencyRecorder& operator=(const LatencyRecorder&) = delete;

  // Its own thread only. Longer durations count as the longest.
  void Record(uint64_t nanos) {
    Buckets* buckets = buckets_.load(std::memory_order_relaxed);
    if (buckets == nullptr) [[unlikely]] {
      buckets = Allocate();
    }
    (*buckets)[BucketOf(nanos < kMaxNanos ? nanos : kMaxNanos)].Add();
  }

  // REQUIRES: nanos <= kMaxNanos.
  static size_t BucketOf(uint64_t nanos) {
    const int shift = std::bit_width(nanos | 255) - 8;
    return (static_cast<size_t>(shift) << 7) + static_cast<size_t>(nanos >> shift);
  }
  // The longest duration that counts in a bucket.
  static uint64_t LongestIn(size_t bucket);

 private:
  friend class LatencyCounts;
  using Buckets = std::array<Counter, kBuckets>;

  Buckets* Allocate();

  std::atomic<Buckets*> buckets_{nullptr};
};

// What recorders have counted, at one moment.
class LatencyCounts {
 public:
  void Add(const LatencyRecorder& recorder);
  void Add(const LatencyCounts& others);
  // REQUIRES: `earlier` was taken from the same recorders.
  void Subtract(const LatencyCounts& earlier);

  uint64_t total() const { return total_; }
  // The duration, in nanoseconds, that so many percent of the calls did not exceed.
  uint64_t Percentile(double percent) const;
  // For durations that double from about a microsecond on: microseconds, and how many calls took no
  // longer. What adds no call is left out.
  std::vector<std::pair<uint64_t, uint64_t>> Cumulative() const;

 private:
  std::vector<uint64_t> counts_;  // Empty while all are 0.
  uint64_t total_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_LATENCY_HISTOGRAM_H_
