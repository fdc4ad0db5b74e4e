// XINFO: what is known about a stream, its groups and their consumers.

#include <algorithm>
#include <string>

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/commands/stream_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/types/stream.h"

namespace redstart {
namespace {

constexpr uint64_t kDefaultCount = 10;

// Fields with their names, as all of XINFO answers them.
class Facts {
 public:
  explicit Facts(ReplyBuilder& reply) : reply_(reply) {}

  void Number(std::string_view name, int64_t value) {
    reply_.Bulk(name);
    reply_.Integer(value);
  }
  void Number(std::string_view name, std::optional<int64_t> value) {
    reply_.Bulk(name);
    if (!value) return reply_.Null();
    reply_.Integer(*value);
  }
  void Size(std::string_view name, size_t value) { Number(name, static_cast<int64_t>(value)); }
  void Text(std::string_view name, std::string_view value) {
    reply_.Bulk(name);
    reply_.Bulk(value);
  }
  void Id(std::string_view name, StreamId id) {
    reply_.Bulk(name);
    ReplyWithId(id, reply_);
  }

 private:
  ReplyBuilder& reply_;
};

std::optional<int64_t> EntriesRead(const StreamGroup& group) {
  if (group.entries_read == StreamGroup::kUnknown) return std::nullopt;
  return group.entries_read;
}

// The stream of a key that must be there; null: the error has been written.
const Stream* FindStream(const ReadKeys& keys, std::string_view key, ReplyBuilder& reply) {
  const auto stream = keys.Find<StreamView>(key);
  if (!stream) {
    reply.Fail(error::kNoSuchKey);
    return nullptr;
  }
  if (stream.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return nullptr;
  }
  return &**stream;
}

// XINFO CONSUMERS key group
void Consumers(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Stream* stream = FindStream(keys, args[2], reply);
  if (stream == nullptr) return;
  const StreamGroup* group = stream->FindGroup(args[3]);
  if (group == nullptr) {
    return reply.FailWith(
        {"NOGROUP No such consumer group '", args[3], "' for key name '", args[2], "'"});
  }
  const auto now_ms = static_cast<int64_t>(keys.now_ms());
  reply.Array(group->consumers().size());
  for (const auto& [name, consumer] : group->consumers()) {
    const bool was_active = consumer.active_ms != StreamConsumer::kNeverActive;
    Facts facts(reply);
    reply.Map(4);
    facts.Text("name", name);
    facts.Size("pending", consumer.pending.size());
    facts.Number("idle", std::max<int64_t>(now_ms - consumer.seen_ms, 0));
    facts.Number("inactive",
                 was_active ? now_ms - consumer.active_ms : StreamConsumer::kNeverActive);
  }
}

// XINFO GROUPS key
void Groups(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Stream* stream = FindStream(keys, args[2], reply);
  if (stream == nullptr) return;
  reply.Array(stream->groups().size());
  for (const auto& [name, group] : stream->groups()) {
    Facts facts(reply);
    reply.Map(6);
    facts.Text("name", name);
    facts.Size("consumers", group.consumers().size());
    facts.Size("pending", group.pending().size());
    facts.Id("last-delivered-id", group.last_id);
    facts.Number("entries-read", EntriesRead(group));
    facts.Number("lag", stream->LagOf(group));
  }
}

void ReplyWithEdge(const Stream& stream, bool youngest, ReplyBuilder& reply) {
  if (stream.size() == 0) return reply.Null();
  stream.VisitRange(kFirstStreamId, kLastStreamId, youngest, [&](const StreamEntry& entry) {
    ReplyWithEntry(entry, reply);
    return false;
  });
}

// How many of `size` things are told; `most` 0 means all.
size_t Told(size_t size, uint64_t most) {
  return most == 0 ? size : std::min<size_t>(size, most);
}

void ReplyWithConsumer(const StreamGroup& group, const StreamConsumer& consumer, uint64_t most,
                       ReplyBuilder& reply) {
  Facts facts(reply);
  reply.Map(5);
  facts.Text("name", consumer.name);
  facts.Number("seen-time", consumer.seen_ms);
  facts.Number("active-time", consumer.active_ms);
  facts.Size("pel-count", consumer.pending.size());
  reply.Bulk("pending");
  size_t left = Told(consumer.pending.size(), most);
  reply.Array(left);
  for (auto id = consumer.pending.begin(); left > 0; ++id, --left) {
    const PendingEntry& entry = group.pending().find(*id)->second;
    reply.Array(3);
    ReplyWithId(*id, reply);
    reply.Integer(entry.delivered_ms);
    reply.Integer(static_cast<int64_t>(entry.deliveries));
  }
}

void ReplyWithGroup(const Stream& stream, std::string_view name, const StreamGroup& group,
                    uint64_t most, ReplyBuilder& reply) {
  Facts facts(reply);
  reply.Map(7);
  facts.Text("name", name);
  facts.Id("last-delivered-id", group.last_id);
  facts.Number("entries-read", EntriesRead(group));
  facts.Number("lag", stream.LagOf(group));
  facts.Size("pel-count", group.pending().size());
  reply.Bulk("pending");
  size_t left = Told(group.pending().size(), most);
  reply.Array(left);
  for (auto at = group.pending().begin(); left > 0; ++at, --left) {
    reply.Array(4);
    ReplyWithId(at->first, reply);
    reply.Bulk(at->second.consumer->name);
    reply.Integer(at->second.delivered_ms);
    reply.Integer(static_cast<int64_t>(at->second.deliveries));
  }
  reply.Bulk("consumers");
  reply.Array(group.consumers().size());
  for (const auto& [consumer_name, consumer] : group.consumers()) {
    ReplyWithConsumer(group, consumer, most, reply);
  }
}

void ReplyWithStream(const Stream& stream, std::optional<uint64_t> full_count,
                     ReplyBuilder& reply) {
  Facts facts(reply);
  reply.Map(full_count ? 9 : 10);
  facts.Size("length", stream.size());
  facts.Size("radix-tree-keys", stream.nodes().size());
  // Redis's tree has a node more than keys as long as these have no common beginning.
  facts.Size("radix-tree-nodes", stream.nodes().size() + 1);
  facts.Id("last-generated-id", stream.last_id());
  facts.Id("max-deleted-entry-id", stream.max_deleted_id());
  facts.Number("entries-added", static_cast<int64_t>(stream.entries_added()));
  facts.Id("recorded-first-entry-id", stream.first_id());
  if (!full_count) {
    facts.Size("groups", stream.groups().size());
    reply.Bulk("first-entry");
    ReplyWithEdge(stream, /*youngest=*/false, reply);
    reply.Bulk("last-entry");
    return ReplyWithEdge(stream, /*youngest=*/true, reply);
  }
  reply.Bulk("entries");
  ReplyWithRange(stream, {kFirstStreamId, kLastStreamId}, *full_count, false, reply);
  reply.Bulk("groups");
  reply.Array(stream.groups().size());
  for (const auto& [name, group] : stream.groups()) {
    ReplyWithGroup(stream, name, group, *full_count, reply);
  }
}

// XINFO STREAM key [FULL [COUNT count]]
void DescribeStream(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Stream* stream = FindStream(keys, args[2], reply);
  if (stream == nullptr) return;
  std::optional<uint64_t> full_count;
  if (args.size() > 3) {
    const bool has_count = args.size() == 6;
    if ((args.size() != 4 && !has_count) || !SameWord(args[3], "FULL") ||
        (has_count && !SameWord(args[4], "COUNT"))) {
      return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
    }
    full_count = kDefaultCount;
    if (has_count) {
      const std::optional<int64_t> count = ParseInt64(args[5]);
      if (!count) return reply.Fail(error::kNotInteger);
      if (*count >= 0) full_count = static_cast<uint64_t>(*count);
    }
  }
  ReplyWithStream(*stream, full_count, reply);
}

// XINFO HELP
void Help(Call&, Args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "CONSUMERS <key> <groupname>",
      "    The consumers of a group.",
      "GROUPS <key>",
      "    The groups of a stream.",
      "STREAM <key> [FULL [COUNT <count>]",
      "    A stream, with FULL also its first entries, groups and consumers.",
  };
  ReplyWithHelp("xinfo", kLines, reply);
}

constexpr KeySpec kReadSecond[] = {{.flags = kKeyReadOnly | kKeyAccess, .index = 2}};
constexpr auto kGroup = CommandGroup::kStream;
constexpr CommandSpec kCommands[] = {
    {.name = "XINFO",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "5.0.0",
     .summary = "Commands that describe streams.",
     .complexity = "Depends on subcommand."},
    {.name = "XINFO CONSUMERS",
     .args = "key group",
     .arity = 4,
     .keys = kReadSecond,
     .flags = kReadOnly,
     .group = kGroup,
     .run = Consumers,
     .since = "5.0.0",
     .history = "7.2.0 field inactive",
     .summary = "Describes the consumers of a group.",
     .complexity = "O(1) for each",
     .tips = "nondeterministic_output"},
    {.name = "XINFO GROUPS",
     .args = "key",
     .arity = 3,
     .keys = kReadSecond,
     .flags = kReadOnly,
     .group = kGroup,
     .run = Groups,
     .since = "5.0.0",
     .history = "7.0.0 fields entries-read and lag",
     .summary = "Describes the groups of a stream.",
     .complexity = "O(1) for each"},
    {.name = "XINFO HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "XINFO STREAM",
     .args = "key [full-block: FULL [COUNT count]]",
     .arity = -3,
     .keys = kReadSecond,
     .flags = kReadOnly,
     .group = kGroup,
     .run = DescribeStream,
     .since = "5.0.0",
     .history = "6.0.0 FULL\n"
                "7.0.0 fields max-deleted-entry-id, entries-added, recorded-first-entry-id, "
                "entries-read and lag\n"
                "7.2.0 field active-time; seen-time has another meaning",
     .summary = "Describes a stream.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows StreamInfoCommands() {
  return kCommands;
}

}  // namespace redstart
