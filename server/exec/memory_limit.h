#ifndef REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_
#define REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_

// Keeps ServerState::over_memory_limit true while the server uses more than `maxmemory`: what
// commands that may need memory are refused by.
//
// Asking the allocator costs some 10 us, so each thread asks again only after a millisecond, after
// its requests have brought so many bytes, or after the configuration changed: the limit may be
// passed by that many bytes per thread and one command. Owned by a dispatcher, used by its thread
// alone.

#include <cstdint>

#include "protocol/request.h"
#include "server/exec/services.h"

namespace redstart {

class MemoryLimit {
 public:
  static constexpr size_t kBytesBetweenLooks = 64 * 1024;
  static constexpr uint64_t kMicrosBetweenLooks = 1000;

  explicit MemoryLimit(const Services& services) : services_(services) {}

  // To be called before a request while `maxmemory` (REQUIRES: not 0) is in force.
  void BeforeRequest(Args args, int64_t maxmemory, uint64_t now_us);
  // The next request is to look: the limit changed.
  void LookAgain() { bytes_since_look_ = kBytesBetweenLooks; }

 private:
  const Services& services_;
  size_t bytes_since_look_ = kBytesBetweenLooks;
  uint64_t last_look_us_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_
