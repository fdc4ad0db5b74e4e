#include "server/exec/session.h"

#include <utility>

#include "server/exec/blocking.h"

namespace redstart {

Session::Session(uint64_t id, Peer peer, uint64_t now_ms, Mailbox* mailbox)
    : last_interaction_ms(now_ms),
      id_(id),
      peer_(std::move(peer)),
      created_ms_(now_ms),
      mailbox_(mailbox) {}

void Session::BeginTransaction() {
  transaction_ = std::make_unique<Transaction>();
  queued_commands.store(0, std::memory_order_relaxed);
}

void Session::EndTransaction() {
  transaction_ = nullptr;
  queued_commands.store(-1, std::memory_order_relaxed);
  queued_bytes.store(0, std::memory_order_relaxed);
}

WatchList& Session::watches() {
  if (watches_ == nullptr) watches_ = std::make_unique<WatchList>(&watch_failed);
  return *watches_;
}

void Session::DropWatches() {
  watches_ = nullptr;
  watch_failed.store(false, std::memory_order_relaxed);
}

Subscriptions& Session::subscriptions() {
  Subscriptions* all = subscriptions_.load(std::memory_order_relaxed);
  if (all == nullptr) {
    all = new Subscriptions;
    subscriptions_.store(all, std::memory_order_release);
  }
  return *all;
}

WaitToken Session::BeginWait(WaitReason reason, WaitOptions options) {
  const uint64_t number = wait_number.load(std::memory_order_relaxed) + 1;
  wait_has_deadline.store(options.deadline_ms != WaitOptions::kNoDeadline,
                          std::memory_order_relaxed);
  wait_ = std::make_unique<SessionWait>(SessionWait{number, reason, std::move(options)});
  // In this order, so that whoever sees the reason sees the number that belongs to it. And both
  // before the caller looks again whether there is still something to wait for.
  wait_number.store(number);
  wait_reason.store(reason);
  return {mailbox_, id_, number};
}

void Session::EndWait() {
  wait_ = nullptr;
  wait_reason.store(WaitReason::kNone);
}

void Session::Reset(bool authenticated_by_default) {
  EndTransaction();
  DropWatches();
  authenticated = authenticated_by_default;
  reply_mode = ReplyMode::kOn;
  database.store(0, std::memory_order_relaxed);
  resp_version.store(2, std::memory_order_relaxed);
  no_evict.store(false, std::memory_order_relaxed);
  no_touch.store(false, std::memory_order_relaxed);
}

Session::~Session() {
  if (feed_ != nullptr) feed_->Abandon();
  delete subscriptions_.load(std::memory_order_relaxed);
}

const Session::Labels& Session::labels() const {
  static const Labels kDefaults;
  return labels_ == nullptr ? kDefaults : *labels_;
}

size_t Session::MemoryBytes() const {
  size_t bytes = sizeof(*this) + peer_.address.capacity() + peer_.local_address.capacity() +
                 input_capacity.load(std::memory_order_relaxed) +
                 output_bytes.load(std::memory_order_relaxed) +
                 queued_bytes.load(std::memory_order_relaxed) +
                 watched_bytes.load(std::memory_order_relaxed);
  if (const Subscriptions* all = subscriptions_.load(std::memory_order_acquire)) {
    bytes += sizeof(*all) + all->memory_bytes();
  }
  if (labels_ != nullptr) {
    bytes += sizeof(*labels_) + labels_->name.size() + labels_->library_name.size() +
             labels_->library_version.size();
  }
  return bytes;
}

bool Session::IsWaitingStill() const {
  if (wait_reason.load(std::memory_order_relaxed) == WaitReason::kNone) return false;
  return blocked_ == nullptr || blocked_->state != BlockedRequest::State::kEnded;
}

void Session::RequestClose() {
  if (!close_requested_.exchange(true, std::memory_order_relaxed)) {
    mailbox_->Push({id_, Mailbox::Subject::kClose});
  }
}

}  // namespace redstart
