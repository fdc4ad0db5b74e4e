#ifndef REDSTART_SERVER_COMMANDS_REPLICA_LIST_H_
#define REDSTART_SERVER_COMMANDS_REPLICA_LIST_H_

// The readers of the effect stream, as INFO and ROLE tell of them: to commands, whoever has sent
// SYNC is a replica.
//
// Pure functions; nothing is owned. The registry's lock is taken for the time of the listing.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/exec/session_registry.h"

namespace redstart {

struct Replica {
  std::string address;  // Without the port from which it has connected.
  int port = 0;         // Where it says that it listens.
  std::string_view state;
  int64_t acked_offset = 0;
  uint64_t lag_s = 0;  // Seconds since it last told its offset.

  bool IsOnline() const;
};

// In the order in which they have connected.
std::vector<Replica> ListReplicas(SessionRegistry& sessions, uint64_t now_ms);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_REPLICA_LIST_H_
