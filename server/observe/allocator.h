#ifndef REDSTART_SERVER_OBSERVE_ALLOCATOR_H_
#define REDSTART_SERVER_OBSERVE_ALLOCATOR_H_

// What the allocator says about its memory, for INFO. The keyspace's pages come straight from the
// system and are not in here (PagePool::bytes_in_use).
//
// No state, any thread. jemalloc adds its statistics up when it is asked, which takes some 10 us;
// what a thread has allocated itself costs two reads. Source: jemalloc(3), "MALLCTL NAMESPACE".
// Built with a sanitizer there is no jemalloc, and all figures are 0.

#include <cstdint>
#include <optional>
#include <string>

namespace redstart {

struct AllocatorUsage {
  uint64_t allocated = 0;  // Asked for by the program and not freed.
  uint64_t active = 0;     // In pages that hold something.
  uint64_t resident = 0;   // In RAM, with the allocator's own data.
};
AllocatorUsage ReadAllocatorUsage();

// What the calling thread has allocated since it began, less what it has freed.
int64_t AllocatedByThread();

// Everything that it says about itself, as a text for people; nothing if it says nothing.
std::optional<std::string> AllocatorStatistics();

// Has it return all memory that it keeps for later. False if it cannot.
bool PurgeAllocator();

// Whether it returns, in a thread of its own, memory that has been free for some ten seconds.
// Without, it does so when the program allocates. False if it cannot.
bool ReturnMemoryInBackground(bool on);

// As INFO's mem_allocator: "jemalloc-5.3.0".
std::string AllocatorName();

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_ALLOCATOR_H_
