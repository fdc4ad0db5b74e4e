#ifndef REDSTART_SERVER_MIGRATION_TRANSFER_H_
#define REDSTART_SERVER_MIGRATION_TRANSFER_H_

// What MIGRATE says to the server that keys go to: logs in, chooses the database, restores the
// keys, and finds out which of them have arrived.
//
// A pure conversation over a RemoteServer, on a thread that may wait. Source of the order of
// requests and of the errors: Redis's MIGRATE.

#include <cstdint>
#include <string>
#include <vector>

#include "server/migration/remote_server.h"

namespace redstart {

struct MigrationRequest {
  std::string host;
  std::string port;
  int64_t database = 0;
  int64_t timeout_ms = 0;
  bool copy = false;     // The keys stay here as well.
  bool replace = false;  // Keys that are there are replaced.
  std::string user;      // Empty: the password alone is given.
  std::string password;  // Empty: nobody logs in.
};

struct MigratedKey {
  static constexpr uint64_t kNoDeadline = UINT64_MAX;

  std::string name;
  std::string payload;  // As DUMP has it. Empty: the key is to be deleted there.
  uint64_t deadline_ms = kNoDeadline;
  bool replace = false;
};

struct TransferResult {
  std::vector<bool> arrived;  // By the keys' order.
  std::string error;          // For the client; empty if there is none.
  bool connection_broke = false;
  bool timed_out = false;
};

TransferResult TransferKeys(const MigrationRequest& request, const std::vector<MigratedKey>& keys,
                            uint64_t now_ms, RemoteServer* server);

}  // namespace redstart

#endif  // REDSTART_SERVER_MIGRATION_TRANSFER_H_
