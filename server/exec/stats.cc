#include "server/exec/stats.h"

namespace redstart {

ThreadStats* StatsBoard::AddThread() {
  std::lock_guard lock(mutex_);
  threads_.push_back(std::make_unique<ThreadStats>(command_count_));
  return threads_.back().get();
}

uint64_t StatsBoard::Sum(Counter ThreadStats::*counter) const {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& thread : threads_) sum += ((*thread).*counter).Get();
  return sum;
}

uint64_t StatsBoard::SumOfCommand(size_t command, Counter CommandStats::*counter) const {
  std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (const auto& thread : threads_) sum += (thread->commands[command].*counter).Get();
  return sum;
}

}  // namespace redstart
