// Sets: members without order under one key. What combines several sets is in
// set_algebra_commands.cc.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/scan_options.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/set_edits.h"

namespace redstart {
namespace {

// SADD key member [member ...]
void SAdd(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto set = keys.EditOrCreate<SetEditor>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args members = args.subspan(2);
  set->PrepareFor(members);
  int64_t added = 0;
  for (const std::string_view member : members) added += set->Add(member);
  if (added > 0) set.Changed(Event::kSet, "sadd", static_cast<uint64_t>(added));
  reply.Integer(added);
}

// SREM key member [member ...]
void SRem(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto set = keys.Edit<SetEditor>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!set) return reply.Integer(0);
  int64_t removed = 0;
  for (const std::string_view member : args.subspan(2)) removed += set->Erase(member);
  if (removed > 0) set.Changed(Event::kSet, "srem", static_cast<uint64_t>(removed));
  reply.Integer(removed);
}

// SMOVE source destination member
void SMove(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view member = args[3];
  const auto source = keys.Find<SetView>(args[1]);
  if (!source) return reply.Integer(0);
  const auto target = keys.Find<SetView>(args[2]);
  if (source.IsWrongType() || target.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!source->Contains(member)) return reply.Integer(0);
  if (args[1] == args[2]) return reply.Integer(1);
  auto from = keys.Edit<SetEditor>(args[1]);
  from->Erase(member);
  from.Changed(Event::kSet, "srem");
  auto to = keys.EditOrCreate<SetEditor>(args[2]);
  if (to->empty()) to->PrepareFor(args.subspan(3));
  if (to->Add(member)) to.Changed(Event::kSet, "sadd");
  reply.Integer(1);
}

// SISMEMBER key member
void SIsMember(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(set->Contains(args[2]) ? 1 : 0);
}

// SMISMEMBER key member [member ...]
void SMIsMember(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args members = args.subspan(2);
  reply.Array(members.size());
  for (const std::string_view member : members) reply.Integer(set->Contains(member) ? 1 : 0);
}

// SCARD key
void SCard(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(static_cast<int64_t>(set->size()));
}

// SMEMBERS key
void SMembers(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Set(set->size());
  set->ForEach([&](const Element& member) { ReplyWithElement(member, reply); });
}

// The effect of removing these members: SREM, with up to 1,024 of them at once.
void RecordRemoval(WriteKeys& keys, std::string_view key, const std::vector<std::string>& members) {
  constexpr size_t kMostAtOnce = 1024;
  for (size_t i = 0; i < members.size(); i += kMostAtOnce) {
    const size_t end = std::min(members.size(), i + kMostAtOnce);
    std::vector<std::string_view> command = {"SREM", key};
    command.insert(command.end(), members.begin() + static_cast<ptrdiff_t>(i),
                   members.begin() + static_cast<ptrdiff_t>(end));
    keys.Effect(command);
  }
}

// All of a set leaves with its key.
void PopAll(WriteKeys& keys, std::string_view key, ReplyBuilder& reply) {
  size_t count = 0;
  {
    const auto set = keys.Find<SetView>(key);
    count = set->size();
    reply.Set(count);
    set->ForEach([&](const Element& member) { ReplyWithElement(member, reply); });
  }
  keys.Delete(key);
  keys.Changed(key, Event::kSet, "spop", count);
  keys.AlsoChanged(key, Event::kGeneric, "del");
  keys.Effect({keys.config().lazyfree_lazy_server_del ? "UNLINK" : "DEL", key});
}

// Fewer than all of them.
void PopSome(WriteKeys& keys, std::string_view key, size_t count, ReplyBuilder& reply) {
  auto set = keys.Edit<SetEditor>(key);
  std::vector<std::string> popped;
  popped.reserve(count);
  set->view().VisitRandomDistinct(
      count, [&](const Element& member) { popped.push_back(member.ToString()); });
  reply.Set(count);
  for (const std::string& member : popped) {
    set->Erase(std::string_view(member));
    reply.Bulk(member);
  }
  set.Changed(Event::kSet, "spop", count);
  RecordRemoval(keys, key, popped);
}

void PopCount(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t count = in.Integer(
      {.min = 0, .otherwise = error::kMustBePositive, .malformed = error::kMustBePositive});
  if (!in.ok()) return reply.Fail(in.error());
  size_t size = 0;
  {
    const auto set = keys.Find<SetView>(args[1]);
    if (set.IsWrongType()) return reply.Fail(error::kWrongType);
    size = set->size();
  }
  if (count == 0 || size == 0) return reply.Set(0);
  if (static_cast<uint64_t>(count) >= size) return PopAll(keys, args[1], reply);
  PopSome(keys, args[1], static_cast<size_t>(count), reply);
}

// SPOP key [count]
void SPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::kSyntax);
  if (args.size() == 3) return PopCount(keys, args, reply);
  auto set = keys.Edit<SetEditor>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!set) return reply.Null();
  const std::string popped = set->PopRandom();
  set.Changed(Event::kSet, "spop");
  keys.Effect({"SREM", args[1], popped});
  reply.Bulk(popped);
}

// SRANDMEMBER key [count]
void SRandMember(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::kSyntax);
  const auto visit = [&](const Element& member) { ReplyWithElement(member, reply); };
  if (args.size() == 2) {
    const auto set = keys.Find<SetView>(args[1]);
    if (set.IsWrongType()) return reply.Fail(error::kWrongType);
    if (!set) return reply.Null();
    return set->VisitRandomTimes(1, visit);
  }
  ArgReader in(args.subspan(2));
  const int64_t count =
      in.Integer({.min = -std::numeric_limits<int64_t>::max(), .otherwise = error::kCountRange});
  if (!in.ok()) return reply.Fail(in.error());
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!set || count == 0) return reply.EmptyArray();
  const auto wanted = static_cast<size_t>(count < 0 ? -count : count);
  const size_t given = count < 0 ? wanted : std::min(wanted, set->size());
  reply.Array(given);
  if (count < 0) return set->VisitRandomTimes(given, visit);
  set->VisitRandomDistinct(given, visit);
}

// SSCAN key cursor [MATCH pattern] [COUNT count]
void SScan(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> cursor = ParseCursor(args[2]);
  if (!cursor) return reply.Fail(error::kInvalidCursor);
  const auto set = keys.Find<SetView>(args[1]);
  if (set.IsWrongType()) return reply.Fail(error::kWrongType);
  ScanReply found;
  // As on Redis, wrong options are no error where there is nothing to scan.
  if (!set) return found.Write(0, reply);
  ScanOptions options;
  const std::string_view error = options.Read(args.subspan(3), ScanKind::kOther);
  if (!error.empty()) return reply.Fail(error);
  const uint64_t next = set->Scan(*cursor, options.count, [&](const Element& member) {
    if (options.Matches(member)) found.Add(member);
  });
  found.Write(next, reply);
}

constexpr KeySpec kMoveKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete},
    {.flags = kKeyReadWrite | kKeyInsert, .index = 2},
};

constexpr CommandSpec kCommands[] = {
    {.name = "SADD",
     .args = "key member [member ...]",
     .arity = -3,
     .keys = kInsertFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kSet,
     .run = SAdd,
     .since = "1.0.0",
     .history = "2.4.0 several members",
     .summary = "Adds members to a set, which is created if it is not there.",
     .complexity = "O(N), N being the number of members given"},
    {.name = "SREM",
     .args = "key member [member ...]",
     .arity = -3,
     .keys = kDeleteInFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSet,
     .run = SRem,
     .since = "1.0.0",
     .history = "2.4.0 several members",
     .summary = "Removes members from a set, and the set with its last one.",
     .complexity = "O(N), N being the number of members given"},
    {.name = "SMOVE",
     .args = "source destination member",
     .arity = 4,
     .keys = kMoveKeys,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSet,
     .run = SMove,
     .since = "1.0.0",
     .summary = "Moves a member from one set to another.",
     .complexity = "O(1)"},
    {.name = "SISMEMBER",
     .args = "key member",
     .arity = 3,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kSet,
     .run = SIsMember,
     .since = "1.0.0",
     .summary = "Tells whether a set has a member.",
     .complexity = "O(1)"},
    {.name = "SMISMEMBER",
     .args = "key member [member ...]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kSet,
     .run = SMIsMember,
     .since = "6.2.0",
     .summary = "Tells of several members whether a set has them.",
     .complexity = "O(N), N being the number of members given"},
    {.name = "SCARD",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kSet,
     .run = SCard,
     .since = "1.0.0",
     .summary = "Counts the members of a set.",
     .complexity = "O(1)"},
    {.name = "SMEMBERS",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SMembers,
     .since = "1.0.0",
     .summary = "Answers with all members of a set.",
     .complexity = "O(N), N being the size of the set",
     .tips = "nondeterministic_output_order"},
    {.name = "SPOP",
     .args = "key [count@3.2.0]",
     .arity = -2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSet,
     .run = SPop,
     .since = "1.0.0",
     .history = "3.2.0 the count",
     .summary = "Takes members out of a set at random.",
     .complexity = "O(N), N being the number of members taken",
     .tips = "nondeterministic_output"},
    {.name = "SRANDMEMBER",
     .args = "key [count@2.6.0]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SRandMember,
     .since = "1.0.0",
     .history = "2.6.0 the count",
     .summary = "Picks members of a set at random.",
     .complexity = "O(N), N being the number of members picked",
     .tips = "nondeterministic_output"},
    {.name = "SSCAN",
     .args = "key cursor [MATCH pattern] [COUNT count]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSet,
     .run = SScan,
     .since = "2.8.0",
     .summary = "Visits the members of a set a few at a time.",
     .complexity = "O(1) for every call, O(N) for N members from cursor 0 back to cursor 0",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows SetCommands() {
  return kCommands;
}

}  // namespace redstart
