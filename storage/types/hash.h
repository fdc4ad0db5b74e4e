#ifndef REDSTART_STORAGE_TYPES_HASH_H_
#define REDSTART_STORAGE_TYPES_HASH_H_

// What the holder of a hash may be asked, in whichever of three forms it is:
//
//   listpack     field, value, field, value, ...
//   listpackex   field, value, deadline, ...: from the first deadline of a field on. In the order
//   of
//                deadlines, so that what is due stands in front; 0, which is none, comes last.
//   FieldTable   the large form, with or without deadlines
//
// Fields that have expired stay until somebody deletes them (server/exec/field_expiry.cc). A view
// shows all there are; HideDue makes it show only what is not yet over. size() counts all, as HLEN
// does on Redis.
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
  // Deadlines are milliseconds since 1970; none.
  static constexpr uint64_t kNever = FieldNode::kNever;
  // No deadline is later: Redis keeps them in 48 bits.
  static constexpr uint64_t kMaxDeadline = (uint64_t{1} << 48) - 1;

  using Visit = absl::FunctionRef<void(const Element& field, const Element& value)>;
  using VisitAll =
      absl::FunctionRef<void(const Element& field, const Element& value, uint64_t deadline)>;
  struct Held {
    Element value;
    uint64_t deadline = kNever;

    // In the millisecond of its deadline a field is still there, as a key is.
    bool IsExpired(uint64_t now) const { return deadline != kNever && deadline < now; }
  };

  HashView() : HashView(CollectionRef(Packing::kListpack, kEmptyListpack)) {}
  explicit HashView(const CollectionRef& held) : held_(held) {}
  HashView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  // From now on fields whose deadline was before `now` are not shown.
  void HideDue(uint64_t now) { now_ = now; }

  const CollectionRef& held() const { return held_; }
  bool is_large() const { return held_.is_object(); }
  // REQUIRES: is_large().
  const FieldTable& table() const { return *held_.object<FieldTable>(); }
  // REQUIRES for both: !is_large().
  ListpackView listpack() const { return ListpackView(held_.packed()); }
  // Elements of the listpack for each field.
  size_t stride() const { return held_.packing() == Packing::kListpackEx ? 3 : 2; }

  // All fields, whether shown or not.
  size_t size() const { return is_large() ? table().size() : listpack().size() / stride(); }
  // The fields that are shown. O(1) unless some have to be hidden.
  size_t ShownSize() const;
  // No field's deadline is earlier; kNever if none has one. O(1).
  uint64_t EarliestDeadline() const;

  // The value of a field that is shown.
  std::optional<Element> Find(std::string_view field) const {
    const std::optional<Held> held = Lookup(field);
    if (!held || held->IsExpired(now_)) return std::nullopt;
    return held->value;
  }
  // The field, whether shown or not.
  std::optional<Held> Lookup(std::string_view field) const;
  void ForEach(Visit visit) const;
  // All fields, whether shown or not.
  void ForEachOfAll(VisitAll visit) const;
  // Fields from `cursor` on, until at least `wanted` were seen or there are no more; a small hash
  // is visited whole. Returns the cursor to go on with, 0 at the end. What is there throughout a
  // whole walk is visited exactly once, however the hash grows or shrinks meanwhile.
  uint64_t Scan(uint64_t cursor, size_t wanted, Visit visit) const;

  // REQUIRES for all three: ShownSize() > 0.
  void VisitRandom(Visit visit) const { VisitRandomTimes(1, visit); }
  // Each one chosen anew from all fields.
  void VisitRandomTimes(size_t times, Visit visit) const;
  // `count` different fields; every choice has the same chance. REQUIRES: count <= ShownSize().
  void VisitRandomDistinct(size_t count, Visit visit) const;

 private:
  // Whether there may be fields to hide.
  bool Hides() const {
    const uint64_t earliest = EarliestDeadline();
    return earliest != kNever && earliest < now_;
  }
  void VisitShownTimes(size_t times, Visit visit) const;

  CollectionRef held_;
  uint64_t now_ = 0;  // Nothing is before it.
};

// Where the value of a field stands in the listpack of a small hash. `stride` as HashView's.
ListpackView::At FindFieldValue(ListpackView listpack, std::string_view field, size_t stride = 2);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_HASH_H_
