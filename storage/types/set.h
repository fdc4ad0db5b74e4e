#ifndef REDSTART_STORAGE_TYPES_SET_H_
#define REDSTART_STORAGE_TYPES_SET_H_

// What the holder of a set may be asked, whether it is small (an int set or a listpack of members)
// or large (a MemberTable).
//
// A view of an entry's payload: owns nothing, valid until the entry changes. Changes go through
// SetEditor (storage/set_edits.h).

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/int_set.h"
#include "storage/types/listpack.h"
#include "storage/types/member_table.h"
#include "storage/types/value_type.h"

namespace redstart {

class SetView {
 public:
  static constexpr ValueType kType = ValueType::kSet;
  using Visit = absl::FunctionRef<void(const Element& member)>;
  using VisitWhile = absl::FunctionRef<bool(const Element& member)>;

  SetView() : SetView(CollectionRef(Packing::kIntSet, kEmptyIntSet)) {}
  explicit SetView(const CollectionRef& held) : held_(held) {}
  SetView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  const CollectionRef& held() const { return held_; }
  bool is_large() const { return held_.is_object(); }
  bool is_int_set() const { return !is_large() && held_.packing() == Packing::kIntSet; }
  bool is_listpack() const { return !is_large() && held_.packing() == Packing::kListpack; }
  // REQUIRES for each: the form is that one.
  const MemberTable& table() const { return *held_.object<MemberTable>(); }
  IntSetView int_set() const { return IntSetView(held_.packed()); }
  ListpackView listpack() const { return ListpackView(held_.packed()); }

  size_t size() const;
  bool Contains(std::string_view member) const { return Contains(Element(member)); }
  bool Contains(const Element& member) const;
  void ForEach(Visit visit) const;
  // The same until `visit` says false.
  void ForEachWhile(VisitWhile visit) const;
  // Members from `cursor` on, until at least `wanted` were seen or there are no more; a small set
  // is visited whole. Returns the cursor to go on with, 0 at the end. What is there throughout a
  // whole walk is visited exactly once, however the set grows or shrinks meanwhile.
  uint64_t Scan(uint64_t cursor, size_t wanted, Visit visit) const;

  // Each one chosen anew from all members. REQUIRES: size() > 0.
  void VisitRandomTimes(size_t times, Visit visit) const;
  // `count` different members; every choice has the same chance. REQUIRES: count <= size().
  void VisitRandomDistinct(size_t count, Visit visit) const;

 private:
  CollectionRef held_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_SET_H_
