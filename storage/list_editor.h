#ifndef REDSTART_STORAGE_LIST_EDITOR_H_
#define REDSTART_STORAGE_LIST_EDITOR_H_

// Changes a list. It is one listpack as long as that fits a node (list-max-listpack-size), and a
// QuickList beyond; it becomes a listpack again once it has shrunk to half of that, as in Redis.
//
// Owner and lock: see CollectionEditor. Handlers get one from WriteKeys::Edit.

#include <cstdint>
#include <string_view>

#include "absl/types/span.h"
#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/list.h"

namespace redstart {

class ListEditor : public CollectionEditor {
 public:
  using View = ListView;

  ListEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : CollectionEditor(slot, ValueType::kList, Packing::kListpack, kEmptyListpack),
        limit_(limits.list_max_listpack_size) {}

  // Ends with the next change.
  ListView view() const { return ListView(held()); }
  size_t size() const { return view().size(); }
  bool empty() const { return size() == 0; }

  // To be called with what will be added: a list that will not stay small becomes large at once.
  void PrepareFor(absl::Span<const std::string_view> elements);
  void Push(ListEnd end, std::string_view text);
  // Puts an element beside the first one that is equal to `pivot`. False if there is none.
  bool Insert(ListEnd side, std::string_view pivot, std::string_view text);
  // False if there is no such index (-1 is the last).
  bool Set(int64_t index, std::string_view text);
  // Removes up to `most` elements that are equal to `text`, beginning at an end; how many.
  size_t Remove(ListEnd from, size_t most, std::string_view text);
  // REQUIRES: index + count <= size().
  void EraseRange(size_t index, size_t count);

 private:
  void BecomeLarge();
  // To be called after elements have gone.
  void ShrinkIfSmall();
  ListpackView::At FindInPack(std::string_view text) const {
    const ListpackView pack = view().listpack();
    return pack.Find(pack.First(), text);
  }

  const ListNodeLimit limit_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_LIST_EDITOR_H_
