#include "storage/hash_editor.h"

#include <string>

namespace redstart {

void HashEditor::PrepareFor(absl::Span<const std::string_view> fields_and_values) {
  if (is_object()) return;
  size_t bytes = packed()->size();
  bool stays_small = fields_and_values.size() / 2 <= limits_.hash_max_listpack_entries;
  for (const std::string_view text : fields_and_values) {
    stays_small = stays_small && !IsTooLong(text);
    bytes += text.size();
  }
  if (!stays_small || bytes > ListpackView::kMaxBytes) BecomeLarge();
}

bool HashEditor::Set(std::string_view field, std::string_view value, OldDeadline old_deadline) {
  if (!is_object() && (IsTooLong(field) || IsTooLong(value))) BecomeLarge();
  if (!is_object()) return SetInListpack(field, value, old_deadline);
  auto* table = object<FieldTable>();
  if (old_deadline == OldDeadline::kDrop) return table->Set(field, value);
  const FieldNode* node = table->Find(field);
  return table->Set(field, value, node == nullptr ? FieldNode::kNever : node->deadline());
}

bool HashEditor::SetInListpack(std::string_view field, std::string_view value,
                               OldDeadline old_deadline) {
  ListpackEditor listpack(packed());
  const size_t elements = stride();
  const auto at = FindFieldValue(listpack.view(), field, elements);
  const bool is_new = at == ListpackView::kNone;
  const bool drops = !is_new && elements == 3 && old_deadline == OldDeadline::kDrop &&
                     listpack.view().Get(listpack.view().Next(at)).integer() != 0;
  if (drops) listpack.Erase(listpack.view().Previous(at), elements);
  if (is_new || drops) {
    listpack.Append(field);
    listpack.Append(value);
    if (elements == 3) listpack.Append(int64_t{0});
  } else {
    listpack.Replace(at, value);
  }
  if (size() > limits_.hash_max_listpack_entries) BecomeLarge();
  return is_new;
}

bool HashEditor::Erase(std::string_view field) {
  if (is_object()) return object<FieldTable>()->Erase(field);
  ListpackEditor listpack(packed());
  const size_t elements = stride();
  const auto at = listpack.view().Find(listpack.view().First(), field, /*skip=*/elements - 1);
  if (at == ListpackView::kNone) return false;
  listpack.Erase(at, elements);
  return true;
}

void HashEditor::SetDeadline(std::string_view field, uint64_t deadline) {
  if (is_object()) {
    auto* table = object<FieldTable>();
    table->Set(field, table->Find(field)->value(), deadline);
    return;
  }
  if (stride() == 2) MakeRoomForDeadlines();
  ListpackEditor listpack(packed());
  const auto at = FindFieldValue(listpack.view(), field, /*stride=*/3);
  // The same length as before, mostly: the value must not be one of the bytes that move.
  const std::string value = listpack.view().Get(at).ToString();
  listpack.Erase(listpack.view().Previous(at), 3);
  InsertAt(PlaceOf(deadline), field, value, deadline);
}

void HashEditor::InsertAt(ListpackView::At at, std::string_view field, std::string_view value,
                          uint64_t deadline) {
  ListpackEditor listpack(packed());
  // From the last to the first, each before the one that was inserted last.
  at = listpack.Insert(at, static_cast<int64_t>(deadline));
  at = listpack.Insert(at, value);
  listpack.Insert(at, field);
}

ListpackView::At HashEditor::PlaceOf(uint64_t deadline) const {
  const ListpackView listpack = view().listpack();
  if (deadline == HashView::kNever) return listpack.end();
  for (auto at = listpack.First(); at != ListpackView::kNone;) {
    const auto last = listpack.Next(listpack.Next(at));
    const auto other = static_cast<uint64_t>(listpack.Get(last).integer());
    if (other == HashView::kNever || other >= deadline) return at;
    at = listpack.Next(last);
  }
  return listpack.end();
}

bool HashEditor::EraseDue(uint64_t now, size_t max,
                          absl::FunctionRef<void(std::string_view field)> erased) {
  if (is_object()) {
    auto* table = object<FieldTable>();
    const bool at_end = table->EraseDue(now, max, erased);
    const uint64_t earliest = table->EarliestDeadline();
    return at_end && (earliest == FieldNode::kNever || earliest >= now);
  }
  size_t due = 0;
  const ListpackView listpack = view().listpack();
  const bool has_deadlines = stride() == 3;
  auto at = has_deadlines ? listpack.First() : ListpackView::kNone;
  for (; at != ListpackView::kNone && due < max; ++due) {
    const auto last = listpack.Next(listpack.Next(at));
    const auto deadline = static_cast<uint64_t>(listpack.Get(last).integer());
    if (deadline == HashView::kNever || deadline >= now) break;
    IntegerText scratch;
    erased(listpack.Get(at).View(&scratch));
    at = listpack.Next(last);
  }
  if (due > 0) ListpackEditor(packed()).EraseRange(0, due * 3);
  const uint64_t earliest = view().EarliestDeadline();
  return earliest == HashView::kNever || earliest >= now;
}

void HashEditor::Commit() {
  CollectionEditor::Commit();
  const uint64_t earliest = view().EarliestDeadline();
  if (had_deadlines_ || earliest != HashView::kNever) {
    slot()->NoteFieldDeadlines(earliest != HashView::kNever);
  }
}

void HashEditor::MakeRoomForDeadlines() {
  PackedBuffer buffer(kEmptyListpack);
  ListpackEditor wider(&buffer);
  view().ForEach([&](const Element& field, const Element& value) {
    wider.Append(field);
    wider.Append(value);
    wider.Append(int64_t{0});
  });
  Become(Packing::kListpackEx, buffer.bytes());
}

void HashEditor::BecomeLarge() {
  auto table = std::make_unique<FieldTable>();
  view().ForEachOfAll([&](const Element& field, const Element& value, uint64_t deadline) {
    IntegerText field_text;
    IntegerText value_text;
    table->Set(field.View(&field_text), value.View(&value_text), deadline);
  });
  Become(std::move(table));
}

}  // namespace redstart
