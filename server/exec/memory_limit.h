#ifndef REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_
#define REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_

// Keeps what the server uses below `maxmemory`: before a request, keys are evicted until it fits,
// and if that is not possible ServerState::over_memory_limit becomes true, by which commands that
// may need memory are refused.
//
// One request evicts for half a millisecond at most, or as long as maxmemory-eviction-tenacity
// says; the rest is done by the following ones, and by the thread itself when it has nothing else
// to do. It evicts as much as was too much when it began, whatever telling replicas and subscribers
// takes. What a running snapshot keeps for itself does not count: evicting keys would only make it
// more. While many values are being freed in the background, the end of that is awaited first.
//
// Owned by a dispatcher, used by its thread alone.

#include <cstdint>

#include "server/exec/evictor.h"
#include "server/exec/services.h"
#include "server/exec/slow_commands.h"
#include "server/exec/used_memory.h"

namespace redstart {

class MemoryLimit {
 public:
  MemoryLimit(const Services& services, Blocking* blocking, SlowCommands* slow)
      : services_(services), meter_(services), evictor_(services.state, blocking), slow_(slow) {}

  // Makes room if too much is in use. Returns whether there is more to be evicted at once.
  // `may_delete`: not while clients that write wait. REQUIRES: maxmemory is not 0; the thread holds
  // no shard.
  bool MakeRoom(const KeyAccess::Parts& parts, bool may_delete, uint64_t now_us) {
    const ServerState& state = *services_.state;
    if (meter_.Read() <= static_cast<uint64_t>(parts.config->maxmemory) &&
        state.over_limit_since_us.load(std::memory_order_relaxed) == 0) [[likely]] {
      return false;
    }
    return EvictUntilItFits(parts, may_delete, now_us);
  }

 private:
  enum class Outcome {
    kFits,
    kTimeIsUp,  // More can be evicted.
    kSoon,      // What has been deleted already is being freed.
    kFull,      // Nothing can be done.
  };

  bool EvictUntilItFits(const KeyAccess::Parts& parts, bool may_delete, uint64_t now_us);
  Outcome Evict(const KeyAccess::Parts& parts, bool may_delete, uint64_t now_us);
  // How much more is in use than may be.
  uint64_t Excess(int64_t maxmemory);
  // Tells everybody whether the limit is passed, and whether commands are to be refused.
  void Publish(Outcome outcome, uint64_t now_us);

  const Services& services_;
  MemoryMeter meter_;
  Evictor evictor_;
  SlowCommands* const slow_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_MEMORY_LIMIT_H_
