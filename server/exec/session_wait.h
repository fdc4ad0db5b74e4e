#ifndef REDSTART_SERVER_EXEC_SESSION_WAIT_H_
#define REDSTART_SERVER_EXEC_SESSION_WAIT_H_

// How a session waits: it executes nothing more until somebody says so, while its thread serves
// the others. Its connection is still read, up to the query buffer limit, so that its end is
// noticed; what it sends is kept and executed afterwards, in order.
//
// A handler, or a check before it, calls Session::BeginWait on the session's thread and gives the
// token to whoever will end the wait. It ends once, by the first of
//
//   Resume(token, then)   from any thread, also while shards are locked (FlushWakes comes after).
//                         `then` runs on the session's thread, without locks: it writes the reply
//                         that is owed, and does what else belongs there
//   the deadline          on_deadline runs on the session's thread instead
//   the session's end     on_leave runs there; a Resume that comes later finds nobody
//
// and what comes with the number of a wait that is over is dropped. A request that waits with
// kPaused has not been executed: it is executed, or waits again, once the wait is over, and the
// reply is its own. For the other reasons it is done, but for the reply. If what is waited for may
// have come before BeginWait (a pause that another thread just ended), look again behind it and
// call EndWait.

#include <cstdint>
#include <functional>
#include <memory>

#include "protocol/reply_builder.h"
#include "server/exec/mailbox.h"
#include "server/exec/transaction.h"

namespace redstart {

class Dispatcher;
class Session;

enum class WaitReason : uint8_t {
  kNone,
  kPaused,    // The server asks all, or those that write, to wait: CLIENT PAUSE.
  kBlocked,   // For keys that are not ready: BLPOP (blocking.h).
  kDeferred,  // For something that takes its time elsewhere: MIGRATE.
};

// Names one wait of one session. A value; may outlive both.
struct WaitToken {
  Mailbox* mailbox = nullptr;
  uint64_t session = 0;
  uint64_t number = 0;
};

struct WaitOptions {
  static constexpr uint64_t kNoDeadline = UINT64_MAX;

  // In milliseconds since 1970.
  uint64_t deadline_ms = kNoDeadline;
  // Whether the wait is over; it may not be, if a Resume is on its way. Null: it is, without a
  // reply.
  std::function<bool(Dispatcher& dispatcher, Session& session, ReplyBuilder& reply)> on_deadline =
      nullptr;
  std::function<void(Dispatcher& dispatcher, Session& session)> on_leave = nullptr;
};

// A wait that is under way: the session's own.
struct SessionWait {
  uint64_t number;
  WaitReason reason;
  WaitOptions options;
  bool is_silent = false;  // CLIENT REPLY SKIP stood before it: what ends it leaves no reply.
  // The command that waits, but for kPaused, and what it took so far: it is counted as a call, and
  // may be slow, when the wait is over.
  std::shared_ptr<const QueuedCommand> command = nullptr;
  uint64_t command_nanos = 0;
};

inline void Resume(const WaitToken& token, Continuation then = nullptr) {
  token.mailbox->Push({.session = token.session,
                       .subject = Mailbox::Subject::kResume,
                       .wait = token.number,
                       .then = std::move(then)});
}

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SESSION_WAIT_H_
