#ifndef REDSTART_SERVER_EXEC_PUBLISHER_H_
#define REDSTART_SERVER_EXEC_PUBLISHER_H_

// What command execution needs of pub/sub: sending a message (keyspace notifications), and dropping
// what a session that ends has subscribed to. server/pubsub implements it.
//
// Threads. Any; also while shards are locked, which makes the order of the messages the order of
// execution.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace redstart {

class Session;

// What a client subscribes to. Each has a name space of its own.
enum class SubscriptionKind : uint8_t {
  kChannel,       // SUBSCRIBE
  kPattern,       // PSUBSCRIBE
  kShardChannel,  // SSUBSCRIBE
};
inline constexpr int kSubscriptionKinds = 3;

// One message to some sessions of one thread, which is reached through its mailbox. Immutable: the
// threads share it.
struct Publication {
  SubscriptionKind kind;
  // The channel or pattern that the readers have subscribed to.
  std::string subscription;
  // The message as clients get it, but for its first byte, which depends on their protocol.
  std::string encoded;
};
using SessionIds = std::vector<uint64_t>;

class Publisher {
 public:
  virtual ~Publisher() = default;
  // Returns how many subscriptions it went to. `kind` is kChannel, which patterns hear as well, or
  // kShardChannel. The threads concerned are woken by the caller's next Mailbox::FlushWakes().
  virtual size_t Publish(SubscriptionKind kind, std::string_view channel,
                         std::string_view message) = 0;
  // Drops all subscriptions of a session, on its own thread.
  virtual void Leave(Session& session) = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_PUBLISHER_H_
