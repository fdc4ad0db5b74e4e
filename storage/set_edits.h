#ifndef REDSTART_STORAGE_SET_EDITS_H_
#define REDSTART_STORAGE_SET_EDITS_H_

// Changes a set: in its entry (SetEditor), or one that has none yet (SetBuilder).
//
// The form changes when Redis's does. A set of integers is an int set, up to set-max-intset-entries
// of them; with its first text it becomes a listpack, up to set-max-listpack-entries members none
// of which is longer than set-max-listpack-value; and beyond that a MemberTable. It never goes back
// as it shrinks.
//
// Owner and lock of an editor: see CollectionEditor; handlers get one from WriteKeys::Edit. A
// builder lives on the stack and needs none.

#include <cstddef>
#include <string_view>

#include "absl/types/span.h"
#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/loose_collection.h"
#include "storage/types/set.h"

namespace redstart {

template <typename Holder>
class SetEdits : public Holder {
 public:
  using View = SetView;

  // Ends with the next change.
  SetView view() const { return SetView(this->held()); }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

  // To be called before members are added, if a set should be made large at once that would not
  // stay small, and with at least one member. Only their number counts, as on Redis: they may be
  // there already.
  void PrepareFor(absl::Span<const std::string_view> members);
  // False if it was there already.
  bool Add(std::string_view member) { return Add(Element(member)); }
  bool Add(const Element& member);
  // False if it was not there.
  bool Erase(std::string_view member) { return Erase(Element(member)); }
  bool Erase(const Element& member);
  // Takes out a member at random. REQUIRES: !empty().
  std::string PopRandom();

 protected:
  template <typename... Where>
  explicit SetEdits(const CollectionLimits& limits, const Where&... where)
      : Holder(where...), limits_(limits) {}
  ~SetEdits() = default;

  void BecomeListpack();
  void BecomeLarge();

  const CollectionLimits& limits_;

 private:
  bool IsIntSet() const { return this->held().packing() == Packing::kIntSet; }
  bool AddPacked(const Element& member);
  bool AddToIntSet(int64_t member);
  // Whether a set of these integers may become a listpack with this member.
  bool FitsListpack(IntSetView integers, const Element& member) const;
};

class SetEditor final : public SetEdits<CollectionEditor> {
 public:
  SetEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : SetEdits(limits, slot, ValueType::kSet, Packing::kIntSet, kEmptyIntSet) {}
};

class SetBuilder final : public SetEdits<LooseCollection> {
 public:
  // `packing` is the form to begin with.
  explicit SetBuilder(const CollectionLimits& limits, Packing packing = Packing::kIntSet)
      : SetEdits(limits, packing,
                 packing == Packing::kIntSet ? kEmptyIntSet : std::string_view(kEmptyListpack)) {}

  // For a set of which the number of members is known. More than set-max-intset-entries make it
  // large, whatever they are.
  void Expect(size_t members) {
    if (members > limits_.set_max_intset_entries) BecomeLarge();
  }
  // Makes a set of integers an int set, if there are not too many.
  void PreferIntSet();
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_SET_EDITS_H_
