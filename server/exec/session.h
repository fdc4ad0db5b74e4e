#ifndef REDSTART_SERVER_EXEC_SESSION_H_
#define REDSTART_SERVER_EXEC_SESSION_H_

// What the server knows about one client, apart from its socket.
//
// Owner and thread. A connection owns it; both belong to one I/O thread, which alone calls what is
// not said to be otherwise. Other threads see a session only through the SessionRegistry, whose
// lock keeps it alive: they may read what is published here (relaxed atomics, and the labels under
// the registry's lock), and ask for its end with RequestClose. Size. An idle session is to cost a
// few hundred bytes: what few sessions need is allocated when they do.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "server/exec/mailbox.h"
#include "server/exec/replica_feed.h"
#include "server/exec/session_wait.h"
#include "server/exec/subscriptions.h"
#include "server/exec/transaction.h"

namespace redstart {

struct BlockedRequest;

// CLIENT REPLY's modes: answer, stay silent, stay silent for one command. kSkipThis is what
// kSkipNext becomes while that one command runs.
enum class ReplyMode : uint8_t { kOn, kOff, kSkipNext, kSkipThis };

class Session {
 public:
  struct Peer {
    std::string address;        // As CLIENT LIST's addr: "127.0.0.1:5000", "/path/to/socket:0".
    std::string local_address;  // laddr.
    int descriptor = -1;
    bool is_unix = false;
    bool is_loopback = false;
    bool is_private = false;  // On a private network or this machine.
  };
  Session(uint64_t id, Peer peer, uint64_t now_ms, Mailbox* mailbox);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  uint64_t id() const { return id_; }
  const Peer& peer() const { return peer_; }
  uint64_t created_ms() const { return created_ms_; }

  // --- The owner's thread only. ---
  bool authenticated = false;
  ReplyMode reply_mode = ReplyMode::kOn;
  void SeeEffect(uint64_t offset) { seen_effect = seen_effect < offset ? offset : seen_effect; }
  // REPLCONF rdb-only: SYNC sends the file and no stream.
  bool wants_rdb_only = false;
  // REPLCONF listening-port; settled before SYNC, when others may read it.
  uint16_t replica_port = 0;

  bool in_transaction() const { return transaction_ != nullptr; }
  // REQUIRES: in_transaction().
  Transaction& transaction() { return *transaction_; }
  const Transaction& transaction() const { return *transaction_; }
  void BeginTransaction();
  // Leaves MULTI; watches stay.
  void EndTransaction();

  bool is_watching() const { return watches_ != nullptr; }
  // Made on first use.
  WatchList& watches();
  void DropWatches();

  // What a replica gets, once SYNC has made the session one (SessionRegistry::StartFeed), or null.
  // The owner's thread, and any that holds the registry's lock.
  ReplicaFeed* feed() const { return feed_.get(); }

  // Made on first use; its counts are for every thread.
  Subscriptions& subscriptions();
  // Any thread.
  size_t subscription_count(SubscriptionKind kind) const {
    const Subscriptions* all = subscriptions_.load(std::memory_order_acquire);
    return all == nullptr ? 0 : all->count(kind);
  }
  size_t subscription_count() const {
    const Subscriptions* all = subscriptions_.load(std::memory_order_acquire);
    return all == nullptr ? 0 : all->total();
  }
  // Executes nothing more until the wait is over: see session_wait.h. REQUIRES: it is not waiting.
  WaitToken BeginWait(WaitReason reason, WaitOptions options = {});
  bool is_waiting() const { return wait_ != nullptr; }
  // REQUIRES: is_waiting().
  SessionWait& wait() { return *wait_; }
  // Resumes at once. For whoever may call BeginWait; others have Resume.
  void EndWait();

  // Forgets everything but the connection itself and its labels: RESET. Watches must have been
  // taken back, and channels left.
  void Reset(bool authenticated_by_default);

  // --- Published: written by the owner's thread, read by all. ---
  // (In an order without gaps: there is one of these per client.)
  std::atomic<uint8_t> resp_version{2};
  // Set by QUIT, by protocol errors and the like: send what is there, then close.
  std::atomic<bool> close_after_reply{false};
  std::atomic<WaitReason> wait_reason{WaitReason::kNone};
  std::atomic<bool> wait_has_deadline{false};
  std::atomic<bool> watch_failed{false};  // A watched key has changed: EXEC will refuse.
  std::atomic<bool> no_evict{false};
  std::atomic<bool> no_touch{false};
  std::atomic<bool> reads_journal{false};  // A replica, as far as commands are concerned.
  std::atomic<bool> is_monitor{false};     // Set by MonitorFeed alone.

 private:
  std::atomic<bool> close_requested_{false};

 public:
  // The owner's alone: offsets of the log (reply_gate.h). The last effect that the session has
  // seen, which what it sends waits for, and the last one of its own.
  uint64_t seen_effect = 0;
  uint64_t own_effect = 0;

  std::atomic<uint64_t> wait_number{0};  // Of the wait under way, or the last one.
  std::atomic<uint64_t> last_interaction_ms;
  std::atomic<const CommandRow*> last_command{nullptr};
  std::atomic<int> queued_commands{-1};  // CLIENT LIST's multi.
  std::atomic<uint32_t> watched_bytes{0};
  std::atomic<uint32_t> queued_bytes{0};
  std::atomic<uint32_t> input_bytes{0};  // qbuf: read and not yet executed.
  std::atomic<uint32_t> input_capacity{0};
  std::atomic<int> database{0};
  std::atomic<uint64_t> output_bytes{0};  // omem: replies that the socket has not taken yet.

  // Labels: the owner writes them under the registry's lock (SessionRegistry::SetLabel) and may
  // read them without.
  struct Labels {
    std::string name;
    std::string library_name;
    std::string library_version;
    std::string user = "default";
  };
  const Labels& labels() const;

  // Memory that the session takes, with what its connection holds for it. Any thread that holds the
  // registry's lock, and the owner's.
  size_t MemoryBytes() const;

  // Whether the session waits, and what it waits for has not come: it may have, without the
  // session's thread knowing. Any thread that holds the registry's lock, and the owner's.
  bool IsWaitingStill() const;

  // Any thread: closes the session before its next command.
  void RequestClose();
  bool close_requested() const { return close_requested_.load(std::memory_order_relaxed); }
  Mailbox* mailbox() const { return mailbox_; }

 private:
  friend class SessionRegistry;

  const uint64_t id_;
  std::atomic<uint64_t> charged_bytes_{0};  // What SessionRegistry::Charge counts for it.
  const Peer peer_;
  const uint64_t created_ms_;
  Mailbox* const mailbox_;
  std::unique_ptr<Transaction> transaction_;
  std::unique_ptr<WatchList> watches_;
  std::unique_ptr<SessionWait> wait_;
  std::shared_ptr<ReplicaFeed> feed_;
  std::shared_ptr<BlockedRequest> blocked_;  // Under the registry's lock.
  // Owned; never replaced, so that other threads may read the counts.
  std::atomic<Subscriptions*> subscriptions_{nullptr};
  std::unique_ptr<Labels> labels_;  // Null while all have their defaults.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SESSION_H_
