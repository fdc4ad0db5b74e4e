#include "server/exec/stats.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace redstart {
namespace {

// As on Redis: what has no blank among its first bytes has no code.
constexpr size_t kMaxCodeBytes = 32;
// Scripts can make up codes; no more of them are told apart.
constexpr size_t kMaxCodes = 128;

constexpr Counter ThreadStats::*kResettable[] = {
    &ThreadStats::commands_processed,
    &ThreadStats::error_replies,
    &ThreadStats::keyspace_hits,
    &ThreadStats::keyspace_misses,
    &ThreadStats::evicted_keys,
    &ThreadStats::connections_received,
    &ThreadStats::connections_rejected,
    &ThreadStats::input_bytes,
    &ThreadStats::output_bytes,
    &ThreadStats::reads,
    &ThreadStats::writes,
    &ThreadStats::query_buffer_disconnections,
    &ThreadStats::output_buffer_disconnections,
    &ThreadStats::full_syncs,
    &ThreadStats::replica_output_bytes,
    &ThreadStats::loop_cycles,
    &ThreadStats::loop_nanos,
    &ThreadStats::tick_nanos,
    &ThreadStats::command_nanos,
    &ThreadStats::sweep_nanos,
    &ThreadStats::sweeps_cut_short,
};
constexpr Counter CommandStats::*kResettableOfCommands[] = {
    &CommandStats::calls, &CommandStats::rejected, &CommandStats::failed, &CommandStats::nanos};

}  // namespace

void ErrorCounts::Add(std::string_view error, uint64_t count) {
  const size_t end = error.substr(0, kMaxCodeBytes).find(' ');
  const std::string_view code = end == std::string_view::npos ? "ERR" : error.substr(0, end);
  const MutexLock lock(&mutex_);
  const auto found = counts_.find(code);
  if (found != counts_.end()) {
    found->second += count;
  } else if (counts_.size() < kMaxCodes) {
    counts_.emplace(code, count);
  }
}

void ErrorCounts::AddTo(Map* sums) const {
  const MutexLock lock(&mutex_);
  for (const auto& [code, count] : counts_) (*sums)[code] += count;
}

ThreadStats* StatsBoard::AddThread() {
  const MutexLock lock(&mutex_);
  threads_.push_back(std::make_unique<ThreadStats>(command_count_));
  return threads_.back().get();
}

uint64_t StatsBoard::SumSinceStart(Counter ThreadStats::*counter) const {
  uint64_t sum = 0;
  for (const auto& thread : threads_) sum += ((*thread).*counter).Get();
  return sum;
}

uint64_t StatsBoard::SumSinceStart(size_t command, Counter CommandStats::*counter) const {
  uint64_t sum = 0;
  for (const auto& thread : threads_) sum += (thread->commands[command].*counter).Get();
  return sum;
}

uint64_t StatsBoard::Sum(Counter ThreadStats::*counter) const {
  const MutexLock lock(&mutex_);
  return SumSinceStart(counter) - (before_reset_.*counter).Get();
}

uint64_t StatsBoard::SumOfCommand(size_t command, Counter CommandStats::*counter) const {
  const MutexLock lock(&mutex_);
  return SumSinceStart(command, counter) - (before_reset_.commands[command].*counter).Get();
}

LatencyCounts StatsBoard::LatencySinceStart(size_t command) const {
  LatencyCounts counts;
  for (const auto& thread : threads_) counts.Add(thread->commands[command].latency);
  return counts;
}

LatencyCounts StatsBoard::LatencyOf(size_t command) const {
  const MutexLock lock(&mutex_);
  LatencyCounts counts = LatencySinceStart(command);
  counts.Subtract(latency_before_reset_[command]);
  return counts;
}

uint64_t StatsBoard::Largest(Counter ThreadStats::*counter) const {
  const MutexLock lock(&mutex_);
  uint64_t largest = 0;
  for (const auto& thread : threads_) largest = std::max(largest, ((*thread).*counter).Get());
  return largest;
}

ErrorCounts::Map StatsBoard::SumOfErrors() const {
  const MutexLock lock(&mutex_);
  ErrorCounts::Map sums;
  for (const auto& thread : threads_) thread->errors.AddTo(&sums);
  for (const auto& [code, count] : errors_before_reset_) {
    const auto found = sums.find(code);
    if ((found->second -= count) == 0) sums.erase(found);
  }
  return sums;
}

void StatsBoard::Reset() {
  const MutexLock lock(&mutex_);
  for (const auto counter : kResettable) (before_reset_.*counter).Set(SumSinceStart(counter));
  for (size_t command = 0; command < command_count_; ++command) {
    for (const auto counter : kResettableOfCommands) {
      (before_reset_.commands[command].*counter).Set(SumSinceStart(command, counter));
    }
    latency_before_reset_[command] = LatencySinceStart(command);
  }
  errors_before_reset_.clear();
  for (const auto& thread : threads_) thread->errors.AddTo(&errors_before_reset_);
}

StatsBoard::Rates StatsBoard::rates() const {
  const MutexLock lock(&mutex_);
  std::array<double, kRated.size()> means;
  for (size_t i = 0; i < kRated.size(); ++i) {
    means[i] = std::accumulate(samples_[i].begin(), samples_[i].end(), 0.0) / kSamples;
  }
  const double threads = std::max<double>(1, static_cast<double>(threads_.size()));
  return {.commands_per_second = means[0],
          .input_bytes_per_second = means[1],
          .output_bytes_per_second = means[2],
          .replica_output_bytes_per_second = means[3],
          .cycles_per_second = means[4] / threads,
          .nanos_per_cycle = means[4] > 0 ? means[5] / means[4] : 0};
}

void StatsBoard::SampleRates(uint64_t now_us) {
  const MutexLock lock(&mutex_);
  const uint64_t elapsed_us = now_us - last_sample_us_;
  const bool is_first = last_sample_us_ == 0;
  const bool is_forward = now_us > last_sample_us_;  // Somebody may have set the clock.
  last_sample_us_ = now_us;
  if (!is_forward) return;
  for (size_t i = 0; i < kRated.size(); ++i) {
    const uint64_t sum = SumSinceStart(kRated[i]);
    const uint64_t added = sum - std::exchange(last_sums_[i], sum);
    if (!is_first) samples_[i][next_sample_] = static_cast<double>(added) * 1e6 / elapsed_us;
  }
  if (!is_first) next_sample_ = (next_sample_ + 1) % kSamples;
}

}  // namespace redstart
