#include "storage/types/zset.h"

#include <algorithm>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "storage/base/random.h"

namespace redstart {
namespace {

// With fewer than this share of the elements wanted, drawing until enough different ones have come
// up is cheaper than passing over all of them.
constexpr size_t kDrawnShare = 3;

void VisitAt(ListpackView pack, ListpackView::At at, ZSetView::Visit visit) {
  visit(pack.Get(at), ScoreOf(pack.Get(pack.Next(at))));
}

void VisitElement(const ScoredMember& element, ZSetView::Visit visit) {
  visit(Element(element.member()), element.score());
}

}  // namespace

double ScoreOf(const Element& score) {
  if (score.is_integer()) return static_cast<double>(score.integer());
  IntegerText unused;
  return ParseDouble(score.View(&unused)).value_or(0);
}

ListpackView::At SeekRank(ListpackView listpack, size_t rank) {
  const auto at = listpack.Seek(static_cast<int64_t>(rank * 2));
  return at == ListpackView::kNone ? listpack.end() : at;
}

PackedPlace FindPlace(ListpackView listpack, const ScoreBound& bound) {
  PackedPlace place = {0, listpack.First()};
  while (place.at != ListpackView::kNone) {
    const auto score_at = listpack.Next(place.at);
    IntegerText scratch;
    const auto member = [&] { return listpack.Get(place.at).View(&scratch); };
    if (!bound.IsAbove(ScoreOf(listpack.Get(score_at)), member)) return place;
    place = {place.rank + 1, listpack.Next(score_at)};
  }
  return {place.rank, listpack.end()};
}

std::optional<double> ZSetView::Score(std::string_view member) const {
  if (is_large()) {
    const ScoredMember* element = scored_set().Find(member);
    if (element == nullptr) return std::nullopt;
    return element->score();
  }
  const ListpackView pack = listpack();
  const auto at = pack.Find(pack.First(), member, /*skip=*/1);
  if (at == ListpackView::kNone) return std::nullopt;
  return ScoreOf(pack.Get(pack.Next(at)));
}

size_t ZSetView::CountBelow(const ScoreBound& bound) const {
  return is_large() ? scored_set().tree().CountBelow(bound) : FindPlace(listpack(), bound).rank;
}

std::optional<ZSetView::Rank> ZSetView::RankOf(std::string_view member) const {
  if (is_large()) {
    const ScoredMember* element = scored_set().Find(member);
    if (element == nullptr) return std::nullopt;
    const double score = element->score();
    return Rank{scored_set().tree().CountBelow(ScoreBound::Before(score, member)), score};
  }
  const ListpackView pack = listpack();
  size_t rank = 0;
  for (auto at = pack.First(); at != ListpackView::kNone; ++rank) {
    const auto score_at = pack.Next(at);
    if (pack.Is(at, member)) return Rank{rank, ScoreOf(pack.Get(score_at))};
    at = pack.Next(score_at);
  }
  return std::nullopt;
}

void ZSetView::VisitUp(size_t first, size_t count, Visit visit) const {
  if (count == 0) return;
  if (is_large()) {
    return scored_set().tree().VisitUp(
        first, count, [&](const ScoredMember& element) { VisitElement(element, visit); });
  }
  const ListpackView pack = listpack();
  for (auto at = SeekRank(pack, first);; at = pack.Next(pack.Next(at))) {
    VisitAt(pack, at, visit);
    if (--count == 0) return;
  }
}

void ZSetView::VisitDown(size_t first, size_t count, Visit visit) const {
  if (count == 0) return;
  if (is_large()) {
    return scored_set().tree().VisitDown(
        first, count, [&](const ScoredMember& element) { VisitElement(element, visit); });
  }
  const ListpackView pack = listpack();
  for (auto at = SeekRank(pack, first);; at = pack.Previous(pack.Previous(at))) {
    VisitAt(pack, at, visit);
    if (--count == 0) return;
  }
}

uint64_t ZSetView::Scan(uint64_t cursor, size_t wanted, Visit visit) const {
  if (!is_large()) {
    ForEach(visit);
    return 0;
  }
  std::optional<uint64_t> at = cursor << kMemberCursorShift;
  for (size_t seen = 0; at && seen < wanted;) {
    at = scored_set().Walk(*at, [&](const ScoredMember& element) {
      ++seen;
      VisitElement(element, visit);
    });
  }
  return at ? *at >> kMemberCursorShift : 0;
}

void ZSetView::VisitRandomTimes(size_t times, Visit visit) const {
  if (is_large()) {
    const ScoreTree& tree = scored_set().tree();
    for (; times > 0; --times) VisitElement(tree.At(RandomBelow(size())), visit);
    return;
  }
  const ListpackView pack = listpack();
  if (times == 1) return VisitAt(pack, SeekRank(pack, RandomBelow(size())), visit);
  std::vector<ListpackView::At> elements;
  for (auto at = pack.First(); at != ListpackView::kNone; at = pack.Next(pack.Next(at))) {
    elements.push_back(at);
  }
  for (; times > 0; --times) VisitAt(pack, elements[RandomBelow(elements.size())], visit);
}

void ZSetView::VisitRandomDistinct(size_t count, Visit visit) const {
  if (is_large() && count * kDrawnShare < size()) {
    absl::flat_hash_set<size_t> drawn;
    while (drawn.size() < count) {
      const size_t rank = RandomBelow(size());
      if (drawn.insert(rank).second) VisitElement(scored_set().tree().At(rank), visit);
    }
    return;
  }
  SelectionSampler sampler(size(), count);
  ForEach([&](const Element& member, double score) {
    if (!sampler.done() && sampler.Take()) visit(member, score);
  });
}

}  // namespace redstart
