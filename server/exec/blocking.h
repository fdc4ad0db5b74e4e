#ifndef REDSTART_SERVER_EXEC_BLOCKING_H_
#define REDSTART_SERVER_EXEC_BLOCKING_H_

// Requests that wait for keys: BLPOP and its relatives.
//
// A blocking row's handler answers with a KeyWait instead of a reply when its keys are not ready.
// The request is then copied and put into the shard of each of those keys (KeyListeners), in the
// order of arrival, and its session waits (session_wait.h). Whoever changes one of the keys runs
// the handler again, as Redis 7.2 does, for the waiter: on its own thread, under the shards that it
// holds, after its command, transaction or script and before anyone else sees what it did. The
// reply goes to the waiter's thread as a message; the effects are a block of their own, right
// behind those that made the key ready.
//
// Locks. Serving a request needs all its keys' shards, and those of the requests that it may make
// ready in turn (BLMOVE). So a command that writes keys somebody waits for lets go of its shards
// before it has done anything, and locks what all of them need (Widen). What becomes ready outside
// of that (a key expired during a read, or was moved to another database) is served at once after
// the command's locks have gone, under locks of its own (ServeLate).
//
// A wait ends once: being served, the deadline, CLIENT UNBLOCK and the session's end all try to win
// BlockedRequest::state. Whoever serves holds the shards and unlinks the request; otherwise its own
// session does.
//
// One per I/O thread, used by it alone, but for the requests in the shards.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "protocol/reply_builder.h"
#include "server/exec/change_recorder.h"
#include "server/exec/command_table.h"
#include "server/exec/key_access.h"
#include "server/exec/outcome.h"
#include "server/exec/ready_keys.h"
#include "server/exec/services.h"
#include "server/exec/session_wait.h"
#include "server/exec/stats.h"
#include "server/exec/transaction.h"
#include "storage/key_listeners.h"
#include "storage/keyspace.h"

namespace redstart {

class Session;

struct BlockedRequest final : Waiter {
  enum class State : uint8_t { kWaiting, kServing, kEnded };
  // Where it stands in a shard's listeners.
  struct Link {
    KeyRef key;
    uint64_t number;
  };

  BlockedRequest(const CommandRow* row, Args args) : request(row, args) {}
  // Ends the wait, unless it is over or is being served: then (after a moment) false.
  bool TryEnd();

  const QueuedCommand request;
  WaitToken token;
  int database = 0;
  int resp_version = 2;
  bool touch = true;
  // All keys of the request, and which of them serving it may make ready for others (-1: none).
  std::vector<KeyRef> keys;
  int pushes_to = -1;
  std::vector<Link> links;
  std::atomic<State> state{State::kWaiting};
};

class Blocking {
 public:
  Blocking(const Services& services, ThreadStats* stats, ChangeRecorder* recorder)
      : services_(services), stats_(stats), recorder_(recorder) {}

  // Commands note here which awaited keys they touched.
  ReadyKeys* ready() { return &ready_; }

  // Locks what writing these keys of a database takes: more than `locks` if somebody waits for them
  // who needs more. REQUIRES: nothing has been done under `locks` yet.
  void Widen(ShardLocks* locks, int database, absl::Span<const KeyRef> keys) {
    if (locks->holds_all()) return;
    for (const KeyRef& key : keys) {
      if ((*locks)[services_.keyspace->ShardOf(key.hash)].attention()) [[unlikely]] {
        return WidenForWaiters(locks, database, keys);
      }
    }
  }
  // Leaves the session waiting. REQUIRES: the shards of the frame's keys are locked.
  void Begin(Session& session, const CommandRow& row, Args args, const KeyAccess::Frame& frame,
             const KeyWait& wait);
  // Serves those who wait for what is ready. REQUIRES: the effects so far have been committed.
  void Serve(ShardLocks& locks, const Config& config) {
    if (!ready_.empty()) [[unlikely]] {
      ServeReady(locks, config);
    }
  }
  // Whether something is left to be served; to be asked when the thread holds no locks.
  bool has_more() const { return !ready_.empty(); }
  // REQUIRES: the thread holds no ShardLocks.
  void ServeLate(const Config& config);

  // CLIENT UNBLOCK, from any thread: ends the wait of a session with a null, or with an error.
  // False if it does not wait for keys.
  static bool Unblock(SessionRegistry* sessions, uint64_t session, bool with_error);

 private:
  void WidenForWaiters(ShardLocks* locks, int database, absl::Span<const KeyRef> keys);
  // Adds the hashes of all keys that waiters of these keys need. False if some of them could not be
  // looked at because their shards are not locked.
  bool CollectNeeds(const ShardLocks& locks, int database, absl::Span<const KeyRef> keys,
                    std::vector<uint64_t>* hashes) const;
  bool HoldsAll(const ShardLocks& locks, const BlockedRequest& blocked) const;
  void ServeReady(ShardLocks& locks, const Config& config);
  void ServeKey(const ReadyKeys::Key& key, ShardLocks& locks, const Config& config);
  // Runs a request again. False if it goes on waiting.
  bool Rerun(BlockedRequest& blocked, ShardLocks& locks, const Config& config, ReplyBuilder& reply);
  void Unlink(const BlockedRequest& blocked, const ShardLocks& locks) const;
  void UnlinkWithLocks(const BlockedRequest& blocked) const;
  // The session's own thread: what is left to do once the wait was ended without being served.
  void Finish(Session& session, const BlockedRequest& blocked) const;

  Services services_;
  ThreadStats* stats_;
  ChangeRecorder* recorder_;
  ReadyKeys ready_;
  // What ServeReady could not do with the locks it had.
  ReadyKeys late_;
  uint64_t now_ms_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_BLOCKING_H_
