#ifndef REDSTART_SERVER_EXEC_CLIENT_MEMORY_H_
#define REDSTART_SERVER_EXEC_CLIENT_MEMORY_H_

// Keeps what clients' buffers, queued commands, watches and subscriptions take together below
// `maxmemory-clients`, by closing the clients that take the most.
//
// Each connection tells the session registry what it takes now, whenever that may have changed and
// while there is such a limit; so the sum is at hand, and only when it is too large all clients are
// looked at. Any thread that holds no lock; nothing is owned here.

#include <cstdint>

#include "server/config/config.h"
#include "server/exec/services.h"
#include "server/exec/session_registry.h"

namespace redstart {

// In bytes; 0 if there is no limit. A percentage is one of maxmemory.
uint64_t ClientMemoryLimit(const Config& config);

// Closes clients if they take too much.
void LimitClientMemory(const Services& services, const Config& config);

// The same after a session's memory may have changed; on its own thread.
inline void ChargeClient(const Services& services, const Config& config, Session* session) {
  if (config.maxmemory_clients == 0 || session->reads_journal) [[likely]] {
    return;
  }
  services.sessions->Charge(session, session->MemoryBytes());
  LimitClientMemory(services, config);
}

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_CLIENT_MEMORY_H_
