#ifndef REDSTART_STORAGE_TYPES_STREAM_H_
#define REDSTART_STORAGE_TYPES_STREAM_H_

// A stream: entries in the order of their ids, each some fields with values, and the groups that
// read it.
//
// Entries stand in listpacks of some KiB, ordered by the id of their first entry, byte for byte as
// Redis has them, because RDB files hold them so (format: comments in Redis's t_stream.c):
//
//   head   live entries | deleted ones | number of fields | their names | 0
//   entry  flags | ms and sequence above the listpack's own id | values, if the names are those of
//          the head; otherwise the number of fields and names and values in turn | number of
//          elements before this one, to be read from the right
//
// A deleted entry stays with a flag until its listpack has no live one.
//
// Owner. The entry of its key; guarded by the shard's lock. A StreamEntry is valid until the stream
// changes.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/packed_store.h"
#include "storage/types/stream_group.h"
#include "storage/types/stream_id.h"
#include "storage/types/value_type.h"

namespace redstart {

class StreamEntry {
 public:
  StreamId id;
  size_t fields = 0;

  // Calls visit(field, value), both Elements, for each field.
  template <typename Visit>
  void ForEachField(Visit&& visit) const {
    ListpackView::At name = names_;
    ListpackView::At value = values_;
    for (size_t i = 0; i < fields; ++i) {
      if (names_ == ListpackView::kNone) {
        name = value;
        value = pack_.Next(name);
        visit(pack_.Get(name), pack_.Get(value));
      } else {
        visit(pack_.Get(name), pack_.Get(value));
        name = pack_.Next(name);
      }
      value = pack_.Next(value);
    }
  }

 private:
  friend class StreamNode;

  ListpackView pack_{kEmptyListpack};
  ListpackView::At names_ = ListpackView::kNone;  // None: names and values stand in turn.
  ListpackView::At values_ = ListpackView::kNone;
};

// How large a listpack may grow.
struct StreamNodeLimits {
  size_t max_bytes;    // 0: no limit.
  size_t max_entries;  // 0: no limit.
};

// What XADD and XTRIM remove: the oldest entries, until at most `max_length` are left or all have
// at least the id `min_id`.
struct StreamTrim {
  std::optional<uint64_t> max_length;
  std::optional<StreamId> min_id;
  bool is_approximate = false;  // Whole listpacks only.
  uint64_t limit = 0;           // So many entries at the most; 0: no limit.
};

class Stream final : public Collection {
 public:
  using Groups = std::map<std::string, StreamGroup, std::less<>>;
  using Visit = absl::FunctionRef<bool(const StreamEntry& entry)>;
  using Nodes = absl::btree_map<StreamId, PackedBuffer>;

  Stream() = default;

  // Entries.
  size_t size() const override { return length_; }
  size_t MemoryBytes() const override;
  std::unique_ptr<Collection> Clone() const override;
  std::string_view EncodingName() const override { return "stream"; }

  // The id given last; no smaller one will be.
  StreamId last_id() const { return last_id_; }
  StreamId max_deleted_id() const { return max_deleted_id_; }
  // All entries there ever were.
  uint64_t entries_added() const { return entries_added_; }
  // Of the oldest entry that is there; 0-0 if there is none.
  StreamId first_id() const { return first_id_; }
  // Of the youngest entry that is there. REQUIRES: size() > 0.
  StreamId LastLiveId() const;
  // Of the oldest entry, a deleted one included; the greatest id there is if there is none.
  StreamId OldestId() const;
  bool Contains(StreamId id) const;
  // Visits entries from `from` to `to`, both included, or from the youngest to the oldest, until
  // `visit` returns false.
  void VisitRange(StreamId from, StreamId to, bool from_youngest, Visit visit) const;

  // Adds an entry. REQUIRES: id > last_id(); fields and values in turn, at least one of each.
  void Append(StreamId id, absl::Span<const std::string_view> fields_and_values,
              const StreamNodeLimits& limits);
  // Whether there is an entry to be deleted.
  bool Delete(StreamId id);
  // How many entries were removed.
  uint64_t Trim(const StreamTrim& trim);
  // XSETID.
  void SetState(StreamId last_id, std::optional<uint64_t> entries_added,
                std::optional<StreamId> max_deleted_id);

  Groups& groups() { return groups_; }
  const Groups& groups() const { return groups_; }
  StreamGroup* FindGroup(std::string_view name);
  const StreamGroup* FindGroup(std::string_view name) const;
  // How many of all entries ever added stand up to this id, if that can be told; otherwise
  // StreamGroup::kUnknown.
  int64_t CountUpTo(StreamId id) const;
  // Whether entries from this id on have been deleted.
  bool HasDeletedFrom(StreamId id) const;
  // How many entries a group has still to read, if that can be told.
  std::optional<int64_t> LagOf(const StreamGroup& group) const;
  // The group has delivered this entry, which is beyond its last one.
  void Advance(StreamGroup* group, StreamId id) const;

  // For codecs.
  const Nodes& nodes() const { return nodes_; }
  // False if there is one of this id already. REQUIRES: IsValidStreamNode(listpack).
  bool AddNode(StreamId id, std::string_view listpack);
  void Restore(uint64_t length, StreamId last_id, StreamId first_id, StreamId max_deleted_id,
               uint64_t entries_added);
  StreamId FirstLiveId() const;

 private:
  void EraseNode(Nodes::iterator node);
  // Marks entries of one node from its begin on as deleted until `stop`; how many.
  uint64_t TrimNode(Nodes::iterator node, absl::FunctionRef<bool(StreamId id)> stop);
  void NoteOldest();

  Nodes nodes_;
  uint64_t length_ = 0;
  StreamId last_id_;
  StreamId first_id_;
  StreamId max_deleted_id_;
  uint64_t entries_added_ = 0;
  size_t node_bytes_ = 0;
  Groups groups_;
};

// Whether bytes from outside are a listpack as a stream has them, with at least one entry.
bool IsValidStreamNode(std::string_view bytes);

// What the holder of a stream may be asked; see HashView.
class StreamView {
 public:
  static constexpr ValueType kType = ValueType::kStream;

  StreamView() = default;
  explicit StreamView(const CollectionRef& held) : held_(held) {}
  StreamView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  const Stream& operator*() const { return *held_.object<Stream>(); }
  const Stream* operator->() const { return held_.object<Stream>(); }

 private:
  CollectionRef held_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_STREAM_H_
