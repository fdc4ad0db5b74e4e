#ifndef REDSTART_SERVER_EXEC_STATS_H_
#define REDSTART_SERVER_EXEC_STATS_H_

// What is counted while commands run: every I/O thread has a ThreadStats of its own, so that
// counting costs no shared cache line; a StatsBoard knows them all and adds them up for INFO.
//
// Lock. Counters have one writer, their thread. The board's mutex guards only the list of threads.

#include <memory>
#include <mutex>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "storage/base/counter.h"

namespace redstart {

struct CommandStats {
  Counter calls;
  Counter rejected;  // Refused before it ran: arity, authentication, ...
  Counter failed;    // Ran and answered with an error.
};

struct ThreadStats {
  explicit ThreadStats(size_t command_count) : commands(command_count) {}

  Counter commands_processed;
  Counter error_replies;
  Counter keyspace_hits;
  Counter keyspace_misses;
  Counter changes;  // Keys changed, what rdb_changes_since_last_save counts.
  Counter connections_received;
  Counter connections_rejected;
  Counter input_bytes;
  Counter output_bytes;
  Counter reads;
  Counter writes;
  Counter query_buffer_disconnections;
  Counter output_buffer_disconnections;
  Counter auth_failures;
  Counter full_syncs;
  std::vector<CommandStats> commands;  // By CommandTable::IndexOf.
};

class StatsBoard {
 public:
  explicit StatsBoard(size_t command_count) : command_count_(command_count) {}

  // A new thread's counters, which live as long as the board.
  ThreadStats* AddThread();
  // The sum over all threads of one counter: board.Sum(&ThreadStats::keyspace_hits).
  uint64_t Sum(Counter ThreadStats::*counter) const;
  uint64_t SumOfCommand(size_t command, Counter CommandStats::*counter) const;

 private:
  const size_t command_count_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<ThreadStats>> threads_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_STATS_H_
