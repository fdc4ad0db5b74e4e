#ifndef REDSTART_STORAGE_HASH_EDITOR_H_
#define REDSTART_STORAGE_HASH_EDITOR_H_

// Changes a hash. It is a listpack until it has more than hash-max-listpack-entries fields or a
// field or value is longer than hash-max-listpack-value, and a FieldTable from then on, as in
// Redis.
//
// Owner and lock: see CollectionEditor. Handlers get one from WriteKeys::Edit.

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/hash.h"

namespace redstart {

class HashEditor : public CollectionEditor {
 public:
  using View = HashView;

  HashEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : CollectionEditor(slot, ValueType::kHash, Packing::kListpack, kEmptyListpack),
        limits_(limits) {}

  // Ends with the next change.
  HashView view() const { return HashView(held()); }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

  // To be called with the fields and values that will be set, in turn: a hash that will not stay
  // small becomes large at once.
  void PrepareFor(absl::Span<const std::string_view> fields_and_values);
  // True if the field is new.
  bool Set(std::string_view field, std::string_view value);
  // False if there is no such field.
  bool Erase(std::string_view field);

 private:
  bool IsTooLong(std::string_view text) const {
    return text.size() > limits_.hash_max_listpack_value;
  }
  void BecomeLarge();

  const CollectionLimits& limits_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_HASH_EDITOR_H_
