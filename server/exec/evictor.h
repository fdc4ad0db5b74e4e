#ifndef REDSTART_SERVER_EXEC_EVICTOR_H_
#define REDSTART_SERVER_EXEC_EVICTOR_H_

// Deletes keys as maxmemory-policy has it, with all that belongs to a deletion: the effect for
// replicas (DEL, or UNLINK with lazyfree-lazy-eviction), the event "evicted", WATCH, the count.
//
// Owned by a dispatcher, used by its thread alone. It holds one shard at a time, first to look at
// some entries, then to delete the best candidate so far, so its caller may hold none. Each shard
// has the same share of the keys, so looking into one drawn at random is as good as into all.

#include "server/exec/blocking.h"
#include "server/exec/key_access.h"
#include "server/exec/services.h"
#include "storage/eviction_pool.h"

namespace redstart {

class Evictor {
 public:
  // `blocking` serves those who wait for a key that has gone.
  Evictor(const ServerState* state, Blocking* blocking) : state_(state), blocking_(blocking) {}

  // Deletes one key. False if no key may be: there is none, or none with a deadline where only
  // those may go, or the server has ended. REQUIRES: the policy is not noeviction; the thread holds
  // no shard.
  // Deletes one key and returns the bytes that it took. 0 if no key may go: there is none, or none
  // with a deadline where only those may, or the server has ended. REQUIRES: the policy is not
  // noeviction; the thread holds no shard.
  size_t EvictOne(const KeyAccess::Parts& parts, uint64_t now_ms);

 private:
  // Offers some entries to the pool. False if there are none.
  bool Look(const KeyAccess::Parts& parts, uint64_t now_ms);
  // 0 if the candidate has gone, or has been used meanwhile.
  size_t Evict(const EvictionPool::Candidate& candidate, const KeyAccess::Parts& parts,
               uint64_t now_ms);

  const ServerState* const state_;
  Blocking* const blocking_;
  EvictionPool pool_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_EVICTOR_H_
