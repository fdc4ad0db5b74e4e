#ifndef REDSTART_SERVER_EXEC_SESSION_REGISTRY_H_
#define REDSTART_SERVER_EXEC_SESSION_REGISTRY_H_

// All sessions of all threads, for CLIENT LIST, CLIENT KILL and maxclients.
//
// Lock. One mutex guards the list and the labels of the sessions, so a session that ForEach shows
// cannot go away meanwhile. It is held for short work only, never while shards are locked from
// inside it, and no handler waits under it.

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "server/exec/session.h"
#include "storage/base/mutex.h"

namespace redstart {

class SessionRegistry {
 public:
  // Ids grow by one and are never used again.
  uint64_t NextId() { return next_id_.fetch_add(1, std::memory_order_relaxed); }

  void Add(Session* session);
  void Remove(const Session& session);
  size_t size() const { return count_.load(std::memory_order_relaxed); }

  // Visits all sessions in the order of their ids.
  void ForEach(const std::function<void(Session&)>& visit);
  // Visits one session, if it is there.
  bool Visit(uint64_t id, const std::function<void(Session&)>& visit);

  // --- What clients' memory may take together (client_memory.h). ---
  // A session takes so much now; returns what all take that were counted so. Its own thread only,
  // no lock.
  uint64_t Charge(Session* session, uint64_t bytes);
  uint64_t charged_bytes() const { return charged_bytes_.load(std::memory_order_relaxed); }
  // Counts all clients but replicas anew, and closes those that take the most, until the others
  // take `limit` at most or none is left that may be closed. Returns how many it closed.
  size_t CloseLargest(uint64_t limit);

  // Resumes every session that waits for this reason now.
  void ResumeAll(WaitReason reason);

  // What a session waits for in the keyspace, for CLIENT UNBLOCK; its own thread sets it. Null:
  // nothing.
  void SetBlocked(Session* session, std::shared_ptr<BlockedRequest> blocked);
  std::shared_ptr<BlockedRequest> BlockedOf(uint64_t session);

  // Makes a session a replica, as far as commands are concerned: what it gets from here on comes
  // from the feed. Its own thread only.
  void StartFeed(Session* session, std::shared_ptr<ReplicaFeed> feed);

  // Changes a label of a session; its own thread only.
  void SetLabel(Session* session, std::string Session::Labels::*label, std::string_view text);
  void ResetLabels(Session* session);

 private:
  std::atomic<uint64_t> next_id_{1};
  std::atomic<size_t> count_{0};
  std::atomic<uint64_t> charged_bytes_{0};
  mutable Mutex mutex_;
  std::map<uint64_t, Session*> sessions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SESSION_REGISTRY_H_
