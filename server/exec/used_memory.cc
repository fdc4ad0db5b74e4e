#include "server/exec/used_memory.h"

#include "server/observe/allocator.h"
#include "storage/keyspace.h"

namespace redstart {

uint64_t UsedMemory(const Services& services) {
  const uint64_t used = ReadAllocatorUsage().allocated + services.keyspace->pages().bytes_in_use();
  std::atomic<uint64_t>& peak = services.state->peak_memory;
  uint64_t known = peak.load(std::memory_order_relaxed);
  while (known < used && !peak.compare_exchange_weak(known, used, std::memory_order_relaxed)) {
  }
  return used;
}

}  // namespace redstart
