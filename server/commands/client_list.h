#ifndef REDSTART_SERVER_COMMANDS_CLIENT_LIST_H_
#define REDSTART_SERVER_COMMANDS_CLIENT_LIST_H_

// What the server tells about its clients: the lines of CLIENT LIST and INFO, and the kinds into
// which clients are sorted.
//
// Everything here reads only what sessions publish. Lock. A session of another thread may be looked
// at from inside SessionRegistry::ForEach or Visit only; one's own at any time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/exec/session.h"

namespace redstart {

// The kinds that CLIENT LIST and CLIENT KILL tell apart by TYPE.
enum class ClientKind : uint8_t { kNormal, kMaster, kReplica, kPubSub };

// By the name that clients use ("normal", "master", "replica" or "slave", "pubsub"), in any case.
std::optional<ClientKind> ParseClientKind(std::string_view name);
ClientKind KindOf(const Session& session);

// Whether a text may stand in a line of CLIENT LIST: nothing but printable ASCII without blanks.
bool IsClientLabel(std::string_view text);

// One line without its end, all fields of Redis 7.2 in its order. `argument_bytes` is what the
// command that the session is running has been given.
std::string DescribeClient(const Session& session, uint64_t now_ms, size_t argument_bytes);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_CLIENT_LIST_H_
