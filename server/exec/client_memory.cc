#include "server/exec/client_memory.h"

namespace redstart {

uint64_t ClientMemoryLimit(const Config& config) {
  if (config.maxmemory_clients >= 0) return static_cast<uint64_t>(config.maxmemory_clients);
  const auto percent = static_cast<uint64_t>(-config.maxmemory_clients);
  return static_cast<uint64_t>(config.maxmemory) / 100 * percent +
         static_cast<uint64_t>(config.maxmemory) % 100 * percent / 100;
}

void LimitClientMemory(const Services& services, const Config& config) {
  const uint64_t limit = ClientMemoryLimit(config);
  if (limit == 0 || services.sessions->charged_bytes() <= limit) return;
  const size_t closed = services.sessions->CloseLargest(limit);
  services.state->evicted_clients.fetch_add(closed, std::memory_order_relaxed);
  Mailbox::FlushWakes();
}

}  // namespace redstart
