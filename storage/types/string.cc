#include "storage/types/string.h"

#include <charconv>

#include "storage/base/number.h"

namespace redstart {

size_t StringRef::SizeElsewhere() const {
  IntegerText scratch;
  return ViewElsewhere(&scratch).size();
}

std::string_view StringRef::ViewElsewhere(IntegerText* scratch) const {
  if (form_ == StringForm::kBlob) return blob()->view();
  const auto end = std::to_chars(scratch->data(), scratch->data() + scratch->size(), integer());
  return {scratch->data(), static_cast<size_t>(end.ptr - scratch->data())};
}

std::optional<int64_t> StringRef::AsInteger() const {
  if (form_ == StringForm::kInt) return integer();
  IntegerText scratch;
  return ParseInt64(View(&scratch));
}

ChosenForm ChooseStringForm(std::string_view text, bool may_be_integer) {
  if (may_be_integer && text.size() <= kMaxInt64Chars) {
    if (const auto integer = ParseInt64(text))
      return {StringForm::kInt, *integer, sizeof(*integer)};
  }
  if (text.size() <= kMaxShortString) return {StringForm::kShort, 0, text.size()};
  if (text.size() <= kMaxInlineString) return {StringForm::kInline, 0, text.size()};
  return {StringForm::kBlob, 0, sizeof(Blob*)};
}

std::string_view EncodingName(StringForm form) {
  switch (form) {
    case StringForm::kInt:
      return "int";
    case StringForm::kShort:
      return "embstr";
    case StringForm::kInline:
    case StringForm::kBlob:
      break;
  }
  return "raw";
}

}  // namespace redstart
