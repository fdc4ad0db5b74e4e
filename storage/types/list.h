#ifndef REDSTART_STORAGE_TYPES_LIST_H_
#define REDSTART_STORAGE_TYPES_LIST_H_

// What the holder of a list may be asked, whether it is small (one listpack) or large (a
// QuickList).
//
// A view of an entry's payload: owns nothing, valid until the entry changes. Changes go through
// ListEditor (storage/list_editor.h).

#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/quick_list.h"
#include "storage/types/value_type.h"

namespace redstart {

class ListView {
 public:
  static constexpr ValueType kType = ValueType::kList;

  ListView() : ListView(CollectionRef(Packing::kListpack, kEmptyListpack)) {}
  explicit ListView(const CollectionRef& held) : held_(held) {}
  ListView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  const CollectionRef& held() const { return held_; }
  bool is_large() const { return held_.is_object(); }
  // REQUIRES: is_large().
  const QuickList& quick_list() const { return *held_.object<QuickList>(); }
  // REQUIRES: !is_large().
  ListpackView listpack() const { return ListpackView(held_.packed()); }

  size_t size() const { return is_large() ? quick_list().size() : listpack().size(); }
  // The element at an index; -1 is the last. Nothing outside.
  std::optional<Element> At(int64_t index) const;
  // Visits elements from an index on, in the direction of an end, until `visit` returns false.
  void Visit(int64_t from, ListEnd towards, absl::FunctionRef<bool(const Element&)> visit) const;
  // The same, telling for each element whether it is equal to `text`.
  void Compare(int64_t from, ListEnd towards, std::string_view text,
               absl::FunctionRef<bool(bool is_equal)> visit) const;

 private:
  CollectionRef held_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_LIST_H_
