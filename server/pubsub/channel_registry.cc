#include "server/pubsub/channel_registry.h"

#include <initializer_list>

#include "absl/algorithm/container.h"
#include "absl/hash/hash.h"
#include "protocol/reply_builder.h"
#include "server/exec/subscriptions.h"
#include "storage/base/glob.h"

namespace redstart {
namespace {

// A push of these parts, without its first byte.
std::string Encode(std::initializer_list<std::string_view> parts) {
  ReplyBuffer buffer;
  ReplyBuilder push(&buffer);
  push.Push(parts.size());
  for (const std::string_view part : parts) push.Bulk(part);
  return std::string(buffer.bytes().substr(1));
}

}  // namespace

void ChannelRegistry::Readers::Add(const Session& session) {
  for (OfThread& one : threads) {
    if (one.mailbox == session.mailbox()) return one.sessions.push_back(session.id());
  }
  threads.push_back({session.mailbox(), {session.id()}});
}

void ChannelRegistry::Readers::Remove(const Session& session) {
  const auto of_thread = absl::c_find_if(
      threads, [&](const OfThread& one) { return one.mailbox == session.mailbox(); });
  if (of_thread == threads.end()) return;
  SessionIds& ids = of_thread->sessions;
  ids.erase(absl::c_find(ids, session.id()));
  if (ids.empty()) threads.erase(of_thread);
}

size_t ChannelRegistry::Readers::count() const {
  size_t sum = 0;
  for (const OfThread& one : threads) sum += one.sessions.size();
  return sum;
}

size_t ChannelRegistry::Readers::Post(const std::shared_ptr<const Publication>& publication) const {
  for (const OfThread& one : threads) {
    one.mailbox->Push({.subject = Mailbox::Subject::kPublication,
                       .publication = publication,
                       .readers = one.sessions});
  }
  return count();
}

ChannelRegistry::Part& ChannelRegistry::PartOf(SubscriptionKind kind, std::string_view name) {
  // All patterns stand in one part: every message looks at all of them.
  const size_t part = kind == SubscriptionKind::kPattern ? 0 : absl::HashOf(name) % kParts;
  return spaces_[static_cast<size_t>(kind)].parts[part];
}

bool ChannelRegistry::Subscribe(Session& session, SubscriptionKind kind, std::string_view name) {
  if (!session.subscriptions().Add(kind, name)) return false;
  Part& part = PartOf(kind, name);
  const MutexLock lock(&part.mutex);
  Readers& readers = part.readers[std::string(name)];
  if (readers.threads.empty()) spaces_[static_cast<size_t>(kind)].size.fetch_add(1);
  readers.Add(session);
  return true;
}

bool ChannelRegistry::Unsubscribe(Session& session, SubscriptionKind kind, std::string_view name) {
  if (session.subscription_count() == 0) return false;
  if (!session.subscriptions().Remove(kind, name)) return false;
  Part& part = PartOf(kind, name);
  const MutexLock lock(&part.mutex);
  const auto found = part.readers.find({name.data(), name.size()});
  found->second.Remove(session);
  if (found->second.threads.empty()) {
    part.readers.erase(found);
    spaces_[static_cast<size_t>(kind)].size.fetch_sub(1);
  }
  return true;
}

void ChannelRegistry::Leave(Session& session) {
  if (session.subscription_count() == 0) return;
  for (const SubscriptionKind kind :
       {SubscriptionKind::kChannel, SubscriptionKind::kPattern, SubscriptionKind::kShardChannel}) {
    const Subscriptions::Names names = session.subscriptions().names(kind);
    for (const std::string& name : names) Unsubscribe(session, kind, name);
  }
}

size_t ChannelRegistry::Publish(SubscriptionKind kind, std::string_view channel,
                                std::string_view message) {
  size_t receivers = 0;
  if (spaces_[static_cast<size_t>(kind)].size.load(std::memory_order_relaxed) > 0) {
    Part& part = PartOf(kind, channel);
    const MutexLock lock(&part.mutex);
    const auto found = part.readers.find({channel.data(), channel.size()});
    if (found != part.readers.end()) {
      const std::string_view word =
          kind == SubscriptionKind::kShardChannel ? "smessage" : "message";
      receivers = found->second.Post(std::make_shared<const Publication>(
          Publication{kind, std::string(channel), Encode({word, channel, message})}));
    }
  }
  if (kind == SubscriptionKind::kChannel) receivers += PublishToPatterns(channel, message);
  return receivers;
}

size_t ChannelRegistry::PublishToPatterns(std::string_view channel, std::string_view message) {
  constexpr auto kKind = SubscriptionKind::kPattern;
  if (spaces_[static_cast<size_t>(kKind)].size.load(std::memory_order_relaxed) == 0) return 0;
  size_t receivers = 0;
  Part& part = PartOf(kKind, {});
  const MutexLock lock(&part.mutex);
  for (const auto& [pattern, readers] : part.readers) {
    if (!GlobMatches(pattern, channel)) continue;
    receivers += readers.Post(std::make_shared<const Publication>(
        Publication{kKind, pattern, Encode({"pmessage", pattern, channel, message})}));
  }
  return receivers;
}

std::vector<std::string> ChannelRegistry::Names(SubscriptionKind kind,
                                                std::string_view pattern) const {
  std::vector<std::string> names;
  for (const Part& part : spaces_[static_cast<size_t>(kind)].parts) {
    const MutexLock lock(&part.mutex);
    for (const auto& [name, readers] : part.readers) {
      if (GlobMatches(pattern, name)) names.push_back(name);
    }
  }
  return names;
}

size_t ChannelRegistry::size(SubscriptionKind kind) const {
  return spaces_[static_cast<size_t>(kind)].size.load(std::memory_order_relaxed);
}

size_t ChannelRegistry::SubscriberCount(SubscriptionKind kind, std::string_view name) const {
  const Part& part = PartOf(kind, name);
  const MutexLock lock(&part.mutex);
  const auto found = part.readers.find({name.data(), name.size()});
  return found == part.readers.end() ? 0 : found->second.count();
}

}  // namespace redstart
