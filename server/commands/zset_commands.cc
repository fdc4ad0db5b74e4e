// Sorted sets: elements, their scores and ranks. Ranges, pops and combinations of sorted sets have
// files of their own.

#include <algorithm>
#include <cstdio>
#include <limits>
#include <string>

#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/scan_options.h"
#include "server/commands/zset_add.h"
#include "server/commands/zset_range.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/zset_editor.h"

namespace redstart {
namespace {

// ZADD key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]
void ZAdd(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  AddScored(keys, args, /*increment=*/false, reply);
}

// ZINCRBY key increment member
void ZIncrBy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  AddScored(keys, args, /*increment=*/true, reply);
}

// ZREM key member [member ...]
void ZRem(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto zset = keys.Edit<ZSetEditor>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!zset) return reply.Integer(0);
  int64_t removed = 0;
  for (const std::string_view member : args.subspan(2)) removed += zset->Erase(member);
  if (removed > 0) zset.Changed(Event::kSortedSet, "zrem", static_cast<uint64_t>(removed));
  reply.Integer(removed);
}

// ZCARD key
void ZCard(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(static_cast<int64_t>(zset->size()));
}

void ReplyWithScoreOf(const ZSetView& zset, std::string_view member, ReplyBuilder& reply) {
  const std::optional<double> score = zset.Score(member);
  if (!score) return reply.Null();
  reply.Double(*score);
}

// ZSCORE key member
void ZScore(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  ReplyWithScoreOf(*zset, args[2], reply);
}

// ZMSCORE key member [member ...]
void ZMScore(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args members = args.subspan(2);
  reply.Array(members.size());
  for (const std::string_view member : members) ReplyWithScoreOf(*zset, member, reply);
}

// ZRANK key member [WITHSCORE], ZREVRANK key member [WITHSCORE]
template <bool kReverse>
void ZRank(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 4) return reply.Fail(error::WrongArity(kReverse ? "zrevrank" : "zrank"));
  const bool with_score = args.size() == 4;
  if (with_score && !SameWord(args[3], "WITHSCORE")) return reply.Fail(error::kSyntax);
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const auto found = zset->RankOf(args[2]);
  if (!found) {
    if (with_score) return reply.NullArray();
    return reply.Null();
  }
  if (with_score) reply.Array(2);
  const size_t rank = kReverse ? zset->size() - 1 - found->rank : found->rank;
  reply.Integer(static_cast<int64_t>(rank));
  if (with_score) reply.Double(found->score);
}

void ReplyWithRandomElements(const ZSetView& zset, int64_t count, bool with_scores,
                             ReplyBuilder& reply) {
  const bool repeats = count < 0;
  const auto wanted = static_cast<size_t>(repeats ? -count : count);
  const size_t given = repeats ? wanted : std::min(wanted, zset.size());
  if (given == 0 || zset.size() == 0) return reply.EmptyArray();
  AnnounceElements(given, with_scores, reply);
  const auto visit = [&](const Element& member, double score) {
    ReplyWithScored(member, score, with_scores, reply);
  };
  if (repeats) {
    zset.VisitRandomTimes(given, visit);
  } else {
    zset.VisitRandomDistinct(given, visit);
  }
}

// ZRANDMEMBER key [count [WITHSCORES]]
void ZRandMember(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() == 2) {
    const auto zset = keys.Find<ZSetView>(args[1]);
    if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
    if (!zset) return reply.Null();
    return zset->VisitRandomTimes(
        1, [&](const Element& member, double) { ReplyWithElement(member, reply); });
  }
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ArgReader in(args.subspan(2));
  const int64_t count = in.Integer({.min = -kMax, .otherwise = error::kCountRange});
  if (!in.ok()) return reply.Fail(in.error());
  const bool with_scores = in.Word("WITHSCORES");
  if (!in.done()) return reply.Fail(error::kSyntax);
  if (with_scores && (count < -kMax / 2 || count > kMax / 2)) {
    return reply.Fail(error::kValueRange);
  }
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  ReplyWithRandomElements(*zset, count, with_scores, reply);
}

// Redis spells the scores of a large sorted set with 17 digits here, and only here.
std::string ScannedScore(double score, bool is_large) {
  if (!is_large) return FormatDouble(score);
  char text[kMaxDoubleChars];
  const int size = std::snprintf(text, sizeof(text), "%.17g", score);
  return std::string(text, static_cast<size_t>(size));
}

// ZSCAN key cursor [MATCH pattern] [COUNT count]
void ZScan(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> cursor = ParseCursor(args[2]);
  if (!cursor) return reply.Fail(error::kInvalidCursor);
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  ScanReply found;
  // As on Redis, wrong options are no error where there is nothing to scan.
  if (!zset) return found.Write(0, reply);
  ScanOptions options;
  const std::string_view error = options.Read(args.subspan(3), ScanKind::kOther);
  if (!error.empty()) return reply.Fail(error);
  const uint64_t next =
      zset->Scan(*cursor, options.count, [&](const Element& member, double score) {
        if (!options.Matches(member)) return;
        found.Add(member);
        found.Add(ScannedScore(score, zset->is_large()));
      });
  found.Write(next, reply);
}

constexpr uint32_t kWriteFlags = kWrite | kDenyOom | kFast;
constexpr uint32_t kReadFlags = kReadOnly | kFast;
constexpr CommandSpec kCommands[] = {
    {.name = "ZADD",
     .args = "key [condition@3.0.2: NX | XX] [comparison@6.2.0: GT | LT] [change=CH@3.0.2] "
             "[increment=INCR@3.0.2] <data: score member> ...",
     .arity = -4,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZAdd,
     .since = "1.2.0",
     .history = "2.4.0 several members\n"
                "3.0.2 options XX, NX, CH and INCR\n"
                "6.2.0 options GT and LT",
     .summary = "Adds members with scores to a sorted set, or gives members other scores.",
     .complexity = "O(log(N)) for each element, N being the size of the sorted set"},
    {.name = "ZINCRBY",
     .args = "key increment member",
     .arity = 4,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZIncrBy,
     .since = "1.2.0",
     .summary = "Adds to the score of a member; a missing member counts as 0.",
     .complexity = "O(log(N)), N being the size of the sorted set"},
    {.name = "ZREM",
     .args = "key member [member ...]",
     .arity = -3,
     .keys = kDeleteInFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSortedSet,
     .run = ZRem,
     .since = "1.2.0",
     .history = "2.4.0 several members",
     .summary = "Removes members from a sorted set, and the set with its last one.",
     .complexity = "O(M*log(N)), N being the size of the sorted set and M the number of members"},
    {.name = "ZCARD",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZCard,
     .since = "1.2.0",
     .summary = "Counts the elements of a sorted set.",
     .complexity = "O(1)"},
    {.name = "ZSCORE",
     .args = "key member",
     .arity = 3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZScore,
     .since = "1.2.0",
     .summary = "Answers with the score of a member.",
     .complexity = "O(1)"},
    {.name = "ZMSCORE",
     .args = "key member [member ...]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZMScore,
     .since = "6.2.0",
     .summary = "Answers with the scores of several members.",
     .complexity = "O(N), N being the number of members given"},
    {.name = "ZRANK",
     .args = "key member [WITHSCORE]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZRank<false>,
     .since = "2.0.0",
     .history = "7.2.0 option WITHSCORE",
     .summary = "Tells how many elements have a lower place than a member.",
     .complexity = "O(log(N)), N being the size of the sorted set"},
    {.name = "ZREVRANK",
     .args = "key member [WITHSCORE]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kSortedSet,
     .run = ZRank<true>,
     .since = "2.0.0",
     .history = "7.2.0 option WITHSCORE",
     .summary = "Tells how many elements have a higher place than a member.",
     .complexity = "O(log(N)), N being the size of the sorted set"},
    {.name = "ZRANDMEMBER",
     .args = "key [options: count [WITHSCORES]]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = ZRandMember,
     .since = "6.2.0",
     .summary = "Picks members of a sorted set at random.",
     .complexity = "O(N), N being the number of members picked",
     .tips = "nondeterministic_output"},
    {.name = "ZSCAN",
     .args = "key cursor [MATCH pattern] [COUNT count]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = ZScan,
     .since = "2.8.0",
     .summary = "Visits the elements of a sorted set a few at a time.",
     .complexity = "O(1) for every call, O(N) for N elements from cursor 0 back to cursor 0",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows ZSetCommands() {
  return kCommands;
}

}  // namespace redstart
