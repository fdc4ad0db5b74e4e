#include "server/commands/zset_range.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include "server/commands/element_reply.h"

namespace redstart {
namespace {

struct ScoreLimit {
  double score;
  bool exclusive;
};

// As strtod reads it: blanks in front are passed over, no text at all is 0, too large is infinite,
// and what follows a zero byte is not looked at.
std::optional<ScoreLimit> ParseScoreLimit(std::string_view text) {
  const bool exclusive = !text.empty() && text.front() == '(';
  if (exclusive) text.remove_prefix(1);
  if (const auto number = ParseDouble(text)) return ScoreLimit{*number, exclusive};
  const std::string terminated(text);
  char* end = nullptr;
  const double number = std::strtod(terminated.c_str(), &end);
  if (*end != '\0' || std::isnan(number)) return std::nullopt;
  return ScoreLimit{number, exclusive};
}

// `is_low`: whether elements above the limit are meant, or those below it.
std::optional<ScoreBound> ParseMemberLimit(std::string_view text, bool is_low) {
  if (text.empty()) return std::nullopt;
  const std::string_view member = text.substr(1);
  switch (text.front()) {
    case '-':
    case '+':
      if (!member.empty() && member.front() != '\0') return std::nullopt;
      return text.front() == '-' ? ScoreBound::Lowest() : ScoreBound::Highest();
    case '(':
      return is_low ? ScoreBound::AfterMember(member) : ScoreBound::BeforeMember(member);
    case '[':
      return is_low ? ScoreBound::BeforeMember(member) : ScoreBound::AfterMember(member);
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<BoundPair> ParseScoreRange(std::string_view min, std::string_view max) {
  const auto low = ParseScoreLimit(min);
  const auto high = ParseScoreLimit(max);
  if (!low || !high) return std::nullopt;
  return BoundPair{
      low->exclusive ? ScoreBound::AfterScore(low->score) : ScoreBound::BeforeScore(low->score),
      high->exclusive ? ScoreBound::BeforeScore(high->score) : ScoreBound::AfterScore(high->score)};
}

std::optional<BoundPair> ParseMemberRange(std::string_view min, std::string_view max) {
  const auto low = ParseMemberLimit(min, /*is_low=*/true);
  const auto high = ParseMemberLimit(max, /*is_low=*/false);
  if (!low || !high) return std::nullopt;
  return BoundPair{*low, *high};
}

RankRange RanksBetween(const ZSetView& zset, const BoundPair& bounds) {
  const size_t first = zset.CountBelow(bounds.low);
  const size_t end = zset.CountBelow(bounds.high);
  return {first, end > first ? end - first : 0};
}

RankRange RanksOfIndexes(size_t size, int64_t start, int64_t stop, bool reverse) {
  const auto length = static_cast<int64_t>(size);
  if (start < 0) start = std::max<int64_t>(0, length + start);
  if (stop < 0) stop = length + stop;
  stop = std::min(stop, length - 1);
  if (start > stop) return {};
  const int64_t first = reverse ? length - 1 - stop : start;
  return {static_cast<size_t>(first), static_cast<size_t>(stop - start + 1)};
}

RankRange Limited(const RankRange& range, int64_t offset, int64_t count, bool reverse) {
  if (offset < 0 || static_cast<uint64_t>(offset) >= range.count) return {};
  const size_t skipped = static_cast<size_t>(offset);
  const size_t left = range.count - skipped;
  const size_t taken = count < 0 ? left : std::min(left, static_cast<size_t>(count));
  return {reverse ? range.first + left - taken : range.first + skipped, taken};
}

void VisitRange(const ZSetView& zset, const RankRange& range, bool reverse, ZSetView::Visit visit) {
  if (range.count == 0) return;
  if (reverse) return zset.VisitDown(range.first + range.count - 1, range.count, visit);
  zset.VisitUp(range.first, range.count, visit);
}

void AnnounceElements(size_t count, bool with_scores, ReplyBuilder& reply) {
  reply.Array(with_scores && reply.resp_version() < 3 ? count * 2 : count);
}

void ReplyWithScored(const Element& member, double score, bool with_scores, ReplyBuilder& reply) {
  if (with_scores && reply.resp_version() >= 3) reply.Array(2);
  ReplyWithElement(member, reply);
  if (with_scores) reply.Double(score);
}

}  // namespace redstart
