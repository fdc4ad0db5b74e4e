#ifndef REDSTART_SERVER_EXEC_TRANSACTION_H_
#define REDSTART_SERVER_EXEC_TRANSACTION_H_

// What MULTI and WATCH leave with a session: the queued commands, and the watched keys.
//
// Owner. The session; its thread alone uses it, but for WatchList::touched, which whoever changes a
// watched key sets under that key's shard lock. A session unwatches, under those locks, before it
// goes away.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "protocol/request.h"
#include "server/exec/command_table.h"

namespace redstart {

class Keyspace;
class ShardLocks;

// A command that waits for EXEC, with a copy of its arguments.
class QueuedCommand {
 public:
  // `flags` are those of the request, if they are others than the row's.
  QueuedCommand(const CommandRow* row, Args args, uint32_t flags);
  QueuedCommand(const CommandRow* row, Args args) : QueuedCommand(row, args, row->spec->flags) {}

  const CommandRow* row() const { return row_; }
  uint32_t flags() const { return flags_; }
  Args args() const { return views_; }
  // Memory that queueing it costs.
  size_t MemoryBytes() const;

 private:
  const CommandRow* row_;
  uint32_t flags_;
  size_t bytes_size_ = 0;
  std::unique_ptr<char[]> bytes_;
  std::vector<std::string_view> views_;  // Into bytes_.
};

struct Transaction {
  std::vector<QueuedCommand> commands;
  // An error while queueing: EXEC will refuse.
  bool aborted = false;
  size_t memory_bytes = 0;

  // Whether any of the commands has any of these flags.
  bool Has(uint32_t flags) const;
};

struct WatchList {
  // `touched` lives in the session, where CLIENT LIST can see it.
  explicit WatchList(std::atomic<bool>* touched) : touched(*touched) {}

  struct Key {
    int database;
    std::string name;
    uint64_t hash;
  };
  std::vector<Key> keys;
  size_t memory_bytes = 0;  // Of the keys, with what stands in their shards for them.
  std::atomic<bool>& touched;

  // Adds a key, unless it is there already.
  void Remember(int database, std::string_view name, uint64_t hash);
  // Takes all watches back. REQUIRES: `locks` holds the shards of all keys.
  void UnwatchLocked(ShardLocks& locks, const Keyspace& keyspace);
  // The same with locks of its own; false, and nothing is done, if a script has them for too long.
  // REQUIRES: the thread holds none.
  bool Unwatch(Keyspace* keyspace);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_TRANSACTION_H_
