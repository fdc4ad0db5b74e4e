#ifndef REDSTART_SERVER_EXEC_RUNNING_SCRIPT_H_
#define REDSTART_SERVER_EXEC_RUNNING_SCRIPT_H_

// The script that has taken longer than busy-reply-threshold, if there is one: while it runs, every
// thread answers BUSY to all but a few commands, and one of those few may kill it.
//
// One per server, as scripts run with every shard locked. Set and ended by the script's thread;
// read and killed from any. Lock. A mutex of its own for the texts, taken last.

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "protocol/request.h"
#include "storage/base/mutex.h"

namespace redstart {

class RunningScript {
 public:
  enum class Kind : uint8_t { kNone, kEval, kFunction };

  // kNone nearly always.
  Kind busy() const { return busy_.load(std::memory_order_acquire); }
  // What other commands are answered meanwhile.
  static std::string_view ErrorWhile(Kind kind);

  // --- The script's thread. ---
  // Once it has written it cannot be killed any more.
  void BecomeBusy(Kind kind, std::string_view name, Args command, bool has_written,
                  uint64_t started_ms);
  void NoteWrite() { has_written_.store(true, std::memory_order_relaxed); }
  bool killed() const { return killed_.load(std::memory_order_relaxed); }
  void End();

  // --- Any thread. ---
  // SCRIPT KILL and FUNCTION KILL: the error to answer, or nothing: the script will end.
  std::string_view Kill(Kind wanted);
  struct Facts {
    std::string name;
    std::vector<std::string> command;
    uint64_t started_ms = 0;
  };
  Facts facts() const;

 private:
  std::atomic<Kind> busy_{Kind::kNone};
  std::atomic<bool> has_written_{false};
  std::atomic<bool> killed_{false};
  mutable Mutex mutex_;
  Facts facts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_RUNNING_SCRIPT_H_
