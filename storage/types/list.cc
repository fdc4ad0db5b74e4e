#include "storage/types/list.h"

namespace redstart {
namespace {

ListpackView::At Step(const ListpackView& pack, ListpackView::At at, ListEnd towards) {
  return towards == ListEnd::kTail ? pack.Next(at) : pack.Previous(at);
}

}  // namespace

std::optional<Element> ListView::At(int64_t index) const {
  if (is_large()) {
    const auto at = quick_list().Seek(index);
    if (!at) return std::nullopt;
    return quick_list().Get(at);
  }
  const auto at = listpack().Seek(index);
  if (at == ListpackView::kNone) return std::nullopt;
  return listpack().Get(at);
}

void ListView::Visit(int64_t from, ListEnd towards,
                     absl::FunctionRef<bool(const Element&)> visit) const {
  if (is_large()) {
    const QuickList& list = quick_list();
    for (auto at = list.Seek(from); at && visit(list.Get(at));) at = list.Step(at, towards);
    return;
  }
  const ListpackView pack = listpack();
  for (auto at = pack.Seek(from); at != ListpackView::kNone && visit(pack.Get(at));) {
    at = Step(pack, at, towards);
  }
}

void ListView::Compare(int64_t from, ListEnd towards, std::string_view text,
                       absl::FunctionRef<bool(bool is_equal)> visit) const {
  if (is_large()) {
    const QuickList& list = quick_list();
    for (auto at = list.Seek(from); at && visit(list.Is(at, text));) at = list.Step(at, towards);
    return;
  }
  const ListpackView pack = listpack();
  for (auto at = pack.Seek(from); at != ListpackView::kNone && visit(pack.Is(at, text));) {
    at = Step(pack, at, towards);
  }
}

}  // namespace redstart
