#ifndef REDSTART_SERVER_EXEC_CALL_H_
#define REDSTART_SERVER_EXEC_CALL_H_

// What a session handler receives: who calls, what it may use, and the frozen time.
//
// On the dispatcher's stack for one command.

#include <cstdint>

#include "server/config/config.h"
#include "server/exec/change_recorder.h"
#include "server/exec/services.h"
#include "server/exec/session.h"

namespace redstart {

class Dispatcher;
class KeyWalk;
class ReadKeys;
class ShardLocks;
class WholeKeyspace;
class WriteKeys;

class Call {
 public:
  struct Parts {
    Session& session;
    const Services& services;
    const Config& config;
    uint64_t now_us;
    Dispatcher& dispatcher;
    const ReadKeys& keys;
    WriteKeys& writes;
    WholeKeyspace& whole;
    KeyWalk& walk;
    ChangeRecorder& recorder;
    ShardLocks* locks;
    bool may_wait;
  };
  explicit Call(const Parts& parts) : parts_(parts) {}

  Session& session() const { return parts_.session; }
  const Services& services() const { return parts_.services; }
  const Config& config() const { return parts_.config; }
  uint64_t now_ms() const { return parts_.now_us / 1000; }
  uint64_t now_us() const { return parts_.now_us; }
  Dispatcher& dispatcher() const { return parts_.dispatcher; }
  // REQUIRES: the row names keys (WATCH).
  const ReadKeys& keys() const { return parts_.keys; }
  // REQUIRES: the row names keys and writes (MIGRATE).
  WriteKeys& writes() const { return parts_.writes; }
  // REQUIRES: the row has kNeedsWhole (SYNC).
  WholeKeyspace& whole() const { return parts_.whole; }
  // Whether the thread holds shards: because of the row, or in EXEC.
  bool holds_locks() const { return parts_.locks != nullptr; }
  // REQUIRES: holds_locks().
  ShardLocks* locks() const { return parts_.locks; }
  // Whoever reads the effect stream is to repeat the command, which changes no data (PUBLISH).
  void PassOn() const { parts_.recorder.PassOn(); }
  // Whether the session may be left waiting (Session::BeginWait): not inside EXEC or a script.
  bool may_wait() const { return parts_.may_wait; }
  // REQUIRES: the row has kNeedsWalk (INFO).
  KeyWalk& walk() const { return parts_.walk; }

 private:
  Parts parts_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_CALL_H_
