// SUBSCRIBE and its family, PUBLISH, SPUBLISH and PUBSUB.

#include <utility>

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/pubsub/channel_registry.h"

namespace redstart {
namespace {

constexpr auto kChannel = SubscriptionKind::kChannel;
constexpr auto kPattern = SubscriptionKind::kPattern;
constexpr auto kShardChannel = SubscriptionKind::kShardChannel;

// What clients are told to have: shard channels count for themselves.
int64_t CountFor(const Session& session, SubscriptionKind kind) {
  if (kind == kShardChannel) return static_cast<int64_t>(session.subscription_count(kind));
  return static_cast<int64_t>(session.subscription_count(kChannel) +
                              session.subscription_count(kPattern));
}

template <SubscriptionKind kKind>
constexpr std::string_view kSubscribed = kKind == kChannel   ? "subscribe"
                                         : kKind == kPattern ? "psubscribe"
                                                             : "ssubscribe";
template <SubscriptionKind kKind>
constexpr std::string_view kUnsubscribed = kKind == kChannel   ? "unsubscribe"
                                           : kKind == kPattern ? "punsubscribe"
                                                               : "sunsubscribe";

// SUBSCRIBE channel [channel ...], PSUBSCRIBE pattern [...], SSUBSCRIBE shardchannel [...]
template <SubscriptionKind kKind>
void Subscribe(Call& call, Args args, ReplyBuilder& reply) {
  // Inside EXEC each command is expected to give one reply; for the older two Redis makes an
  // exception.
  if (kKind == kShardChannel && !call.may_wait()) {
    return reply.Fail("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client");
  }
  for (const std::string_view name : args.subspan(1)) {
    call.services().channels->Subscribe(call.session(), kKind, name);
    reply.Push(3);
    reply.Bulk(kSubscribed<kKind>);
    reply.Bulk(name);
    reply.Integer(CountFor(call.session(), kKind));
  }
}

template <SubscriptionKind kKind>
void UnsubscribeFrom(Call& call, std::string_view name, ReplyBuilder& reply) {
  call.services().channels->Unsubscribe(call.session(), kKind, name);
  reply.Push(3);
  reply.Bulk(kUnsubscribed<kKind>);
  reply.Bulk(name);
  reply.Integer(CountFor(call.session(), kKind));
}

// UNSUBSCRIBE [channel ...], PUNSUBSCRIBE [pattern ...], SUNSUBSCRIBE [shardchannel ...]
template <SubscriptionKind kKind>
void Unsubscribe(Call& call, Args args, ReplyBuilder& reply) {
  for (const std::string_view name : args.subspan(1)) UnsubscribeFrom<kKind>(call, name, reply);
  if (args.size() > 1) return;
  if (call.session().subscription_count(kKind) > 0) {
    const Subscriptions::Names names = call.session().subscriptions().names(kKind);
    for (const std::string& name : names) UnsubscribeFrom<kKind>(call, name, reply);
    return;
  }
  // There is nothing to leave, but a client counts on an answer.
  reply.Push(3);
  reply.Bulk(kUnsubscribed<kKind>);
  reply.Null();
  reply.Integer(CountFor(call.session(), kKind));
}

// PUBLISH channel message, SPUBLISH shardchannel message
template <SubscriptionKind kKind>
void Publish(Call& call, Args args, ReplyBuilder& reply) {
  const size_t receivers = call.services().publisher->Publish(kKind, args[1], args[2]);
  call.PassOn();
  reply.Integer(static_cast<int64_t>(receivers));
}

// PUBSUB CHANNELS [pattern], PUBSUB SHARDCHANNELS [pattern]
template <SubscriptionKind kKind>
void Channels(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::UnknownSubcommand(args[1], "PUBSUB"));
  const std::vector<std::string> names =
      call.services().channels->Names(kKind, args.size() == 3 ? args[2] : "*");
  reply.Array(names.size());
  for (const std::string& name : names) reply.Bulk(name);
}

// PUBSUB NUMPAT
void NumPat(Call& call, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(call.services().channels->size(kPattern)));
}

// PUBSUB NUMSUB [channel ...], PUBSUB SHARDNUMSUB [shardchannel ...]
template <SubscriptionKind kKind>
void NumSub(Call& call, Args args, ReplyBuilder& reply) {
  const Args names = args.subspan(2);
  reply.Array(2 * names.size());
  for (const std::string_view name : names) {
    reply.Bulk(name);
    reply.Integer(static_cast<int64_t>(call.services().channels->SubscriberCount(kKind, name)));
  }
}

// PUBSUB HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  constexpr std::string_view kLines[] = {
      "CHANNELS [<pattern>]",
      "    The channels that have subscribers, all or those that match <pattern>.",
      "NUMPAT",
      "    How many different patterns clients have subscribed to.",
      "NUMSUB [<channel> ...]",
      "    How many subscribers each channel has; those of patterns do not count.",
      "SHARDCHANNELS [<pattern>]",
      "    The shard channels that have subscribers, all or those that match <pattern>.",
      "SHARDNUMSUB [<shardchannel> ...]",
      "    How many subscribers each shard channel has.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr KeySpec kShardChannelArgument[] = {{.flags = kKeyNotKey}};
constexpr KeySpec kShardChannelArguments[] = {{.flags = kKeyNotKey, .last = -1}};
constexpr uint32_t kSubscriberFlags = kPubSub | kNoScript | kLoading | kStale | kForSubscribers;
constexpr uint32_t kPublishFlags = kPubSub | kLoading | kStale | kFast | kMayReplicate;
constexpr uint32_t kQueryFlags = kPubSub | kLoading | kStale;

constexpr CommandSpec kCommands[] = {
    {.name = "SUBSCRIBE",
     .args = "channel [channel ...]",
     .arity = -2,
     .flags = kSubscriberFlags | kSentinel,
     .group = CommandGroup::kPubSub,
     .run = Subscribe<kChannel>,
     .since = "2.0.0",
     .summary = "Asks for the messages of channels.",
     .complexity = "O(N) where N is the number of channels to subscribe to."},
    {.name = "UNSUBSCRIBE",
     .args = "[channel ...]",
     .arity = -1,
     .flags = kSubscriberFlags | kSentinel,
     .group = CommandGroup::kPubSub,
     .run = Unsubscribe<kChannel>,
     .since = "2.0.0",
     .summary = "Leaves channels, or all of them.",
     .complexity = "O(N) where N is the number of channels to unsubscribe."},
    {.name = "PSUBSCRIBE",
     .args = "pattern [pattern ...]",
     .arity = -2,
     .flags = kSubscriberFlags | kSentinel,
     .group = CommandGroup::kPubSub,
     .run = Subscribe<kPattern>,
     .since = "2.0.0",
     .summary = "Asks for the messages of all channels whose names match glob patterns.",
     .complexity = "O(N) where N is the number of patterns to subscribe to."},
    {.name = "PUNSUBSCRIBE",
     .args = "[pattern ...]",
     .arity = -1,
     .flags = kSubscriberFlags | kSentinel,
     .group = CommandGroup::kPubSub,
     .run = Unsubscribe<kPattern>,
     .since = "2.0.0",
     .summary = "Leaves patterns, or all of them.",
     .complexity = "O(N) where N is the number of patterns to unsubscribe."},
    {.name = "SSUBSCRIBE",
     .args = "shardchannel [shardchannel ...]",
     .arity = -2,
     .keys = kShardChannelArguments,
     .flags = kSubscriberFlags,
     .group = CommandGroup::kPubSub,
     .run = Subscribe<kShardChannel>,
     .since = "7.0.0",
     .summary = "Asks for the messages of shard channels.",
     .complexity = "O(N) where N is the number of shard channels to subscribe to."},
    {.name = "SUNSUBSCRIBE",
     .args = "[shardchannel ...]",
     .arity = -1,
     .keys = kShardChannelArguments,
     .flags = kSubscriberFlags,
     .group = CommandGroup::kPubSub,
     .run = Unsubscribe<kShardChannel>,
     .since = "7.0.0",
     .summary = "Leaves shard channels, or all of them.",
     .complexity = "O(N) where N is the number of shard channels to unsubscribe."},
    {.name = "PUBLISH",
     .args = "channel message",
     .arity = 3,
     .flags = kPublishFlags | kSentinel,
     .group = CommandGroup::kPubSub,
     .run = Publish<kChannel>,
     .since = "2.0.0",
     .summary = "Sends a message to everybody who has subscribed to a channel.",
     .complexity = "O(N+M) where N is the number of clients subscribed to the receiving channel "
                   "and M is the total number of subscribed patterns (by any client)."},
    {.name = "SPUBLISH",
     .args = "shardchannel message",
     .arity = 3,
     .keys = kShardChannelArgument,
     .flags = kPublishFlags,
     .group = CommandGroup::kPubSub,
     .run = Publish<kShardChannel>,
     .since = "7.0.0",
     .summary = "Sends a message to everybody who has subscribed to a shard channel.",
     .complexity = "O(N) where N is the number of clients subscribed to the receiving shard "
                   "channel."},
    {.name = "PUBSUB",
     .arity = -2,
     .flags = kContainer,
     .group = CommandGroup::kPubSub,
     .since = "2.8.0",
     .summary = "Tells which channels have subscribers.",
     .complexity = "Depends on the subcommand."},
    {.name = "PUBSUB CHANNELS",
     .args = "[pattern]",
     .arity = -2,
     .flags = kQueryFlags,
     .group = CommandGroup::kPubSub,
     .run = Channels<kChannel>,
     .since = "2.8.0",
     .summary = "The channels that have subscribers.",
     .complexity = "O(N) where N is the number of active channels, and assuming constant time "
                   "pattern matching (relatively short channels and patterns)"},
    {.name = "PUBSUB NUMPAT",
     .arity = 2,
     .flags = kQueryFlags,
     .group = CommandGroup::kPubSub,
     .run = NumPat,
     .since = "2.8.0",
     .summary = "How many different patterns clients have subscribed to.",
     .complexity = "O(1)"},
    {.name = "PUBSUB NUMSUB",
     .args = "[channel ...]",
     .arity = -2,
     .flags = kQueryFlags,
     .group = CommandGroup::kPubSub,
     .run = NumSub<kChannel>,
     .since = "2.8.0",
     .summary = "How many subscribers channels have.",
     .complexity = "O(N) for the NUMSUB subcommand, where N is the number of requested channels"},
    {.name = "PUBSUB SHARDCHANNELS",
     .args = "[pattern]",
     .arity = -2,
     .flags = kQueryFlags,
     .group = CommandGroup::kPubSub,
     .run = Channels<kShardChannel>,
     .since = "7.0.0",
     .summary = "The shard channels that have subscribers.",
     .complexity = "O(N) where N is the number of active shard channels, and assuming constant "
                   "time pattern matching (relatively short shard channels)."},
    {.name = "PUBSUB SHARDNUMSUB",
     .args = "[shardchannel ...]",
     .arity = -2,
     .flags = kQueryFlags,
     .group = CommandGroup::kPubSub,
     .run = NumSub<kShardChannel>,
     .since = "7.0.0",
     .summary = "How many subscribers shard channels have.",
     .complexity = "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard "
                   "channels"},
    {.name = "PUBSUB HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = CommandGroup::kPubSub,
     .run = Help,
     .since = "6.2.0",
     .summary = "Lists the subcommands.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows PubSubCommands() {
  return kCommands;
}

}  // namespace redstart
