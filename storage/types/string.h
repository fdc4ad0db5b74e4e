#ifndef REDSTART_STORAGE_TYPES_STRING_H_
#define REDSTART_STORAGE_TYPES_STRING_H_

// How a string value is held, and what its holder may be asked.
//
// A string stands in one of four forms: a 64-bit integer, a short text (up to 44 bytes), a longer
// or edited text inside the entry, or a reference-counted blob. OBJECT ENCODING calls them int,
// embstr, raw and raw: the names and the limits of 20 and 44 bytes are Redis's, because clients and
// their tests look at them.
//
// A StringRef is a view of the payload bytes of an entry; it is valid until the entry changes. It
// owns nothing.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "storage/types/blob.h"
#include "storage/types/element.h"
#include "storage/types/value_type.h"

namespace redstart {

enum class StringForm : uint8_t { kInt = 0, kShort = 1, kInline = 2, kBlob = 3 };

// The longest text that OBJECT ENCODING calls embstr.
inline constexpr size_t kMaxShortString = 44;
// The longest value inside its entry; beyond it the value is a blob, which can be sent and saved
// without a copy.
inline constexpr size_t kMaxInlineString = 2048;

class StringRef {
 public:
  static constexpr ValueType kType = ValueType::kString;

  StringRef() = default;
  StringRef(StringForm form, const char* payload, size_t payload_size)
      : form_(form), payload_(payload), payload_size_(payload_size) {}
  StringRef(uint8_t encoding, const char* payload, size_t payload_size)
      : StringRef(static_cast<StringForm>(encoding), payload, payload_size) {}

  StringForm form() const { return form_; }
  bool is_integer() const { return form_ == StringForm::kInt; }
  // What OBJECT ENCODING calls raw.
  bool is_raw() const { return form_ == StringForm::kInline || form_ == StringForm::kBlob; }
  // REQUIRES: is_integer().
  int64_t integer() const { return Load<int64_t>(); }
  // The blob, or null if the value is held in another form.
  Blob* blob() const { return form_ == StringForm::kBlob ? Load<Blob*>() : nullptr; }

  // The length of the text.
  size_t size() const { return is_inline() ? payload_size_ : SizeElsewhere(); }
  // The text itself; an integer is written out into `scratch`.
  std::string_view View(IntegerText* scratch) const {
    return is_inline() ? std::string_view(payload_, payload_size_) : ViewElsewhere(scratch);
  }
  // The value as an integer if it is one by Redis's strict rules.
  std::optional<int64_t> AsInteger() const;

 private:
  // Whether the text stands in the payload as it is.
  bool is_inline() const { return form_ == StringForm::kShort || form_ == StringForm::kInline; }
  size_t SizeElsewhere() const;
  std::string_view ViewElsewhere(IntegerText* scratch) const;

  template <typename T>
  T Load() const {
    T value;
    std::memcpy(&value, payload_, sizeof(value));
    return value;
  }

  StringForm form_ = StringForm::kShort;
  const char* payload_ = nullptr;
  size_t payload_size_ = 0;
};

// The form in which a new value is held. `as_integer` is set if and only if the form is kInt.
struct ChosenForm {
  StringForm form;
  int64_t as_integer = 0;
  // Bytes that the payload takes in the entry.
  size_t payload_size;
};
// `may_be_integer`: a value set by SET is, one made by APPEND or INCRBYFLOAT is not.
ChosenForm ChooseStringForm(std::string_view text, bool may_be_integer);

// The name OBJECT ENCODING shows.
std::string_view EncodingName(StringForm form);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_STRING_H_
