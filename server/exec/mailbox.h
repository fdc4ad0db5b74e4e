#ifndef REDSTART_SERVER_EXEC_MAILBOX_H_
#define REDSTART_SERVER_EXEC_MAILBOX_H_

// How other threads reach the sessions of an I/O thread: a lock-free queue of messages with many
// producers and one consumer.
//
// Owner. Each I/O thread has one, which outlives all sessions. Messages name sessions by id, never
// by address, so that a session may go away at any time. They may be pushed while shards are
// locked, which makes their order the order of execution; the thread is woken afterwards, once per
// batch, by FlushWakes().

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/exec/publisher.h"

namespace redstart {

class Dispatcher;
class ReplyBuilder;
class Session;

// What a session's thread does for it when a wait is over (session_wait.h).
using Continuation =
    std::function<void(Dispatcher& dispatcher, Session& session, ReplyBuilder& reply)>;

class Mailbox {
 public:
  enum class Subject : uint8_t {
    kClose,         // Somebody killed the session.
    kJournalBytes,  // The effect stream has bytes for it.
    kPublication,   // A message for all of `readers`.
    kResume,        // A wait of it is over (session_wait.h).
    kDeliver,       // Bytes that its client is to get besides its replies.
    kSafe,          // For the thread: the log has become safer (reply_gate.h).
  };
  struct Message {
    uint64_t session = 0;
    Subject subject;
    std::shared_ptr<const Publication> publication = nullptr;
    SessionIds readers = {};
    uint64_t wait = 0;  // kResume: the number of the wait, and what is to be done.
    Continuation then = nullptr;
    std::shared_ptr<const std::string> bytes = nullptr;  // kDeliver.
  };

  // `wake` makes the thread call Take() soon; it may be called from any thread.
  explicit Mailbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  // Any thread. The owner is woken by the caller's next FlushWakes().
  void Push(Message message);
  // From Stage on the calling thread's messages are kept back until ReleaseStaged: what a command
  // has caused must not be seen before its effect is in the log, because whoever gets it waits for
  // what is in the log by then. To be released while the shards are still locked, for the order's
  // sake.
  static void Stage();
  static void ReleaseStaged();
  // The owner: all messages so far, in the order of their arrival.
  std::vector<Message> Take();

  // Wakes the threads that the calling thread has pushed messages to. To be called without any
  // lock.
  static void FlushWakes();

 private:
  struct Node {
    Node* next;
    Message message;
  };
  void PushNow(Message message);

  std::atomic<Node*> newest_{nullptr};
  std::function<void()> wake_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_MAILBOX_H_
