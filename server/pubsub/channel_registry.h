#ifndef REDSTART_SERVER_PUBSUB_CHANNEL_REGISTRY_H_
#define REDSTART_SERVER_PUBSUB_CHANNEL_REGISTRY_H_

// Who has subscribed to which channel or pattern, on all threads, and the sending of messages.
//
// Owner. server.cc; outlives every session. A subscriber is a session's id and its thread's
// mailbox. A message is encoded once and posted once to each thread that has subscribers; the
// thread then hands it to them.
//
// Locks. Channels are split into parts by hash, each with a mutex of its own; patterns have one
// more. They are leaves: shards may be locked when they are taken, and nothing is locked under
// them. A message is posted under its channel's mutex, so all subscribers of a channel see the same
// order, and each publisher's messages in the order of their sending.

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "server/exec/mailbox.h"
#include "server/exec/publisher.h"
#include "server/exec/session.h"
#include "storage/base/mutex.h"

namespace redstart {

class ChannelRegistry : public Publisher {
 public:
  ChannelRegistry() = default;

  // --- A session's own thread. False if nothing changed. ---
  bool Subscribe(Session& session, SubscriptionKind kind, std::string_view name);
  bool Unsubscribe(Session& session, SubscriptionKind kind, std::string_view name);
  void Leave(Session& session) override;

  // --- Any thread. ---
  size_t Publish(SubscriptionKind kind, std::string_view channel,
                 std::string_view message) override;
  // The channels or patterns that somebody has subscribed to and that match a glob pattern, in no
  // order. O(all of them).
  std::vector<std::string> Names(SubscriptionKind kind, std::string_view pattern = "*") const;
  // How many different ones there are, and how many sessions have subscribed to one of them.
  size_t size(SubscriptionKind kind) const;
  size_t SubscriberCount(SubscriptionKind kind, std::string_view name) const;

 private:
  // The subscribers of one channel or pattern, by thread, in the order in which they came.
  struct Readers {
    struct OfThread {
      Mailbox* mailbox;
      SessionIds sessions;
    };
    std::vector<OfThread> threads;

    void Add(const Session& session);
    void Remove(const Session& session);
    size_t count() const;
    // Posts a message to them all; returns their number.
    size_t Post(const std::shared_ptr<const Publication>& publication) const;
  };
  // One of the separately locked parts of a name space.
  struct Part {
    mutable Mutex mutex;
    absl::flat_hash_map<std::string, Readers> readers ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kParts = 16;
  struct NameSpace {
    std::array<Part, kParts> parts;
    std::atomic<size_t> size{0};
  };

  Part& PartOf(SubscriptionKind kind, std::string_view name);
  const Part& PartOf(SubscriptionKind kind, std::string_view name) const {
    return const_cast<ChannelRegistry*>(this)->PartOf(kind, name);
  }
  size_t PublishToPatterns(std::string_view channel, std::string_view message);

  std::array<NameSpace, kSubscriptionKinds> spaces_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PUBSUB_CHANNEL_REGISTRY_H_
