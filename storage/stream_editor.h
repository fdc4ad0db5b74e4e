#ifndef REDSTART_STORAGE_STREAM_EDITOR_H_
#define REDSTART_STORAGE_STREAM_EDITOR_H_

// Changes a stream, which has one form only, however small it is. Unlike other collections it stays
// when it has no entries.
//
// Owner and lock: see CollectionEditor. Handlers get one from WriteKeys::Edit.

#include <memory>

#include "storage/collection_editor.h"
#include "storage/types/collection_limits.h"
#include "storage/types/stream.h"

namespace redstart {

class StreamEditor : public CollectionEditor {
 public:
  using View = StreamView;
  static constexpr bool kDropsEmpty = false;

  StreamEditor(const EntrySlot& slot, const CollectionLimits& limits)
      : CollectionEditor(slot, ValueType::kStream, Packing::kListpack, kEmptyListpack),
        limits_{limits.stream_node_max_bytes, limits.stream_node_max_entries} {}

  // Null if the key is not there.
  Stream* get() const { return is_object() ? object<Stream>() : nullptr; }
  // Creates the key if it is not there.
  Stream* Make() {
    if (!is_object()) Become(std::make_unique<Stream>());
    return object<Stream>();
  }
  const StreamNodeLimits& limits() const { return limits_; }

 private:
  const StreamNodeLimits limits_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_STREAM_EDITOR_H_
