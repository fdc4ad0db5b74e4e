#ifndef REDSTART_SERVER_PERSISTENCE_SNAPSHOT_OPTIONS_H_
#define REDSTART_SERVER_PERSISTENCE_SNAPSHOT_OPTIONS_H_

// How the configuration wants snapshots to be, and what is written at their head.
//
// No state, no locks.

#include "server/config/config.h"
#include "server/exec/services.h"
#include "storage/disk/snapshot.h"

namespace redstart {

Snapshot::Options SnapshotOptionsFor(const Services& services, const Config& config);

// Changes them for the base of an append-only file.
void MakeBaseOf(const Config& config, Snapshot::Options* options);

// The version that `rdb-version` asks for; auto is what Redis 7.0 and later can load.
uint16_t RdbVersionFor(const Config& config);

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_SNAPSHOT_OPTIONS_H_
