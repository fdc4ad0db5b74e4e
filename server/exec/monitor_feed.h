#ifndef REDSTART_SERVER_EXEC_MONITOR_FEED_H_
#define REDSTART_SERVER_EXEC_MONITOR_FEED_H_

// Shows every command that is executed to the sessions that have sent MONITOR.
//
// One per server; any thread. A command is shown when it has been executed and while its locks are
// still held, so for each key the order is that of execution. Lock. A mutex of its own, taken last;
// while nobody watches, commands only look at a counter. Sessions are named by id and reached
// through their threads' mailboxes.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "protocol/request.h"
#include "server/exec/command_spec.h"
#include "server/exec/session.h"
#include "storage/base/mutex.h"

namespace redstart {

class MonitorFeed {
 public:
  // Whether anybody watches.
  bool any() const { return count_.load(std::memory_order_relaxed) != 0; }

  // The session's own thread.
  void Add(Session* session);
  void Remove(Session* session);

  // A session has executed a command, whose secret arguments are not shown. FlushWakes comes after.
  void Show(const Session& session, const CommandSpec& spec, Args args, uint64_t now_us);
  // The same for a script's own command, whose row says that it is not shown: it is shown before
  // what the script calls.
  void ShowAlways(const Session& session, Args args, uint64_t now_us);

 private:
  struct Watcher {
    uint64_t session;
    Mailbox* mailbox;
  };

  void Send(std::string line);

  std::atomic<size_t> count_{0};
  Mutex mutex_;
  std::vector<Watcher> watchers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_MONITOR_FEED_H_
