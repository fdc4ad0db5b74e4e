#include "server/exec/session_registry.h"

#include <utility>

namespace redstart {

void SessionRegistry::Add(Session* session) {
  const MutexLock lock(&mutex_);
  sessions_.emplace(session->id(), session);
  count_.store(sessions_.size(), std::memory_order_relaxed);
}

void SessionRegistry::Remove(const Session& session) {
  const MutexLock lock(&mutex_);
  sessions_.erase(session.id());
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
