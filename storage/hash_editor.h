#ifndef REDSTART_STORAGE_HASH_EDITOR_H_
#define REDSTART_STORAGE_HASH_EDITOR_H_

// Changes a hash. It is a listpack until it has more than hash-max-listpack-entries fields or a
// field or value is longer than hash-max-listpack-value, and a FieldTable from then on, as in
// Redis. With the first deadline of a field a listpack gets room for them (storage/types/hash.h).
//
// An editor knows no time: fields that have expired are fields like others here, and whoever wants
// them gone deletes them first (EraseDue, WriteKeys::EditOrCreate).
//
// Owner and lock: see CollectionEditor. Handlers get one from WriteKeys::Edit.

#include <cstdint>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/hash.h"

namespace redstart {

class HashEditor : public CollectionEditor {
 public:
  using View = HashView;
  // What becomes of the deadline of a field that gets another value.
  enum class OldDeadline : uint8_t { kDrop, kKeep };

  HashEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : CollectionEditor(slot, ValueType::kHash, Packing::kListpack, kEmptyListpack),
        limits_(limits),
        had_deadlines_(view().EarliestDeadline() != HashView::kNever) {}

  // Ends with the next change.
  HashView view() const { return HashView(held()); }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

  // To be called with the fields and values that will be set, in turn: a hash that will not stay
  // small becomes large at once.
  void PrepareFor(absl::Span<const std::string_view> fields_and_values);
  // True if the field is new.
  bool Set(std::string_view field, std::string_view value,
           OldDeadline old_deadline = OldDeadline::kDrop);
  // False if there is no such field.
  bool Erase(std::string_view field);
  // kNever takes the deadline away. REQUIRES: the field is there; the deadline is at most
  // HashView::kMaxDeadline.
  void SetDeadline(std::string_view field, uint64_t deadline);
  // Erases fields whose deadline was before `now`, at most `max` of them and in some 30 us, after
  // erased(field). False if there may be more.
  bool EraseDue(uint64_t now, size_t max, absl::FunctionRef<void(std::string_view field)> erased);

  // Besides, lets the shard know when the first field expires.
  void Commit();

 private:
  bool IsTooLong(std::string_view text) const {
    return text.size() > limits_.hash_max_listpack_value;
  }
  size_t stride() const { return view().stride(); }
  void BecomeLarge();
  // Gives a listpack room for deadlines.
  void MakeRoomForDeadlines();
  // Adds a field to a listpack with deadlines, at its place.
  void InsertAt(ListpackView::At at, std::string_view field, std::string_view value,
                uint64_t deadline);
  // Where a field with this deadline belongs in such a listpack.
  ListpackView::At PlaceOf(uint64_t deadline) const;
  bool SetInListpack(std::string_view field, std::string_view value, OldDeadline old_deadline);

  const CollectionLimits& limits_;
  const bool had_deadlines_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_HASH_EDITOR_H_
