#ifndef REDSTART_SERVER_MIGRATION_REMOTE_SERVER_H_
#define REDSTART_SERVER_MIGRATION_REMOTE_SERVER_H_

// A connection to another server that speaks Redis's protocol, for threads that may wait: every
// call has a time limit, and ends early when the process is to end.
//
// Belongs to one thread at a time. Nothing here may be called while shards are locked, but by
// MIGRATE inside a transaction, which has to be one instant.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "protocol/resp_value.h"

namespace redstart {

class RemoteServer {
 public:
  // Null if that fails or takes longer. `stopping` outlives the connection.
  static std::unique_ptr<RemoteServer> Connect(const std::string& host, const std::string& port,
                                               int64_t timeout_ms,
                                               const std::atomic<bool>* stopping);
  ~RemoteServer();
  RemoteServer(const RemoteServer&) = delete;
  RemoteServer& operator=(const RemoteServer&) = delete;

  // False if the connection broke, or nothing could be sent for so long.
  bool Send(std::string_view bytes, int64_t timeout_ms);
  // False if the connection broke, or nothing came for so long.
  bool ReadReply(RespValue* reply, int64_t timeout_ms);
  // Why the last call failed: it took too long.
  bool timed_out() const { return timed_out_; }

  // The database that was selected last; -1: not known.
  int64_t database = -1;

 private:
  RemoteServer(int descriptor, const std::atomic<bool>* stopping)
      : descriptor_(descriptor), stopping_(stopping) {}

  // Waits until the socket can be read or written (POLLIN, POLLOUT).
  bool Await(short events, int64_t timeout_ms);

  const int descriptor_;
  const std::atomic<bool>* const stopping_;
  bool timed_out_ = false;
  std::string input_;  // Read and not yet parsed.
  RespValueParser parser_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_MIGRATION_REMOTE_SERVER_H_
