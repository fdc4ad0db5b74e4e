#ifndef REDSTART_TESTS_SERVER_COMMANDS_FOREIGN_ENTRY_H_
#define REDSTART_TESTS_SERVER_COMMANDS_FOREIGN_ENTRY_H_

// Puts a key of a type other than string into a keyspace, to see WRONGTYPE: a list without a
// payload, which no command may look into. Locks the key's shard.

#include <string_view>

#include "storage/keyspace.h"

namespace redstart {

inline void AddForeignEntry(Keyspace* keyspace, std::string_view key) {
  const uint64_t hash = keyspace->HashOf(key);
  const size_t shard = keyspace->ShardOf(hash);
  ShardLocks locks = keyspace->LockShard(shard);
  Entry* entry = Entry::New(locks[shard].slab(), key, {.type = ValueType::kList});
  locks[shard].Insert(0, entry, keyspace->PositionInShard(hash));
}

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_COMMANDS_FOREIGN_ENTRY_H_
