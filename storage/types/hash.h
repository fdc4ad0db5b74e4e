#ifndef REDSTART_STORAGE_TYPES_HASH_H_
#define REDSTART_STORAGE_TYPES_HASH_H_

// What the holder of a hash may be asked, whether it is small (a listpack: field, value, field,
// value, ...) or large (a FieldTable).
//
// A view of an entry's payload: owns nothing, valid until the entry changes. Changes go through
// HashEditor (storage/hash_editor.h).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/field_table.h"
#include "storage/types/listpack.h"
#include "storage/types/value_type.h"

namespace redstart {

class HashView {
 public:
  static constexpr ValueType kType = ValueType::kHash;
  using Visit = absl::FunctionRef<void(const Element& field, const Element& value)>;

  HashView() : HashView(CollectionRef(Packing::kListpack, kEmptyListpack)) {}
  explicit HashView(const CollectionRef& held) : held_(held) {}
  HashView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  const CollectionRef& held() const { return held_; }
  bool is_large() const { return held_.is_object(); }
  // REQUIRES: is_large().
  const FieldTable& table() const { return *held_.object<FieldTable>(); }
  // REQUIRES: !is_large().
  ListpackView listpack() const { return ListpackView(held_.packed()); }

  size_t size() const { return is_large() ? table().size() : listpack().size() / 2; }
  std::optional<Element> Find(std::string_view field) const;
  void ForEach(Visit visit) const;
  // Fields from `cursor` on, until at least `wanted` were seen or there are no more; a small hash
  // is visited whole. Returns the cursor to go on with, 0 at the end. What is there throughout a
  // whole walk is visited exactly once, however the hash grows or shrinks meanwhile.
  uint64_t Scan(uint64_t cursor, size_t wanted, Visit visit) const;

  // REQUIRES for all three: size() > 0.
  void VisitRandom(Visit visit) const { VisitRandomTimes(1, visit); }
  // Each one chosen anew from all fields.
  void VisitRandomTimes(size_t times, Visit visit) const;
  // `count` different fields; every choice has the same chance. REQUIRES: count <= size().
  void VisitRandomDistinct(size_t count, Visit visit) const;

 private:
  CollectionRef held_;
};

// Where the value of a field stands in the listpack of a small hash.
ListpackView::At FindFieldValue(ListpackView listpack, std::string_view field);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_HASH_H_
