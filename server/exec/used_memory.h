#ifndef REDSTART_SERVER_EXEC_USED_MEMORY_H_
#define REDSTART_SERVER_EXEC_USED_MEMORY_H_

// How much memory the process uses, as INFO's used_memory tells it: what has been allocated, and
// the entries in the keyspace's pages. Room in pages that nobody uses is fragmentation, as on
// Redis.
//
// UsedMemory counts: exact, some 10 us, most of them in the allocator. MemoryMeter keeps the sum up
// to date between two counts, for the limit that is tested before every request: each thread
// notices what it allocates itself and adds it to the common sum whenever it is worth it, so that
// testing costs a few reads. It is off by what other threads have not added yet, a megabyte in all
// at most, and by what threads without a meter do between two counts; the first I/O thread counts
// ten times a second. Values that are freed in the background no longer count.

#include <cstdint>

#include "server/exec/services.h"

namespace redstart {

// The bytes in use now. Any thread, no lock. Notes them in ServerState::peak_memory if they are the
// most so far: as this is asked ten times a second, peaks are seen between two INFOs.
uint64_t UsedMemory(const Services& services);

// Owned by a dispatcher, used by its thread alone.
class MemoryMeter {
 public:
  explicit MemoryMeter(const Services& services) : services_(services) {}

  // About what UsedMemory would say, without what is being freed.
  uint64_t Read();
  // The same; counts first if the background has freed something since the last count, for it knows
  // only roughly how much.
  uint64_t ReadCarefully();

 private:
  const Services& services_;
  uint64_t freed_ = 0;    // By the background, when ReadCarefully counted last.
  uint64_t reading_ = 0;  // The count of all that `added_` belongs to.
  int64_t added_ = 0;     // What this thread had allocated when it last told.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_USED_MEMORY_H_
