#include "server/observe/latency_histogram.h"

#include <algorithm>

namespace redstart {
namespace {

// What the first bucket of LATENCY HISTOGRAM reaches to: 2^10 ns, a microsecond to the eye.
constexpr uint64_t kFirstLevelNanos = 1024;

}  // namespace

LatencyRecorder::~LatencyRecorder() {
  delete buckets_.load(std::memory_order_relaxed);
}

LatencyRecorder::Buckets* LatencyRecorder::Allocate() {
  auto* buckets = new Buckets();
  buckets_.store(buckets, std::memory_order_release);
  return buckets;
}

uint64_t LatencyRecorder::LongestIn(size_t bucket) {
  if (bucket < 256) return bucket;
  const size_t shift = (bucket >> 7) - 1;
  const uint64_t shortest = uint64_t{128 + (bucket & 127)} << shift;
  return shortest + (uint64_t{1} << shift) - 1;
}

void LatencyCounts::Add(const LatencyRecorder& recorder) {
  const auto* buckets = recorder.buckets_.load(std::memory_order_acquire);
  if (buckets == nullptr) return;
  counts_.resize(LatencyRecorder::kBuckets);
  for (size_t i = 0; i < counts_.size(); ++i) {
    const uint64_t count = (*buckets)[i].Get();
    counts_[i] += count;
    total_ += count;
  }
}

void LatencyCounts::Add(const LatencyCounts& others) {
  counts_.resize(std::max(counts_.size(), others.counts_.size()));
  for (size_t i = 0; i < others.counts_.size(); ++i) counts_[i] += others.counts_[i];
  total_ += others.total_;
}

void LatencyCounts::Subtract(const LatencyCounts& earlier) {
  for (size_t i = 0; i < earlier.counts_.size(); ++i) counts_[i] -= earlier.counts_[i];
  total_ -= earlier.total_;
}

uint64_t LatencyCounts::Percentile(double percent) const {
  const double share = std::min(percent, 100.0) / 100 * static_cast<double>(total_);
  const uint64_t wanted = std::max<uint64_t>(1, static_cast<uint64_t>(share + 0.5));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen < wanted) continue;
    if (percent > 0) return LatencyRecorder::LongestIn(i);
    return i == 0 ? 0 : LatencyRecorder::LongestIn(i - 1) + 1;
  }
  return 0;
}

std::vector<std::pair<uint64_t, uint64_t>> LatencyCounts::Cumulative() const {
  std::vector<std::pair<uint64_t, uint64_t>> levels;
  uint64_t seen = 0;
  uint64_t told = 0;
  size_t next = 0;
  for (uint64_t level = kFirstLevelNanos; told < total_; level *= 2) {
    const size_t last =
        level > LatencyRecorder::kMaxNanos ? counts_.size() - 1 : LatencyRecorder::BucketOf(level);
    while (next <= last) seen += counts_[next++];
    if (seen > told) levels.emplace_back(LatencyRecorder::LongestIn(last) / 1000, seen);
    told = seen;
  }
  return levels;
}

}  // namespace redstart
