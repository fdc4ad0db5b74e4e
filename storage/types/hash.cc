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

// Where each field of a listpack stands.
std::vector<ListpackView::At> FieldsOf(ListpackView listpack) {
  std::vector<ListpackView::At> fields;
  fields.reserve(listpack.size() / 2);
  for (auto at = listpack.First(); at != ListpackView::kNone;) {
    fields.push_back(at);
    at = listpack.Next(listpack.Next(at));
  }
  return fields;
}

}  // namespace

ListpackView::At FindFieldValue(ListpackView listpack, std::string_view field) {
  const auto at = listpack.Find(listpack.First(), field, /*skip=*/1);
  return at == ListpackView::kNone ? at : listpack.Next(at);
}

std::optional<Element> HashView::Find(std::string_view field) const {
  if (is_large()) {
    const FieldNode* node = table().Find(field);
    if (node == nullptr) return std::nullopt;
    return Element(node->value());
  }
  const auto at = FindFieldValue(listpack(), field);
  if (at == ListpackView::kNone) return std::nullopt;
  return listpack().Get(at);
}

void HashView::ForEach(Visit visit) const {
  if (is_large()) return table().ForEach([&](const FieldNode& node) { VisitNode(node, visit); });
  const ListpackView pack = listpack();
  for (auto at = pack.First(); at != ListpackView::kNone;) {
    const auto value = pack.Next(at);
    visit(pack.Get(at), pack.Get(value));
    at = pack.Next(value);
  }
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
      VisitNode(node, visit);
    });
  }
  return at ? *at >> kMemberCursorShift : 0;
}

void HashView::VisitRandomTimes(size_t times, Visit visit) const {
  if (is_large()) {
    for (; times > 0; --times) VisitNode(*table().Random(), visit);
    return;
  }
  const ListpackView pack = listpack();
  const auto visit_at = [&](ListpackView::At at) { visit(pack.Get(at), pack.Get(pack.Next(at))); };
  if (times == 1) return visit_at(pack.Seek(static_cast<int64_t>(RandomBelow(size()) * 2)));
  const std::vector<ListpackView::At> fields = FieldsOf(pack);
  for (; times > 0; --times) visit_at(fields[RandomBelow(fields.size())]);
}

void HashView::VisitRandomDistinct(size_t count, Visit visit) const {
  if (is_large() && count * kDrawnShare < size()) {
    absl::flat_hash_set<const FieldNode*> drawn;
    while (drawn.size() < count) {
      const FieldNode* node = table().Random();
      if (drawn.insert(node).second) VisitNode(*node, visit);
    }
    return;
  }
  SelectionSampler sampler(size(), count);
  ForEach([&](const Element& field, const Element& value) {
    if (!sampler.done() && sampler.Take()) visit(field, value);
  });
}

}  // namespace redstart
