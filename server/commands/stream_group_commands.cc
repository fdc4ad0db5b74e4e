// Consumer groups of streams: XGROUP, XACK and XPENDING. What takes pending entries over stands in
// stream_claim_commands.cc.

#include <algorithm>
#include <string>
#include <vector>

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/commands/stream_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/stream_editor.h"

namespace redstart {
namespace {

constexpr std::string_view kNeedsKey =
    "ERR The XGROUP subcommand requires the key to exist. Note that for CREATE you may want to use "
    "the MKSTREAM option to create an empty stream automatically.";

void FailForMissingGroup(std::string_view key, std::string_view group, ReplyBuilder& reply) {
  reply.FailWith({"NOGROUP No such consumer group '", group, "' for key name '", key, "'"});
}

struct GroupOptions {
  bool make_stream = false;
  int64_t entries_read = StreamGroup::kUnknown;
};

// The options behind the id of XGROUP CREATE and SETID; otherwise the error has been written.
std::optional<GroupOptions> ReadGroupOptions(Args args, bool may_make, ReplyBuilder& reply) {
  GroupOptions options;
  for (size_t i = 5; i < args.size(); ++i) {
    if (may_make && SameWord(args[i], "MKSTREAM")) {
      options.make_stream = true;
    } else if (SameWord(args[i], "ENTRIESREAD") && i + 1 < args.size()) {
      const std::optional<int64_t> read = ParseInt64(args[++i]);
      if (!read) {
        reply.Fail(error::kNotInteger);
        return std::nullopt;
      }
      if (*read < 0 && *read != StreamGroup::kUnknown) {
        reply.Fail("ERR value for ENTRIESREAD must be positive or -1");
        return std::nullopt;
      }
      options.entries_read = *read;
    } else {
      reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
      return std::nullopt;
    }
  }
  return options;
}

// The group that a subcommand of XGROUP is about; otherwise the error has been written.
StreamGroup* FindGroup(EditGuard<StreamEditor>& guard, Args args, ReplyBuilder& reply) {
  if (guard.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return nullptr;
  }
  if (!guard) {
    reply.Fail(kNeedsKey);
    return nullptr;
  }
  StreamGroup* group = guard->get()->FindGroup(args[3]);
  if (group == nullptr) FailForMissingGroup(args[2], args[3], reply);
  return group;
}

// XGROUP CREATE key group id|$ [MKSTREAM] [ENTRIESREAD entries-read]
void Create(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<GroupOptions> options = ReadGroupOptions(args, true, reply);
  if (!options) return;
  auto guard = keys.EditOrCreate<StreamEditor>(args[2]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  const bool is_new = guard->get() == nullptr;
  if (is_new && !options->make_stream) return reply.Fail(kNeedsKey);
  std::optional<StreamId> last = is_new ? StreamId() : guard->get()->last_id();
  if (args[4] != "$") last = ReadStreamId(args[4], reply);
  if (!last) return;
  Stream* stream = guard->Make();
  const auto [group, is_added] =
      stream->groups().try_emplace(std::string(args[3]), *last, options->entries_read);
  if (!is_added) return reply.Fail("BUSYGROUP Consumer Group name already exists");
  if (is_new) {
    guard.Changed(Event::kStream, "xgroup-create");
  } else {
    keys.ChangedQuietly(args[2], Event::kStream, "xgroup-create");
  }
  reply.Ok();
}

// XGROUP SETID key group id|$ [ENTRIESREAD entries-read]
void SetId(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<GroupOptions> options = ReadGroupOptions(args, false, reply);
  if (!options) return;
  auto guard = keys.Edit<StreamEditor>(args[2]);
  StreamGroup* group = FindGroup(guard, args, reply);
  if (group == nullptr) return;
  std::optional<StreamId> id = guard->get()->last_id();
  if (args[4] == "-") {
    id = kFirstStreamId;
  } else if (args[4] == "+") {
    id = kLastStreamId;
  } else if (args[4] != "$") {
    id = ReadStreamId(args[4], reply);
  }
  if (!id) return;
  group->last_id = *id;
  group->entries_read = options->entries_read;
  keys.ChangedQuietly(args[2], Event::kStream, "xgroup-setid");
  reply.Ok();
}

// XGROUP DESTROY key group
void Destroy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto guard = keys.Edit<StreamEditor>(args[2]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!guard) return reply.Fail(kNeedsKey);
  Stream::Groups& groups = guard->get()->groups();
  const auto found = groups.find(args[3]);
  if (found == groups.end()) return reply.Integer(0);
  groups.erase(found);
  // Whoever waits as a member of the group hears that it is gone.
  keys.ChangedQuietly(args[2], Event::kStream, "xgroup-destroy");
  keys.WakeWaiters(args[2]);
  reply.Integer(1);
}

// XGROUP CREATECONSUMER key group consumer
void CreateConsumer(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto guard = keys.Edit<StreamEditor>(args[2]);
  StreamGroup* group = FindGroup(guard, args, reply);
  if (group == nullptr) return;
  if (group->Create(args[4], static_cast<int64_t>(keys.now_ms())) == nullptr) {
    return reply.Integer(0);
  }
  keys.ChangedQuietly(args[2], Event::kStream, "xgroup-createconsumer");
  reply.Integer(1);
}

// XGROUP DELCONSUMER key group consumer
void DeleteConsumer(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto guard = keys.Edit<StreamEditor>(args[2]);
  StreamGroup* group = FindGroup(guard, args, reply);
  if (group == nullptr) return;
  StreamConsumer* consumer = group->Find(args[4]);
  if (consumer == nullptr) return reply.Integer(0);
  const size_t pending = group->Delete(consumer);
  keys.ChangedQuietly(args[2], Event::kStream, "xgroup-delconsumer");
  reply.Integer(static_cast<int64_t>(pending));
}

// XGROUP HELP
void Help(Call&, Args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "CREATE <key> <groupname> <id|$> [option]",
      "    Make a group that has read up to <id>. Options:",
      "    * MKSTREAM",
      "      Make an empty stream if there is none.",
      "    * ENTRIESREAD entries_read",
      "      How many entries ever added stand up to <id>.",
      "CREATECONSUMER <key> <groupname> <consumer>",
      "    Make a consumer of a group.",
      "DELCONSUMER <key> <groupname> <consumer>",
      "    Forget a consumer and what is pending with it.",
      "DESTROY <key> <groupname>",
      "    Forget a group.",
      "SETID <key> <groupname> <id|$> [ENTRIESREAD entries_read]",
      "    Say up to where a group has read.",
  };
  ReplyWithHelp("xgroup", kLines, reply);
}

// XACK key group id [id ...]
void XAck(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto stream = keys.Read<StreamView>(args[1]);
  if (stream.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!stream || (*stream)->FindGroup(args[2]) == nullptr) return reply.Integer(0);
  std::vector<StreamId> ids;
  for (const std::string_view text : args.subspan(3)) {
    const std::optional<StreamId> id = ReadStreamId(text, reply);
    if (!id) return;
    ids.push_back(*id);
  }
  auto guard = keys.Edit<StreamEditor>(args[1]);
  StreamGroup* group = guard->get()->FindGroup(args[2]);
  uint64_t acknowledged = 0;
  for (const StreamId id : ids) acknowledged += group->Acknowledge(id);
  if (acknowledged > 0) keys.ChangedQuietly(args[1], Event::kSilent, {}, acknowledged);
  reply.Integer(static_cast<int64_t>(acknowledged));
}

struct PendingQuery {
  int64_t min_idle = 0;
  IdRange range;
  uint64_t count = 0;
  std::optional<std::string_view> consumer;
};

// What XPENDING is asked for in its long form; otherwise the error has been written.
std::optional<PendingQuery> ReadPendingQuery(Args args, ReplyBuilder& reply) {
  PendingQuery query;
  size_t at = 3;
  if (SameWord(args[3], "IDLE")) {
    const std::optional<int64_t> idle = ParseInt64(args[4]);
    if (!idle || args.size() < 8) {
      reply.Fail(idle ? error::kSyntax : error::kNotInteger);
      return std::nullopt;
    }
    query.min_idle = *idle;
    at += 2;
  }
  const std::optional<uint64_t> count = ReadCount(args[at + 2], reply);
  if (!count) return std::nullopt;
  const std::optional<IdRange> range = ReadIdRange(args[at], args[at + 1], reply);
  if (!range) return std::nullopt;
  query.count = *count;
  query.range = *range;
  if (at + 3 < args.size()) query.consumer = args[at + 3];
  return query;
}

void ReplyWithPendingSummary(const StreamGroup& group, ReplyBuilder& reply) {
  reply.Array(4);
  reply.Integer(static_cast<int64_t>(group.pending().size()));
  if (group.pending().empty()) {
    reply.Null();
    reply.Null();
    return reply.NullArray();
  }
  ReplyWithId(group.pending().begin()->first, reply);
  ReplyWithId(group.pending().rbegin()->first, reply);
  const size_t array = reply.BeginArray();
  size_t consumers = 0;
  for (const auto& [name, consumer] : group.consumers()) {
    if (consumer.pending.empty()) continue;
    ++consumers;
    reply.Array(2);
    reply.Bulk(name);
    reply.Bulk(FormatInt64(static_cast<int64_t>(consumer.pending.size())));
  }
  reply.EndArray(array, consumers);
}

// Visits what is pending with a consumer, or (null) with the whole group, in a range of ids, until
// `visit` returns false.
template <typename Visit>
void VisitPending(const StreamGroup& group, const StreamConsumer* consumer, const IdRange& range,
                  Visit&& visit) {
  if (consumer == nullptr) {
    auto at = group.pending().lower_bound(range.from);
    for (; at != group.pending().end() && at->first <= range.to; ++at) {
      if (!visit(at->first, at->second)) return;
    }
    return;
  }
  auto at = consumer->pending.lower_bound(range.from);
  for (; at != consumer->pending.end() && *at <= range.to; ++at) {
    if (!visit(*at, group.pending().find(*at)->second)) return;
  }
}

// XPENDING key group [[IDLE min-idle-time] start end count [consumer]]
void XPending(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() != 3 && (args.size() < 6 || args.size() > 9)) return reply.Fail(error::kSyntax);
  std::optional<PendingQuery> query;
  if (args.size() > 3) {
    query = ReadPendingQuery(args, reply);
    if (!query) return;
  }
  const auto stream = keys.Find<StreamView>(args[1]);
  if (stream.IsWrongType()) return reply.Fail(error::kWrongType);
  const StreamGroup* group = stream ? (*stream)->FindGroup(args[2]) : nullptr;
  if (group == nullptr) return FailForGroup(args[1], args[2], reply);
  if (!query) return ReplyWithPendingSummary(*group, reply);
  const StreamConsumer* consumer = query->consumer ? group->Find(*query->consumer) : nullptr;
  if (query->consumer && consumer == nullptr) return reply.EmptyArray();
  const auto now_ms = static_cast<int64_t>(keys.now_ms());
  const size_t array = reply.BeginArray();
  uint64_t count = 0;
  VisitPending(*group, consumer, query->range, [&](StreamId id, const PendingEntry& entry) {
    if (count == query->count) return false;
    const int64_t idle = now_ms - entry.delivered_ms;
    if (query->min_idle != 0 && idle < query->min_idle) return true;
    ++count;
    reply.Array(4);
    ReplyWithId(id, reply);
    reply.Bulk(entry.consumer->name);
    reply.Integer(std::max<int64_t>(idle, 0));
    reply.Integer(static_cast<int64_t>(entry.deliveries));
    return true;
  });
  reply.EndArray(array, count);
}

constexpr KeySpec kInsertSecond[] = {{.flags = kKeyReadWrite | kKeyInsert, .index = 2}};
constexpr KeySpec kUpdateSecond[] = {{.flags = kKeyReadWrite | kKeyUpdate, .index = 2}};
constexpr KeySpec kDeleteSecond[] = {{.flags = kKeyReadWrite | kKeyDelete, .index = 2}};
constexpr auto kGroup = CommandGroup::kStream;
constexpr CommandSpec kCommands[] = {
    {.name = "XGROUP",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "5.0.0",
     .summary = "Commands about the groups of a stream.",
     .complexity = "Depends on subcommand."},
    {.name = "XGROUP CREATE",
     .args = "key group <id-selector: id | new-id=$> [MKSTREAM] [ENTRIESREAD entries-read]",
     .arity = -5,
     .keys = kInsertSecond,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = Create,
     .since = "5.0.0",
     .history = "7.0.0 option ENTRIESREAD",
     .summary = "Makes a group.",
     .complexity = "O(1)"},
    {.name = "XGROUP CREATECONSUMER",
     .args = "key group consumer",
     .arity = 5,
     .keys = kInsertSecond,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = CreateConsumer,
     .since = "6.2.0",
     .summary = "Makes a consumer of a group.",
     .complexity = "O(1)"},
    {.name = "XGROUP DELCONSUMER",
     .args = "key group consumer",
     .arity = 5,
     .keys = kDeleteSecond,
     .flags = kWrite,
     .group = kGroup,
     .run = DeleteConsumer,
     .since = "5.0.0",
     .summary = "Forgets a consumer of a group.",
     .complexity = "O(1)"},
    {.name = "XGROUP DESTROY",
     .args = "key group",
     .arity = 4,
     .keys = kDeleteSecond,
     .flags = kWrite,
     .group = kGroup,
     .run = Destroy,
     .since = "5.0.0",
     .summary = "Forgets a group.",
     .complexity = "O(N), N being the number of entries pending with it"},
    {.name = "XGROUP HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "XGROUP SETID",
     .args = "key group <id-selector: id | new-id=$> [ENTRIESREAD entriesread=entries-read#i]",
     .arity = -5,
     .keys = kUpdateSecond,
     .flags = kWrite,
     .group = kGroup,
     .run = SetId,
     .since = "5.0.0",
     .history = "7.0.0 option ENTRIESREAD",
     .summary = "Sets the id up to which a group has read.",
     .complexity = "O(1)"},
    {.name = "XACK",
     .args = "key group ID#s [ID#s ...]",
     .arity = -4,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .group = kGroup,
     .run = XAck,
     .since = "5.0.0",
     .summary = "Acknowledges entries, which are not pending with the group any more.",
     .complexity = "O(1) for each entry"},
    {.name = "XPENDING",
     .args = "key group [filters: [IDLE min-idle-time#i@6.2.0] start#s end#s count [consumer]]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = XPending,
     .since = "5.0.0",
     .history = "6.2.0 option IDLE, and ranges without their ends",
     .summary = "Tells which entries are pending with a group.",
     .complexity = "O(N), N being the number of entries",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows StreamGroupCommands() {
  return kCommands;
}

}  // namespace redstart
