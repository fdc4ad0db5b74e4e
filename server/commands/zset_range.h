#ifndef REDSTART_SERVER_COMMANDS_ZSET_RANGE_H_
#define REDSTART_SERVER_COMMANDS_ZSET_RANGE_H_

// Ranges of sorted sets as commands name them: by index, by score ("(1.5", "+inf") or by member
// ("[a", "-"), all of which become ranges of ranks. Values on a handler's stack.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/reply_builder.h"
#include "storage/base/score_bound.h"
#include "storage/types/zset.h"

namespace redstart {

struct BoundPair {
  ScoreBound low;
  ScoreBound high;
};

// Nothing where min or max are malformed.
std::optional<BoundPair> ParseScoreRange(std::string_view min, std::string_view max);
std::optional<BoundPair> ParseMemberRange(std::string_view min, std::string_view max);

// Elements of these ranks, counted from the lowest one.
struct RankRange {
  size_t first = 0;
  size_t count = 0;
};

RankRange RanksBetween(const ZSetView& zset, const BoundPair& bounds);
// Indexes from `start` to `stop`, negative ones counted from the end; from the highest element down
// if `reverse`.
RankRange RanksOfIndexes(size_t size, int64_t start, int64_t stop, bool reverse);
// What LIMIT leaves of a range that is walked in this direction: `offset` are passed over, then
// come up to `count`, or all if that is negative.
RankRange Limited(const RankRange& range, int64_t offset, int64_t count, bool reverse);

// Visits them upwards, or downwards if `reverse`.
void VisitRange(const ZSetView& zset, const RankRange& range, bool reverse, ZSetView::Visit visit);

// Announces elements, and answers with one of them: in RESP3 a member and its score are an array.
void AnnounceElements(size_t count, bool with_scores, ReplyBuilder& reply);
void ReplyWithScored(const Element& member, double score, bool with_scores, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_ZSET_RANGE_H_
