#include "server/exec/session_registry.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

namespace redstart {

void SessionRegistry::Add(Session* session) {
  const MutexLock lock(&mutex_);
  sessions_.emplace(session->id(), session);
  count_.store(sessions_.size(), std::memory_order_relaxed);
}

void SessionRegistry::Remove(const Session& session) {
  const MutexLock lock(&mutex_);
  sessions_.erase(session.id());
  charged_bytes_.fetch_sub(session.charged_bytes_.load(std::memory_order_relaxed),
                           std::memory_order_relaxed);
  count_.store(sessions_.size(), std::memory_order_relaxed);
}

void SessionRegistry::ForEach(const std::function<void(Session&)>& visit) {
  const MutexLock lock(&mutex_);
  for (const auto& [id, session] : sessions_) visit(*session);
}

bool SessionRegistry::Visit(uint64_t id, const std::function<void(Session&)>& visit) {
  const MutexLock lock(&mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return false;
  visit(*found->second);
  return true;
}

uint64_t SessionRegistry::Charge(Session* session, uint64_t bytes) {
  // Whoever is to be closed has given up its share already.
  if (session->close_requested()) bytes = 0;
  const uint64_t before = session->charged_bytes_.exchange(bytes, std::memory_order_relaxed);
  if (before == bytes) return charged_bytes();
  return charged_bytes_.fetch_add(bytes - before, std::memory_order_relaxed) + (bytes - before);
}

size_t SessionRegistry::CloseLargest(uint64_t limit) {
  const MutexLock lock(&mutex_);
  uint64_t total = 0;
  std::vector<std::pair<uint64_t, Session*>> closable;
  for (const auto& [id, session] : sessions_) {
    const bool is_replica = session->reads_journal.load(std::memory_order_relaxed);
    const uint64_t bytes = is_replica || session->close_requested() ? 0 : session->MemoryBytes();
    Charge(session, bytes);
    total += bytes;
    if (bytes > 0 && !session->no_evict.load(std::memory_order_relaxed)) {
      closable.emplace_back(bytes, session);
    }
  }
  if (total <= limit) return 0;
  std::sort(closable.begin(), closable.end(), std::greater<>());
  size_t closed = 0;
  for (const auto& [bytes, session] : closable) {
    if (total <= limit) break;
    session->RequestClose();
    Charge(session, 0);
    total -= bytes;
    ++closed;
  }
  return closed;
}

void SessionRegistry::ResumeAll(WaitReason reason) {
  const MutexLock lock(&mutex_);
  for (const auto& [id, session] : sessions_) {
    if (session->wait_reason.load() != reason) continue;
    Resume({session->mailbox(), id, session->wait_number.load()});
  }
}

void SessionRegistry::SetBlocked(Session* session, std::shared_ptr<BlockedRequest> blocked) {
  const MutexLock lock(&mutex_);
  session->blocked_ = std::move(blocked);
}

std::shared_ptr<BlockedRequest> SessionRegistry::BlockedOf(uint64_t session) {
  const MutexLock lock(&mutex_);
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : found->second->blocked_;
}

void SessionRegistry::StartFeed(Session* session, std::shared_ptr<ReplicaFeed> feed) {
  const MutexLock lock(&mutex_);
  session->reads_journal.store(true, std::memory_order_relaxed);
  session->feed_ = std::move(feed);
}

void SessionRegistry::SetLabel(Session* session, std::string Session::Labels::*label,
                               std::string_view text) {
  const MutexLock lock(&mutex_);
  if (session->labels_ == nullptr) session->labels_ = std::make_unique<Session::Labels>();
  ((*session->labels_).*label).assign(text);
}

void SessionRegistry::ResetLabels(Session* session) {
  const MutexLock lock(&mutex_);
  session->labels_ = nullptr;
}

}  // namespace redstart
