#ifndef REDSTART_SERVER_NET_SOCKET_OPTIONS_H_
#define REDSTART_SERVER_NET_SOCKET_OPTIONS_H_

// System calls around sockets, each one a function that says what it is for. No state.

#include <string>

#include "absl/status/statusor.h"
#include "server/exec/session.h"

namespace redstart {

struct ListeningSocket {
  int family;
  int descriptor;
};

// A socket that listens on a numeric or named address ("*" and "::*" are all addresses of a
// family). The status has the reason in words; its code is kUnavailable when the machine has no
// such address.
absl::StatusOr<ListeningSocket> ListenOnTcp(const std::string& address, int port, int backlog);
// The same on a path, which is replaced if it is a socket; `permissions` 0 leaves them to the
// umask.
absl::StatusOr<ListeningSocket> ListenOnUnix(const std::string& path, unsigned permissions,
                                             int backlog);

// What an accepted TCP connection needs: no delay, and keep-alive probes after so many seconds (0:
// none).
void PrepareTcpClient(int descriptor, int keepalive_seconds);

// Who is at the other end of a connected socket. `unix_path` is the listener's, for Unix sockets.
Session::Peer DescribePeer(int descriptor, int family, const std::string& unix_path);

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_SOCKET_OPTIONS_H_
