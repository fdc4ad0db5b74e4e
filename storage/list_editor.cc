#include "storage/list_editor.h"

#include <memory>
#include <string>

namespace redstart {

void ListEditor::PrepareFor(absl::Span<const std::string_view> elements) {
  if (is_object()) return;
  size_t bytes = packed()->size();
  for (const std::string_view text : elements) bytes += text.size();
  if (limit_.IsExceededBy(bytes, size() + elements.size())) BecomeLarge();
}

void ListEditor::BecomeLarge() {
  auto list = std::make_unique<QuickList>();
  if (!empty()) list->AppendPack(packed()->bytes());
  Become(std::move(list));
}

void ListEditor::ShrinkIfSmall() {
  if (!is_object() || empty()) return;
  const QuickList::Node* only = object<QuickList>()->head();
  if (only->next != nullptr || only->is_plain()) return;
  if (only->bytes().size() > limit_.max_bytes / 2 || only->count > limit_.max_elements / 2) return;
  Become(Packing::kListpack, std::string(only->bytes()));
}

void ListEditor::Push(ListEnd end, std::string_view text) {
  if (is_object()) return object<QuickList>()->Push(end, text, limit_);
  ListpackEditor pack(packed());
  if (end == ListEnd::kHead) {
    pack.Prepend(text);
  } else {
    pack.Append(text);
  }
}

bool ListEditor::Insert(ListEnd side, std::string_view pivot, std::string_view text) {
  if (is_object()) {
    QuickList& list = *object<QuickList>();
    auto at = list.First();
    while (at && !list.Is(at, pivot)) at = list.Step(at, ListEnd::kTail);
    if (!at) return false;
    if (side == ListEnd::kHead) {
      list.InsertBefore(at, text, limit_);
    } else {
      list.InsertAfter(at, text, limit_);
    }
    return true;
  }
  ListpackEditor pack(packed());
  const auto at = FindInPack(pivot);
  if (at == ListpackView::kNone) return false;
  if (side == ListEnd::kHead) {
    pack.Insert(at, text);
  } else {
    const auto next = pack.view().Next(at);
    pack.Insert(next == ListpackView::kNone ? pack.view().end() : next, text);
  }
  return true;
}

bool ListEditor::Set(int64_t index, std::string_view text) {
  if (is_object()) {
    QuickList& list = *object<QuickList>();
    const auto at = list.Seek(index);
    if (!at) return false;
    list.Replace(at, text, limit_);
    ShrinkIfSmall();
    return true;
  }
  ListpackEditor pack(packed());
  const auto at = pack.view().Seek(index);
  if (at == ListpackView::kNone) return false;
  pack.Replace(at, text);
  return true;
}

size_t ListEditor::Remove(ListEnd from, size_t most, std::string_view text) {
  const ListEnd towards = from == ListEnd::kHead ? ListEnd::kTail : ListEnd::kHead;
  size_t removed = 0;
  if (is_object()) {
    QuickList& list = *object<QuickList>();
    auto at = from == ListEnd::kHead ? list.First() : list.Last();
    while (at && removed < most) {
      if (list.Is(at, text)) {
        at = list.Erase(at, towards);
        ++removed;
      } else {
        at = list.Step(at, towards);
      }
    }
    if (removed > 0) ShrinkIfSmall();
    return removed;
  }
  ListpackEditor pack(packed());
  auto at = from == ListEnd::kHead ? pack.view().First() : pack.view().Last();
  while (at != ListpackView::kNone && removed < most) {
    if (!pack.view().Is(at, text)) {
      at = towards == ListEnd::kTail ? pack.view().Next(at) : pack.view().Previous(at);
      continue;
    }
    const auto next = pack.Erase(at);
    ++removed;
    // What stood behind it has taken its place.
    at = towards == ListEnd::kTail ? next : pack.view().Previous(at);
  }
  return removed;
}

void ListEditor::EraseRange(size_t index, size_t count) {
  if (is_object()) {
    object<QuickList>()->EraseRange(index, count);
    return ShrinkIfSmall();
  }
  ListpackEditor(packed()).EraseRange(static_cast<int64_t>(index), count);
}

}  // namespace redstart
