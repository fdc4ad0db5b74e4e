#ifndef REDSTART_SERVER_EXEC_KEYSPACE_ACCESS_H_
#define REDSTART_SERVER_EXEC_KEYSPACE_ACCESS_H_

// What a handler may do with the keyspace as a whole rather than with keys it names.
//
// KeyWalk goes from shard to shard and locks one at a time (inside EXEC or a script it uses the
// locks that are held), so a SCAN never stops anybody for long. WholeKeyspace is for commands that
// need one instant of everything; the dispatcher has locked all shards. Ownership and time are as
// in key_access.h.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "server/exec/key_access.h"

namespace redstart {

class KeyWalk {
 public:
  using Visit = std::function<void(const Entry&)>;

  // `frame.locks` is null, or holds all shards.
  KeyWalk(const KeyAccess::Parts& parts, const KeyAccess::Frame& frame)
      : parts_(parts), frame_(frame) {}

  int database() const { return frame_.database; }
  uint64_t now_ms() const { return frame_.now_ms; }
  const Config& config() const { return *parts_.config; }
  const Keyspace& keyspace() const { return *parts_.keyspace; }

  // Visits live entries of the database from `cursor` on, bucket by bucket, until at least `wanted`
  // were seen or the end is reached. Returns the cursor to go on with, 0 at the end. Expired
  // entries met on the way are deleted. Every key that is there throughout a whole walk is visited
  // at least once, however the tables grow or shrink meanwhile. Cursors fit 53 bits.
  uint64_t Step(uint64_t cursor, size_t wanted, const Visit& visit);

  // A live key chosen at random, or nothing if there is none.
  std::optional<std::string> RandomKey();

  // Calls visit(const Shard&) for every shard, each locked.
  template <typename VisitShard>
  void ForEachShard(VisitShard&& visit) {
    for (size_t shard = 0; shard < parts_.keyspace->shard_count(); ++shard) {
      ShardLocks own;
      visit(static_cast<const Shard&>(Enter(shard, &own)));
    }
  }

 private:
  // The shard, locked into `own` unless it is held already.
  Shard& Enter(size_t shard, ShardLocks* own);
  // Deletes what expired in a shard, under the lock that is held.
  void DeleteExpired(ShardLocks* locks, const std::vector<std::string>& keys);
  uint64_t CursorAt(size_t shard, uint64_t position) const;

  KeyAccess::Parts parts_;
  KeyAccess::Frame frame_;
};

class WholeKeyspace {
 public:
  // REQUIRES: frame.locks holds all shards.
  WholeKeyspace(const KeyAccess::Parts& parts, const KeyAccess::Frame& frame)
      : parts_(parts), frame_(frame) {}

  int database() const { return frame_.database; }
  int databases() const { return parts_.keyspace->databases(); }
  uint64_t now_ms() const { return frame_.now_ms; }
  const Config& config() const { return *parts_.config; }

  // Proof that all shards are locked, for services that need it.
  const ShardLocks& locks() const { return *frame_.locks; }

  // Keys in a database; those that have expired and are not deleted yet count.
  size_t Size(int database) const;
  size_t CountWithDeadline(int database) const;
  // Databases that have, or had, keys; ascending.
  std::vector<int> UsedDatabases() const;
  // Visits every live entry of a database.
  void ForEach(const std::function<void(const Entry&)>& visit) const {
    ForEachIn(database(), visit);
  }
  void ForEachIn(int database, const std::function<void(const Entry&)>& visit) const;
  // Empties one database; the keys are freed in the background. Returns how many there were.
  size_t Flush(int database);
  size_t FlushAll();
  // Exchanges two databases for all clients.
  void Swap(int a, int b);
  // The command is to be repeated elsewhere; `changes` is what it counts for in
  // rdb_changes_since_last_save.
  void Changed(uint64_t changes);

 private:
  Shard& shard(size_t number) const { return (*frame_.locks)[number]; }
  size_t shard_count() const { return parts_.keyspace->shard_count(); }
  // All keys of a database may have gone, come or got another type.
  void WakeWaiters(const Shard& shard, int database);

  KeyAccess::Parts parts_;
  KeyAccess::Frame frame_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_KEYSPACE_ACCESS_H_
