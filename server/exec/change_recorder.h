#ifndef REDSTART_SERVER_EXEC_CHANGE_RECORDER_H_
#define REDSTART_SERVER_EXEC_CHANGE_RECORDER_H_

// Collects the effects of a command, transaction or script and hands them to the journal as one
// block.
//
// One per I/O thread. Begin and End surround each command; Commit comes once, after the last of
// them, while their shards are still locked. The default effect of a command that changed something
// is the command itself; a handler that needs another one (SPOP, relative deadlines) says so with
// Effect, or with Suppress that there is none. Cost. While nobody reads the journal nothing is
// encoded.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "protocol/request.h"
#include "storage/disk/journal.h"

namespace redstart {

class ChangeRecorder {
 public:
  explicit ChangeRecorder(Journal* journal) : journal_(journal) {}

  // From here on commands leave no effects of their own (a script that called redis.set_repl), but
  // only what stands beside them.
  void Mute(bool muted) { muted_ = muted; }
  void Begin(int database, Args args) {
    database_ = database;
    command_ = args;
    changed_ = false;
    replaced_ = false;
  }
  // The command changed something that its repetition changes as well.
  void Changed() { changed_ = true; }
  // This takes the place of the command itself. May be called several times, for several effects in
  // this order.
  void Effect(absl::Span<const std::string_view> command);
  // The command is to leave nothing in the stream but what Effect added.
  void Suppress() { replaced_ = true; }
  // An effect beside the command's own, before it: an expired key's deletion.
  void Aside(int database, absl::Span<const std::string_view> command) {
    if (active()) Add(database, command);
  }
  void End() {
    if (changed_ && !replaced_ && !muted_ && active()) Add(database_, command_);
    // EXEC's own End comes after those of the commands it ran: it has nothing to add.
    changed_ = false;
  }
  // Appends everything since the last Commit as one block. REQUIRES: the shards concerned are
  // locked.
  void Commit() {
    if (!pieces_.empty()) Append();
  }
  // The same, but each effect stands for itself, outside of MULTI and EXEC: deletions of expired
  // keys that no command brought together.
  void CommitEach();

  // Whether effects are wanted at all. Valid while a shard is locked.
  bool active() const { return journal_->active(); }

 private:
  struct Piece {
    int database;
    size_t end;  // In encoded_.
  };
  void Append();
  void FillBlock();
  void Clear();
  void Add(int database, absl::Span<const std::string_view> command);

  Journal* journal_;
  int database_ = 0;
  Args command_;
  bool changed_ = false;
  bool replaced_ = false;
  bool muted_ = false;
  std::string encoded_;
  std::vector<Piece> pieces_;
  std::vector<Journal::Effect> block_;  // Commit's scratch, kept for its memory.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_CHANGE_RECORDER_H_
