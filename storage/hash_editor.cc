#include "storage/hash_editor.h"

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

bool HashEditor::Set(std::string_view field, std::string_view value) {
  if (!is_object() && (IsTooLong(field) || IsTooLong(value))) BecomeLarge();
  if (is_object()) return object<FieldTable>()->Set(field, value);
  ListpackEditor listpack(packed());
  const auto at = FindFieldValue(listpack.view(), field);
  if (at != ListpackView::kNone) {
    listpack.Replace(at, value);
  } else {
    listpack.Append(field);
    listpack.Append(value);
  }
  if (size() > limits_.hash_max_listpack_entries) BecomeLarge();
  return at == ListpackView::kNone;
}

bool HashEditor::Erase(std::string_view field) {
  if (is_object()) return object<FieldTable>()->Erase(field);
  ListpackEditor listpack(packed());
  const auto at = listpack.view().Find(listpack.view().First(), field, /*skip=*/1);
  if (at == ListpackView::kNone) return false;
  listpack.Erase(at, 2);
  return true;
}

void HashEditor::BecomeLarge() {
  auto table = std::make_unique<FieldTable>();
  view().ForEach([&](const Element& field, const Element& value) {
    IntegerText field_text;
    IntegerText value_text;
    table->Set(field.View(&field_text), value.View(&value_text));
  });
  Become(std::move(table));
}

}  // namespace redstart
