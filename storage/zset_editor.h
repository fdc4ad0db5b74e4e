#ifndef REDSTART_STORAGE_ZSET_EDITOR_H_
#define REDSTART_STORAGE_ZSET_EDITOR_H_

// Changes a sorted set. It is a listpack until it has more than zset-max-listpack-entries elements
// or gets a member that is longer than zset-max-listpack-value, and a ScoredSet from then on, as in
// Redis.
//
// Owner and lock: see CollectionEditor. Handlers get one from WriteKeys::Edit.

#include <cstddef>
#include <string_view>

#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/zset.h"

namespace redstart {

class ZSetEditor : public CollectionEditor {
 public:
  using View = ZSetView;

  ZSetEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : CollectionEditor(slot, ValueType::kSortedSet, Packing::kListpack, kEmptyListpack),
        limits_(limits) {}

  // Ends with the next change.
  ZSetView view() const { return ZSetView(held()); }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

  // To be called before `count` elements are added, the longest of whose members has this length: a
  // set that will not stay small becomes large at once.
  void PrepareFor(size_t count, size_t longest);
  // Adds the member, or gives it another score. True if it is new.
  bool Set(std::string_view member, double score);
  // False if there is no such member.
  bool Erase(std::string_view member);
  // Erases elements by rank. REQUIRES: there are that many.
  void EraseRange(size_t first, size_t count);

 private:
  void Insert(std::string_view member, double score);
  void BecomeLarge();

  const CollectionLimits& limits_;
};

// Appends an element to the listpack of a small sorted set, or puts it before another one.
void InsertScored(PackedStore* store, ListpackView::At before, std::string_view member,
                  double score);

}  // namespace redstart

#endif  // REDSTART_STORAGE_ZSET_EDITOR_H_
