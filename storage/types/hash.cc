#include "storage/types/hash.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "storage/base/random.h"

namespace redstart {
namespace {

// With fewer than this share of the fields wanted, drawing until enough different ones have come up
// is cheaper than passing over all of them.
constexpr size_t kDrawnShare = 3;

void VisitNode(const FieldNode& node, HashView::Visit visit) {
  visit(Element(node.field()), Element(node.value()));
}

uint64_t DeadlineAt(ListpackView listpack, ListpackView::At at) {
  return static_cast<uint64_t>(listpack.Get(at).integer());
}

// Where each field of a listpack stands.
std::vector<ListpackView::At> FieldsOf(ListpackView listpack, size_t stride) {
  std::vector<ListpackView::At> fields;
  fields.reserve(listpack.size() / stride);
  for (auto at = listpack.First(); at != ListpackView::kNone;) {
    fields.push_back(at);
    for (size_t i = 0; i < stride; ++i) at = listpack.Next(at);
  }
  return fields;
}

}  // namespace

ListpackView::At FindFieldValue(ListpackView listpack, std::string_view field, size_t stride) {
  const auto at = listpack.Find(listpack.First(), field, /*skip=*/stride - 1);
  return at == ListpackView::kNone ? at : listpack.Next(at);
}

uint64_t HashView::EarliestDeadline() const {
  if (is_large()) return table().EarliestDeadline();
  if (stride() == 2 || listpack().empty()) return kNever;
  return DeadlineAt(listpack(), listpack().Seek(2));
}

size_t HashView::ShownSize() const {
  if (!Hides()) return size();
  size_t shown = 0;
  ForEach([&shown](const Element&, const Element&) { ++shown; });
  return shown;
}

std::optional<HashView::Held> HashView::Lookup(std::string_view field) const {
  if (is_large()) {
    const FieldNode* node = table().Find(field);
    if (node == nullptr) return std::nullopt;
    return Held{Element(node->value()), node->deadline()};
  }
  const ListpackView pack = listpack();
  const auto at = FindFieldValue(pack, field, stride());
  if (at == ListpackView::kNone) return std::nullopt;
  return Held{pack.Get(at), stride() == 2 ? kNever : DeadlineAt(pack, pack.Next(at))};
}

void HashView::ForEachOfAll(VisitAll visit) const {
  if (is_large()) {
    return table().ForEach([&](const FieldNode& node) {
      visit(Element(node.field()), Element(node.value()), node.deadline());
    });
  }
  const ListpackView pack = listpack();
  const bool has_deadlines = stride() == 3;
  for (auto at = pack.First(); at != ListpackView::kNone;) {
    const auto value = pack.Next(at);
    auto last = value;
    if (has_deadlines) last = pack.Next(value);
    visit(pack.Get(at), pack.Get(value), has_deadlines ? DeadlineAt(pack, last) : kNever);
    at = pack.Next(last);
  }
}

void HashView::ForEach(Visit visit) const {
  ForEachOfAll([&](const Element& field, const Element& value, uint64_t deadline) {
    if (deadline == kNever || deadline >= now_) visit(field, value);
  });
}

uint64_t HashView::Scan(uint64_t cursor, size_t wanted, Visit visit) const {
  if (!is_large()) {
    ForEach(visit);
    return 0;
  }
  std::optional<uint64_t> at = cursor << kMemberCursorShift;
  for (size_t seen = 0; at && seen < wanted;) {
    at = table().Walk(*at, [&](const FieldNode& node) {
      ++seen;
      if (!node.has_deadline() || node.deadline() >= now_) VisitNode(node, visit);
    });
  }
  return at ? *at >> kMemberCursorShift : 0;
}

void HashView::VisitRandomTimes(size_t times, Visit visit) const {
  if (Hides()) return VisitShownTimes(times, visit);
  if (is_large()) {
    for (; times > 0; --times) VisitNode(*table().Random(), visit);
    return;
  }
  const ListpackView pack = listpack();
  const auto visit_at = [&](ListpackView::At at) { visit(pack.Get(at), pack.Get(pack.Next(at))); };
  if (times == 1) return visit_at(pack.Seek(static_cast<int64_t>(RandomBelow(size()) * stride())));
  const std::vector<ListpackView::At> fields = FieldsOf(pack, stride());
  for (; times > 0; --times) visit_at(fields[RandomBelow(fields.size())]);
}

void HashView::VisitShownTimes(size_t times, Visit visit) const {
  std::vector<std::pair<Element, Element>> shown;
  ForEach([&](const Element& field, const Element& value) { shown.emplace_back(field, value); });
  for (; times > 0; --times) {
    const auto& [field, value] = shown[RandomBelow(shown.size())];
    visit(field, value);
  }
}

void HashView::VisitRandomDistinct(size_t count, Visit visit) const {
  if (is_large() && count * kDrawnShare < size() && !Hides()) {
    absl::flat_hash_set<const FieldNode*> drawn;
    while (drawn.size() < count) {
      const FieldNode* node = table().Random();
      if (drawn.insert(node).second) VisitNode(*node, visit);
    }
    return;
  }
  SelectionSampler sampler(ShownSize(), count);
  ForEach([&](const Element& field, const Element& value) {
    if (!sampler.done() && sampler.Take()) visit(field, value);
  });
}

}  // namespace redstart
