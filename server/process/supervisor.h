#ifndef REDSTART_SERVER_PROCESS_SUPERVISOR_H_
#define REDSTART_SERVER_PROCESS_SUPERVISOR_H_

// How the server lives with what started it: in the background on its own, or supervised by
// systemd or upstart, which want to be told when it is ready.
//
// Used by the thread that starts the server, before there are others, but for the messages, which
// any thread may send. Sources: daemon(7), sd_notify(3) (the protocol is one datagram to the socket
// that $NOTIFY_SOCKET names), upstart's "expect stop".

#include <string_view>

#include "server/config/config.h"

namespace redstart {

class Supervisor {
 public:
  // Finds out who supervises. With upstart, stops the process until that lets it go on.
  static Supervisor Detect(Supervised wanted);

  bool is_present() const { return kind_ != Supervised::kNo; }
  // As INFO's process_supervised.
  std::string_view name() const;

  // To systemd; nothing happens with others. Lines of NAME=VALUE.
  void Tell(std::string_view message) const;

 private:
  explicit Supervisor(Supervised kind) : kind_(kind) {}

  Supervised kind_;
};

// Goes on in the background: the calling process ends, and this returns in its child, which has no
// terminal.
void Daemonize();

}  // namespace redstart

#endif  // REDSTART_SERVER_PROCESS_SUPERVISOR_H_
