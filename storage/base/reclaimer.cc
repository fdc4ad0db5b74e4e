#include "storage/base/reclaimer.h"

#include <algorithm>
#include <limits>

namespace redstart {

Reclaimer::~Reclaimer() {
  // A free function may retire more (a table its segments), so until nothing is left.
  while (!retired_.empty()) {
    std::vector<Retired> due;
    due.swap(retired_);
    for (const Retired& r : due) r.free_it(r.memory);
  }
}

void Reclaimer::Retire(void* memory, void (*free_it)(void*)) {
  std::vector<Retired> due;
  {
    const MutexLock lock(&mutex_);
    const uint64_t epoch = epoch_.fetch_add(1, std::memory_order_seq_cst);
    retired_.push_back({memory, free_it, epoch});
    TakeDue(&due);
  }
  for (const Retired& r : due) r.free_it(r.memory);
}

void Reclaimer::Collect() {
  if (waiting() == 0) return;
  std::vector<Retired> due;
  {
    const MutexLock lock(&mutex_);
    TakeDue(&due);
  }
  for (const Retired& r : due) r.free_it(r.memory);
}

void Reclaimer::TakeDue(std::vector<Retired>* due) {
  if (retired_.empty()) return;
  uint64_t oldest_inside = std::numeric_limits<uint64_t>::max();
  for (const Reader* reader : readers_) {
    const uint64_t since = reader->inside_since_.load(std::memory_order_seq_cst);
    if (since == 0) continue;
    oldest_inside = std::min(oldest_inside, since);
    // Usually the caller itself is in mid-batch: then do not touch the other threads' lines for
    // nothing.
    if (oldest_inside <= retired_.front().epoch) break;
  }
  auto end = retired_.begin();
  while (end != retired_.end() && end->epoch < oldest_inside) ++end;
  if (end == retired_.end()) {
    due->swap(retired_);
  } else {
    due->assign(retired_.begin(), end);
    retired_.erase(retired_.begin(), end);
  }
  waiting_.store(retired_.size(), std::memory_order_relaxed);
}

Reclaimer::Reader::Reader(Reclaimer* reclaimer) : reclaimer_(reclaimer) {
  const MutexLock lock(&reclaimer_->mutex_);
  reclaimer_->readers_.push_back(this);
}

Reclaimer::Reader::~Reader() {
  const MutexLock lock(&reclaimer_->mutex_);
  std::erase(reclaimer_->readers_, this);
}

}  // namespace redstart
