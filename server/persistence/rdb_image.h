#ifndef REDSTART_SERVER_PERSISTENCE_RDB_IMAGE_H_
#define REDSTART_SERVER_PERSISTENCE_RDB_IMAGE_H_

// The whole keyspace as an RDB file in memory: what a full sync begins with.
//
// Made while every shard is locked, so it is one instant, and every client waits meanwhile; it
// takes as much memory as the file.

#include <string>

#include "server/exec/keyspace_access.h"

namespace redstart {

std::string RdbImageOf(const WholeKeyspace& keyspace);

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_RDB_IMAGE_H_
