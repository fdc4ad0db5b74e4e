// Sorted sets by rank, score or member: ZRANGE and its many older names, counting, removing.

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/commands/command_families.h"
#include "server/commands/stored_result.h"
#include "server/commands/zset_range.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/disk/zset_codec.h"
#include "storage/zset_editor.h"

namespace redstart {
namespace {

enum class RangeBy : uint8_t { kIndex, kScore, kMember };

// What a command's name has settled already; the rest is left to its words.
struct RangeForm {
  std::optional<RangeBy> by;
  std::optional<bool> reverse;
  bool stores = false;
};

// A range that a request names, before any key is looked at.
class RangeQuery {
 public:
  // `words` are those behind the key. Returns the error to answer, or nothing.
  std::string_view Read(Args words, const RangeForm& form) {
    const std::string_view error = ReadOptions(words.subspan(2), form);
    if (!error.empty()) return error;
    if (has_limit_ && by_ == RangeBy::kIndex) return error::kLimitWithRanks;
    if (with_scores_ && by_ == RangeBy::kMember) return error::kScoresWithLex;
    // From the highest one down, ranges of scores and members are given from their high end.
    const bool swapped = reverse_ && by_ != RangeBy::kIndex;
    return ReadBounds(words[swapped ? 1 : 0], words[swapped ? 0 : 1]);
  }

  bool reverse() const { return reverse_; }
  bool with_scores() const { return with_scores_; }

  RankRange RanksIn(const ZSetView& zset) const {
    if (by_ == RangeBy::kIndex) return RanksOfIndexes(zset.size(), start_, stop_, reverse_);
    return Limited(RanksBetween(zset, *bounds_), offset_, count_, reverse_);
  }

 private:
  std::string_view ReadOptions(Args words, const RangeForm& form) {
    std::optional<RangeBy> by = form.by;
    std::optional<bool> reverse = form.reverse;
    ArgReader in(words);
    while (in.ok() && !in.done()) {
      if (!form.stores && in.Word("WITHSCORES")) {
        with_scores_ = true;
      } else if (in.remaining() >= 3 && in.Word("LIMIT")) {
        offset_ = in.Integer();
        count_ = in.Integer();
        has_limit_ = count_ != -1;
      } else if (!reverse && in.Word("REV")) {
        reverse = true;
      } else if (!by && in.Word("BYLEX")) {
        by = RangeBy::kMember;
      } else if (!by && in.Word("BYSCORE")) {
        by = RangeBy::kScore;
      } else {
        in.Fail(error::kSyntax);
      }
    }
    by_ = by.value_or(RangeBy::kIndex);
    reverse_ = reverse.value_or(false);
    return in.ok() ? std::string_view() : in.error();
  }

  std::string_view ReadBounds(std::string_view min, std::string_view max) {
    if (by_ == RangeBy::kScore) {
      bounds_ = ParseScoreRange(min, max);
      return bounds_ ? std::string_view() : error::kScoreLimit;
    }
    if (by_ == RangeBy::kMember) {
      bounds_ = ParseMemberRange(min, max);
      return bounds_ ? std::string_view() : error::kMemberLimit;
    }
    const std::string_view words[] = {min, max};
    ArgReader in(words);
    start_ = in.Integer();
    stop_ = in.Integer();
    return in.ok() ? std::string_view() : in.error();
  }

  RangeBy by_ = RangeBy::kIndex;
  bool reverse_ = false;
  bool with_scores_ = false;
  bool has_limit_ = false;
  int64_t offset_ = 0;
  int64_t count_ = -1;
  int64_t start_ = 0;
  int64_t stop_ = 0;
  std::optional<BoundPair> bounds_;
};

void AnswerRange(const ReadKeys& keys, Args args, const RangeForm& form, ReplyBuilder& reply) {
  RangeQuery query;
  const std::string_view error = query.Read(args.subspan(2), form);
  if (!error.empty()) return reply.Fail(error);
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  const RankRange range = query.RanksIn(*zset);
  AnnounceElements(range.count, query.with_scores(), reply);
  VisitRange(*zset, range, query.reverse(), [&](const Element& member, double score) {
    ReplyWithScored(member, score, query.with_scores(), reply);
  });
}

// ZRANGE key start stop [BYSCORE | BYLEX] [REV] [LIMIT offset count] [WITHSCORES]
void ZRange(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerRange(keys, args, {}, reply);
}

// ZREVRANGE, ZRANGEBYSCORE, ... key first last [WITHSCORES] [LIMIT offset count]
template <RangeBy kBy, bool kReverse>
void OldRange(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerRange(keys, args, {.by = kBy, .reverse = kReverse}, reply);
}

// ZRANGESTORE dst src min max [BYSCORE | BYLEX] [REV] [LIMIT offset count]
void ZRangeStore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  RangeQuery query;
  const std::string_view error = query.Read(args.subspan(3), {.stores = true});
  if (!error.empty()) return reply.Fail(error);
  const auto zset = keys.Read<ZSetView>(args[2]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  ZSetBuilder result;
  VisitRange(*zset, query.RanksIn(*zset), query.reverse(),
             [&](const Element& member, double score) {
               IntegerText scratch;
               result.Add(member.View(&scratch), score);
             });
  const size_t size = result.size();
  StoreResult(keys, args[1], result.Take(keys.limits()), size, Event::kSortedSet, "zrangestore",
              reply);
}

std::optional<BoundPair> ParseBounds(RangeBy by, Args args, ReplyBuilder& reply) {
  const auto bounds = by == RangeBy::kScore ? ParseScoreRange(args[2], args[3])
                                            : ParseMemberRange(args[2], args[3]);
  if (!bounds) reply.Fail(by == RangeBy::kScore ? error::kScoreLimit : error::kMemberLimit);
  return bounds;
}

// ZCOUNT key min max, ZLEXCOUNT key min max
template <RangeBy kBy>
void ZCount(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto bounds = ParseBounds(kBy, args, reply);
  if (!bounds) return;
  const auto zset = keys.Find<ZSetView>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(static_cast<int64_t>(RanksBetween(*zset, *bounds).count));
}

void RemoveRange(EditGuard<ZSetEditor>& zset, const RankRange& range, std::string_view event,
                 ReplyBuilder& reply) {
  if (range.count > 0) {
    zset->EraseRange(range.first, range.count);
    zset.Changed(Event::kSortedSet, event, range.count);
  }
  reply.Integer(static_cast<int64_t>(range.count));
}

// ZREMRANGEBYRANK key start stop
void ZRemRangeByRank(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t start = in.Integer();
  const int64_t stop = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  auto zset = keys.Edit<ZSetEditor>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!zset) return reply.Integer(0);
  const RankRange range = RanksOfIndexes(zset->size(), start, stop, /*reverse=*/false);
  RemoveRange(zset, range, "zremrangebyrank", reply);
}

// ZREMRANGEBYSCORE key min max, ZREMRANGEBYLEX key min max
template <RangeBy kBy>
void ZRemRange(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto bounds = ParseBounds(kBy, args, reply);
  if (!bounds) return;
  auto zset = keys.Edit<ZSetEditor>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!zset) return reply.Integer(0);
  RemoveRange(zset, RanksBetween(zset->view(), *bounds),
              kBy == RangeBy::kScore ? "zremrangebyscore" : "zremrangebylex", reply);
}

constexpr KeySpec kStoreKeys[] = {
    {.flags = kKeyOverwrite | kKeyUpdate},
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2},
};

constexpr std::string_view kRangeCost =
    "O(log(N)+M), N being the size of the sorted set and M the number of elements answered";
constexpr std::string_view kCountCost = "O(log(N)), N being the size of the sorted set";
constexpr std::string_view kRemoveCost =
    "O(M*log(N)), N being the size of the sorted set and M the number of elements removed";

constexpr CommandSpec kCommands[] = {
    {.name = "ZRANGE",
     .args = "key start#s stop#s [sortby@6.2.0: BYSCORE | BYLEX] [REV@6.2.0] [LIMIT <limit@6.2.0: "
             "offset count>] [WITHSCORES]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = ZRange,
     .since = "1.2.0",
     .history = "6.2.0 options REV, BYSCORE, BYLEX and LIMIT",
     .summary = "Answers with a range of a sorted set, by index, score or member.",
     .complexity = kRangeCost},
    {.name = "ZREVRANGE",
     .args = "key start stop [WITHSCORES]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = OldRange<RangeBy::kIndex, true>,
     .since = "1.2.0",
     .deprecated = "6.2.0 ZRANGE with REV",
     .summary = "Answers with a range of indexes, counted from the highest element down.",
     .complexity = kRangeCost},
    {.name = "ZRANGEBYSCORE",
     .args = "key min#d max#d [WITHSCORES@2.0.0] [LIMIT offset count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = OldRange<RangeBy::kScore, false>,
     .since = "1.0.5",
     .deprecated = "6.2.0 ZRANGE with BYSCORE",
     .history = "2.0.0 option WITHSCORES",
     .summary = "Answers with a range of scores.",
     .complexity = kRangeCost},
    {.name = "ZREVRANGEBYSCORE",
     .args = "key max#d min#d [WITHSCORES] [LIMIT offset count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = OldRange<RangeBy::kScore, true>,
     .since = "2.2.0",
     .deprecated = "6.2.0 ZRANGE with REV and BYSCORE",
     .history = "2.1.6 ranges without their ends",
     .summary = "Answers with a range of scores, from the highest one down.",
     .complexity = kRangeCost},
    {.name = "ZRANGEBYLEX",
     .args = "key min max [LIMIT offset count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = OldRange<RangeBy::kMember, false>,
     .since = "2.8.9",
     .deprecated = "6.2.0 ZRANGE with BYLEX",
     .summary = "Answers with a range of members that all have the same score.",
     .complexity = kRangeCost},
    {.name = "ZREVRANGEBYLEX",
     .args = "key max min [LIMIT offset count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kSortedSet,
     .run = OldRange<RangeBy::kMember, true>,
     .since = "2.8.9",
     .deprecated = "6.2.0 ZRANGE with REV and BYLEX",
     .summary = "Answers with a range of members of the same score, from the last one back.",
     .complexity = kRangeCost},
    {.name = "ZRANGESTORE",
     .args = "dst src min max [sortby: BYSCORE | BYLEX] [REV] [LIMIT offset count]",
     .arity = -5,
     .keys = kStoreKeys,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kSortedSet,
     .run = ZRangeStore,
     .since = "6.2.0",
     .summary = "Stores a range of a sorted set under another key.",
     .complexity = kRangeCost},
    {.name = "ZCOUNT",
     .args = "key min#d max#d",
     .arity = 4,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kSortedSet,
     .run = ZCount<RangeBy::kScore>,
     .since = "2.0.0",
     .summary = "Counts the elements within a range of scores.",
     .complexity = kCountCost},
    {.name = "ZLEXCOUNT",
     .args = "key min max",
     .arity = 4,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kSortedSet,
     .run = ZCount<RangeBy::kMember>,
     .since = "2.8.9",
     .summary = "Counts the elements within a range of members of the same score.",
     .complexity = kCountCost},
    {.name = "ZREMRANGEBYRANK",
     .args = "key start stop",
     .arity = 4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = CommandGroup::kSortedSet,
     .run = ZRemRangeByRank,
     .since = "2.0.0",
     .summary = "Removes a range of indexes from a sorted set.",
     .complexity = kRemoveCost},
    {.name = "ZREMRANGEBYSCORE",
     .args = "key min#d max#d",
     .arity = 4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = CommandGroup::kSortedSet,
     .run = ZRemRange<RangeBy::kScore>,
     .since = "1.2.0",
     .summary = "Removes a range of scores from a sorted set.",
     .complexity = kRemoveCost},
    {.name = "ZREMRANGEBYLEX",
     .args = "key min max",
     .arity = 4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = CommandGroup::kSortedSet,
     .run = ZRemRange<RangeBy::kMember>,
     .since = "2.8.9",
     .summary = "Removes a range of members of the same score from a sorted set.",
     .complexity = kRemoveCost},
};

}  // namespace

CommandRows ZSetRangeCommands() {
  return kCommands;
}

}  // namespace redstart
