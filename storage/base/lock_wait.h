#ifndef REDSTART_STORAGE_BASE_LOCK_WAIT_H_
#define REDSTART_STORAGE_BASE_LOCK_WAIT_H_

// How long this thread has slept for shards' locks. Whoever measures how long a command takes
// subtracts it: what another client's command did is not this one's fault, and a slow log full of
// its victims would hide the culprit.
//
// FutexMutex adds to it where it is about to sleep anyway, so counting costs the hot path nothing.
// Each thread has a sum of its own; no lock.

#include <cstdint>

namespace redstart {

uint64_t SleptForLocksNanos();
void AddSleptForLocksNanos(uint64_t nanos);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_LOCK_WAIT_H_
