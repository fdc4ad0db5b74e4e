#ifndef REDSTART_SERVER_EXEC_USED_MEMORY_H_
#define REDSTART_SERVER_EXEC_USED_MEMORY_H_

// How much memory the process uses, as INFO's used_memory tells it: what the allocator has handed
// out, and the keyspace's pages.
//
// Any thread; no lock. Costs some 10 us, most of it in the allocator.

#include <cstdint>

#include "server/exec/services.h"

namespace redstart {

// The bytes in use now. Notes them in ServerState::peak_memory if they are the most so far: the
// first I/O thread asks ten times a second, so that peaks are seen between two INFOs.
uint64_t UsedMemory(const Services& services);

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_USED_MEMORY_H_
