#include "storage/types/set.h"

#include <optional>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "storage/base/random.h"

namespace redstart {
namespace {

// With fewer than this share of the members wanted, drawing until enough different ones have come
// up is cheaper than passing over all of them.
constexpr size_t kDrawnShare = 3;

Element MemberOf(const MemberNode& node) {
  return Element(node.member());
}

}  // namespace

size_t SetView::size() const {
  if (is_large()) return table().size();
  return is_int_set() ? int_set().size() : listpack().size();
}

bool SetView::Contains(const Element& member) const {
  if (is_int_set()) {
    const std::optional<int64_t> integer = member.AsInteger();
    return integer && int_set().Contains(*integer);
  }
  IntegerText scratch;
  const std::string_view text = member.View(&scratch);
  if (is_large()) return table().Contains(text);
  return listpack().Find(listpack().First(), text) != ListpackView::kNone;
}

void SetView::ForEach(Visit visit) const {
  if (is_large()) return table().ForEach([&](const MemberNode& node) { visit(MemberOf(node)); });
  ForEachWhile([&](const Element& member) {
    visit(member);
    return true;
  });
}

void SetView::ForEachWhile(VisitWhile visit) const {
  if (is_large()) {
    bool goes_on = true;
    for (std::optional<uint64_t> at = 0; at && goes_on;) {
      at = table().Walk(
          *at, [&](const MemberNode& node) { goes_on = goes_on && visit(MemberOf(node)); });
    }
    return;
  }
  if (is_int_set()) {
    const IntSetView integers = int_set();
    for (size_t i = 0; i < integers.size(); ++i) {
      if (!visit(Element(integers.Get(i)))) return;
    }
    return;
  }
  const ListpackView pack = listpack();
  for (auto at = pack.First(); at != ListpackView::kNone; at = pack.Next(at)) {
    if (!visit(pack.Get(at))) return;
  }
}

uint64_t SetView::Scan(uint64_t cursor, size_t wanted, Visit visit) const {
  if (!is_large()) {
    ForEach(visit);
    return 0;
  }
  std::optional<uint64_t> at = cursor << kMemberCursorShift;
  for (size_t seen = 0; at && seen < wanted;) {
    at = table().Walk(*at, [&](const MemberNode& node) {
      ++seen;
      visit(MemberOf(node));
    });
  }
  return at ? *at >> kMemberCursorShift : 0;
}

void SetView::VisitRandomTimes(size_t times, Visit visit) const {
  if (is_large()) {
    for (; times > 0; --times) visit(MemberOf(*table().Random()));
    return;
  }
  if (is_int_set()) {
    for (; times > 0; --times) visit(Element(int_set().Get(RandomBelow(size()))));
    return;
  }
  const ListpackView pack = listpack();
  if (times == 1) return visit(pack.Get(pack.Seek(static_cast<int64_t>(RandomBelow(size())))));
  std::vector<ListpackView::At> members;
  for (auto at = pack.First(); at != ListpackView::kNone; at = pack.Next(at)) members.push_back(at);
  for (; times > 0; --times) visit(pack.Get(members[RandomBelow(members.size())]));
}

void SetView::VisitRandomDistinct(size_t count, Visit visit) const {
  if (is_large() && count * kDrawnShare < size()) {
    absl::flat_hash_set<const MemberNode*> drawn;
    while (drawn.size() < count) {
      const MemberNode* node = table().Random();
      if (drawn.insert(node).second) visit(MemberOf(*node));
    }
    return;
  }
  SelectionSampler sampler(size(), count);
  ForEachWhile([&](const Element& member) {
    if (sampler.done()) return false;
    if (sampler.Take()) visit(member);
    return true;
  });
}

}  // namespace redstart
