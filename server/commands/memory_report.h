#ifndef REDSTART_SERVER_COMMANDS_MEMORY_REPORT_H_
#define REDSTART_SERVER_COMMANDS_MEMORY_REPORT_H_

// Where the memory of the process is, as INFO memory and MEMORY STATS tell it: what is data, and
// what is needed to hold it.
//
// Made for one command. The allocator, the kernel and the session registry are asked, and the
// shards are visited one by one; the figures are those of about the same moment.

#include <cstdint>
#include <vector>

#include "server/commands/client_totals.h"
#include "server/exec/call.h"
#include "server/observe/allocator.h"

namespace redstart {

struct MemoryReport {
  // What keys of a database take besides their names and values.
  struct Database {
    int number = 0;
    uint64_t keys = 0;
    uint64_t table_bytes = 0;     // Tables, and the entries' headers.
    uint64_t deadline_bytes = 0;  // Deadlines, in the entries of keys that have one.
  };

  uint64_t used = 0;
  uint64_t peak = 0;
  uint64_t at_startup = 0;
  uint64_t resident = 0;  // As the kernel sees it.
  // Entries in the keyspace's pages count as allocated, the pages as active and resident.
  AllocatorUsage allocator;
  ClientTotals clients;
  std::vector<Database> databases;  // Those with keys, ascending.
  uint64_t keys = 0;
  uint64_t overhead = 0;
  uint64_t dataset = 0;

  double DatasetPercent() const;
  double PeakPercent() const;
  uint64_t BytesPerKey() const;

 private:
  uint64_t UsedSinceStart() const { return used > at_startup ? used - at_startup : 1; }
};

// REQUIRES: the row has kNeedsWalk.
MemoryReport MeasureMemory(const Call& call);

// One figure as a multiple of another; 0 if there is none.
double RatioOf(uint64_t part, uint64_t whole);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_MEMORY_REPORT_H_
