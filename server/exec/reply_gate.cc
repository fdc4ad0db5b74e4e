#include "server/exec/reply_gate.h"

#include <algorithm>

namespace redstart {

bool ReplyGate::Secure(uint64_t offset, Mailbox* mailbox) {
  if (IsSafe(offset)) return true;
  if (Keeper* keeper = keeper_.load(std::memory_order_acquire)) keeper->Secure(offset);
  const MutexLock lock(&mutex_);
  // Advance may have come in between.
  if (IsSafe(offset)) return true;
  if (std::find(waiting_.begin(), waiting_.end(), mailbox) == waiting_.end()) {
    waiting_.push_back(mailbox);
  }
  return false;
}

void ReplyGate::Open(Keeper* keeper, uint64_t safe) {
  const MutexLock lock(&mutex_);
  safe_.store(safe, std::memory_order_release);
  failed_.store(false, std::memory_order_release);
  keeper_.store(keeper, std::memory_order_release);
}

void ReplyGate::Close() {
  {
    const MutexLock lock(&mutex_);
    keeper_.store(nullptr, std::memory_order_release);
    safe_.store(UINT64_MAX, std::memory_order_release);
    failed_.store(false, std::memory_order_release);
    Tell();
  }
  Mailbox::FlushWakes();
}

void ReplyGate::Advance(uint64_t safe) {
  {
    const MutexLock lock(&mutex_);
    if (!is_used() || IsSafe(safe)) return;
    safe_.store(safe, std::memory_order_release);
    Tell();
  }
  Mailbox::FlushWakes();
}

void ReplyGate::SetFailed(bool failed) {
  {
    const MutexLock lock(&mutex_);
    if (failed_.exchange(failed, std::memory_order_acq_rel) == failed) return;
    Tell();
  }
  Mailbox::FlushWakes();
}

void ReplyGate::Tell() {
  for (Mailbox* mailbox : waiting_) mailbox->Push({.subject = Mailbox::Subject::kSafe});
  waiting_.clear();
}

}  // namespace redstart
