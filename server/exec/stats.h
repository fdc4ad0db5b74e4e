#ifndef REDSTART_SERVER_EXEC_STATS_H_
#define REDSTART_SERVER_EXEC_STATS_H_

// What is counted while commands run: every I/O thread has a ThreadStats of its own, so that
// counting costs no shared cache line; a StatsBoard knows them all and adds them up for INFO.
//
// Lock. Counters have one writer, their thread; only the error codes, which are rare, stand behind
// a mutex of their own. The board's mutex guards the list of threads and what CONFIG RESETSTAT and
// the rates remember: nobody may set another thread's counter to 0, so a reset remembers the sums
// so far and they are subtracted from then on.

#include <array>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/observe/latency_histogram.h"
#include "storage/base/counter.h"
#include "storage/base/mutex.h"

namespace redstart {

struct CommandStats {
  Counter calls;
  Counter rejected;  // Refused before it ran: arity, authentication, ...
  Counter failed;    // Ran and answered with an error.
  Counter nanos;     // What its calls took, all together.
  LatencyRecorder latency;
};

// How often an error with each code was answered.
class ErrorCounts {
 public:
  using Map = std::map<std::string, uint64_t, std::less<>>;

  // `error` begins with its code: "WRONGTYPE Operation against ...".
  void Add(std::string_view error, uint64_t count);
  // Adds these counts to `sums`.
  void AddTo(Map* sums) const;

 private:
  mutable Mutex mutex_;
  Map counts_ ABSL_GUARDED_BY(mutex_);
};

struct ThreadStats {
  explicit ThreadStats(size_t command_count) : commands(command_count) {}

  Counter commands_processed;
  Counter error_replies;
  Counter keyspace_hits;
  Counter keyspace_misses;
  Counter evicted_keys;
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
  Counter replica_output_bytes;  // To readers of the effect stream; not in output_bytes.
  // The event loop: one cycle is one event, with everything that it led to.
  Counter loop_cycles;
  Counter loop_nanos;
  Counter loop_longest_nanos;
  Counter loop_most_commands;  // In one cycle.
  Counter tick_nanos;          // What happens ten times a second by itself.
  Counter command_nanos;
  Counter sweep_nanos;  // Deleting expired keys.
  Counter sweeps_cut_short;
  std::vector<CommandStats> commands;  // By CommandRow::index.
  ErrorCounts errors;
};

class StatsBoard {
 public:
  explicit StatsBoard(size_t command_count)
      : command_count_(command_count),
        before_reset_(command_count),
        latency_before_reset_(command_count) {}

  // A new thread's counters, which live as long as the board.
  ThreadStats* AddThread();
  // The sum over all threads of one counter: board.Sum(&ThreadStats::keyspace_hits).
  uint64_t Sum(Counter ThreadStats::*counter) const;
  uint64_t SumOfCommand(size_t command, Counter CommandStats::*counter) const;
  // How long the calls of a command took.
  LatencyCounts LatencyOf(size_t command) const;
  // The largest value that a counter has on any thread, whatever was reset.
  uint64_t Largest(Counter ThreadStats::*counter) const;
  // Error codes with how often each was answered.
  ErrorCounts::Map SumOfErrors() const;

  // CONFIG RESETSTAT: all counts begin anew, but those that are no statistics (changes) or that
  // Redis keeps (auth_failures).
  void Reset();

  // What INFO calls instantaneous: the mean of the last samples.
  struct Rates {
    double commands_per_second = 0;
    double input_bytes_per_second = 0;
    double output_bytes_per_second = 0;
    double replica_output_bytes_per_second = 0;
    // Of one thread's event loop, on average.
    double cycles_per_second = 0;
    double nanos_per_cycle = 0;
  };
  Rates rates() const;
  // Takes a sample; one thread calls it about every 100 ms.
  void SampleRates(uint64_t now_us);

 private:
  static constexpr size_t kSamples = 16;
  // What the rates are made of.
  static constexpr std::array kRated = {
      &ThreadStats::commands_processed,   &ThreadStats::input_bytes, &ThreadStats::output_bytes,
      &ThreadStats::replica_output_bytes, &ThreadStats::loop_cycles, &ThreadStats::loop_nanos,
  };

  uint64_t SumSinceStart(Counter ThreadStats::*counter) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  uint64_t SumSinceStart(size_t command, Counter CommandStats::*counter) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  LatencyCounts LatencySinceStart(size_t command) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t command_count_;
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<ThreadStats>> threads_ ABSL_GUARDED_BY(mutex_);
  ThreadStats before_reset_ ABSL_GUARDED_BY(mutex_);
  std::vector<LatencyCounts> latency_before_reset_ ABSL_GUARDED_BY(mutex_);
  ErrorCounts::Map errors_before_reset_ ABSL_GUARDED_BY(mutex_);
  uint64_t last_sample_us_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t next_sample_ ABSL_GUARDED_BY(mutex_) = 0;
  std::array<uint64_t, kRated.size()> last_sums_ ABSL_GUARDED_BY(mutex_) = {};
  std::array<std::array<double, kSamples>, kRated.size()> samples_ ABSL_GUARDED_BY(mutex_) = {};
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_STATS_H_
