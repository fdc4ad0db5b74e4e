#ifndef REDSTART_SERVER_COMMANDS_CLIENT_TOTALS_H_
#define REDSTART_SERVER_COMMANDS_CLIENT_TOTALS_H_

// What all clients have in common, for INFO and MEMORY: gathered in one pass over the session
// registry, whose lock is held meanwhile. Nothing is owned here.

#include <cstdint>

#include "server/exec/session_registry.h"

namespace redstart {

struct ClientTotals {
  uint64_t clients = 0;  // Without replicas.
  uint64_t replicas = 0;
  uint64_t client_bytes = 0;
  uint64_t replica_bytes = 0;
  uint64_t replica_output_bytes = 0;
  uint64_t largest_input = 0;
  uint64_t largest_output = 0;
  uint64_t waiting = 0;
  uint64_t waiting_with_deadline = 0;
};

ClientTotals TotalOfClients(SessionRegistry& sessions);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_CLIENT_TOTALS_H_
