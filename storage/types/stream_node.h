#ifndef REDSTART_STORAGE_TYPES_STREAM_NODE_H_
#define REDSTART_STORAGE_TYPES_STREAM_NODE_H_

// One listpack of a stream, read and edited entry by entry; the format stands in stream.h. A view,
// for as long as the listpack stays as it is.

#include <cstdint>

#include "storage/types/listpack.h"
#include "storage/types/stream.h"

namespace redstart {

class StreamNode {
 public:
  using At = ListpackView::At;

  // REQUIRES: IsValidStreamNode(bytes).
  StreamNode(StreamId id, std::string_view bytes);

  uint64_t live() const { return live_; }
  uint64_t deleted() const { return deleted_; }
  // Where the first and the last entry stand; kNone if there is none.
  At First() const { return pack_.Next(zero_); }
  At Last() const;
  // What stands at a place. True unless the entry is deleted.
  bool Read(At at, StreamEntry* entry) const;
  At Next(At at) const;
  At Previous(At at) const;

  // Adds an entry. REQUIRES: id is beyond all others.
  static void Append(ListpackEditor pack, StreamId node_id, StreamId id,
                     absl::Span<const std::string_view> fields_and_values);
  // A listpack that has the names of these fields at its head, and no entry.
  static PackedBuffer New(absl::Span<const std::string_view> fields_and_values);
  // Marks a live entry as deleted.
  static void Delete(ListpackEditor pack, At at);

 private:
  static void Count(ListpackEditor pack, int64_t live, int64_t deleted);

  bool IsSame(int64_t flags) const;
  // Behind the flags and the id of an entry.
  At SkipId(At at) const { return pack_.Next(pack_.Next(pack_.Next(at))); }

  StreamId id_;
  ListpackView pack_;
  uint64_t live_;
  uint64_t deleted_;
  uint64_t fields_;
  At names_;
  At zero_;  // The end of the head.
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_STREAM_NODE_H_
