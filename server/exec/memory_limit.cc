#include "server/exec/memory_limit.h"

#include "server/exec/used_memory.h"

namespace redstart {

void MemoryLimit::BeforeRequest(Args args, int64_t maxmemory, uint64_t now_us) {
  for (const std::string_view arg : args) bytes_since_look_ += arg.size();
  if (bytes_since_look_ < kBytesBetweenLooks && now_us - last_look_us_ < kMicrosBetweenLooks) {
    return;
  }
  bytes_since_look_ = 0;
  last_look_us_ = now_us;
  const bool over = UsedMemory(services_) > static_cast<uint64_t>(maxmemory);
  services_.state->over_memory_limit.store(over, std::memory_order_relaxed);
}

}  // namespace redstart
