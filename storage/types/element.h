#ifndef REDSTART_STORAGE_TYPES_ELEMENT_H_
#define REDSTART_STORAGE_TYPES_ELEMENT_H_

// A member, field or value of a collection as it was found there: a text, or an integer that the
// collection keeps in binary. Clients see the same text either way.
//
// A small value, passed by copy. The text belongs to the collection and is valid until that
// changes.

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/base/number.h"

namespace redstart {

// Room for any 64-bit integer in decimal.
using IntegerText = std::array<char, 24>;

class Element {
 public:
  Element() = default;
  explicit Element(std::string_view text) : text_(text) {}
  explicit Element(int64_t integer) : integer_(integer), is_integer_(true) {}

  bool is_integer() const { return is_integer_; }
  // REQUIRES: is_integer().
  int64_t integer() const { return integer_; }
  // The text; an integer is written out into `scratch`.
  std::string_view View(IntegerText* scratch) const {
    if (!is_integer_) return text_;
    return {scratch->data(),
            static_cast<size_t>(FormatInt64(integer_, scratch->data()) - scratch->data())};
  }
  std::string ToString() const { return is_integer_ ? FormatInt64(integer_) : std::string(text_); }
  // The length of the text.
  size_t size() const { return is_integer_ ? Int64Chars(integer_) : text_.size(); }
  // The value as an integer if it is one by Redis's strict rules.
  std::optional<int64_t> AsInteger() const {
    if (is_integer_) return integer_;
    return ParseInt64(text_);
  }

 private:
  std::string_view text_;
  int64_t integer_ = 0;
  bool is_integer_ = false;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_ELEMENT_H_
