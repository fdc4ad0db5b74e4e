#ifndef REDSTART_STORAGE_BASE_TABLE_CORE_H_
#define REDSTART_STORAGE_BASE_TABLE_CORE_H_

// The part of a table (table.h) that need not know its nodes: how segments are made, grow, split,
// shrink and merge. It asks for a node's position only where tags do not tell: when they are used
// up, and for the few nodes in overflow arrays. Owned by its table, guarded by the table's lock
// except for what Prefetch* calls (TableDirectory::At).
//
// A segment grows through Segment::kSizes and is split in two when it is full at 64 lines. Deletes
// shrink it again, or merge it with its sibling. No step ever touches more than two segments and,
// rarely, one root's directory.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "storage/base/reclaimer.h"
#include "storage/base/segment.h"
#include "storage/base/table_directory.h"

namespace redstart {

class TableCore {
 public:
  // Computes a node's position; `policy` is handed through.
  using PositionFunction = uint64_t (*)(const void* policy, const void* node);

  TableCore(int roots, Reclaimer* reclaimer, const void* policy, PositionFunction position_of);
  ~TableCore();
  TableCore(const TableCore&) = delete;
  TableCore& operator=(const TableCore&) = delete;

  size_t size() const { return size_; }
  size_t MemoryBytes() const { return segment_bytes_ + directory_.MemoryBytes(); }
  size_t segment_count() const { return directory_.segment_count(); }
  const TableDirectory& directory() const { return directory_; }

  // Whether `position` leads to this home bucket of the segment.
  bool BelongsTo(SegmentWord word, int home, uint64_t position) const {
    return word.HomeOf(word.TagOf(directory_.RouteOf(position).place)) == home;
  }

  void PrefetchBucket(uint64_t position) const {
    const Route route = directory_.RouteOf(position);
    const SegmentWord word = directory_.At(route);
    if (!word) return;
    const int home = word.HomeOf(word.TagOf(route.place));
    __builtin_prefetch(word.segment()->line(home));
    __builtin_prefetch(word.segment()->line(word.Next(home)));
  }
  void PrefetchNode(uint64_t position) const {
    const Route route = directory_.RouteOf(position);
    const SegmentWord word = directory_.At(route);
    if (!word) return;
    const uint64_t tag = word.TagOf(route.place);
    const int home = word.HomeOf(tag);
    uint64_t hints[Line::kSlots];
    uint32_t mask = MatchingHints(word.segment()->line(home), tag, hints);
    if (mask == 0) {
      if ((hints[Line::kLent] & slot::kFlag) == 0) return;
      mask = MatchingHints(word.segment()->line(word.Next(home)), tag, hints);
      if (mask == 0) return;
    }
    // Hardly ever more than one: which slot it is must not be a branch that is guessed wrong.
    PrefetchNodeOf(hints[std::countr_zero(mask)]);
  }
  void PrefetchNodesAt(uint64_t position) const {
    const Route route = directory_.RouteOf(position);
    const SegmentWord word = directory_.At(route);
    if (!word) return;
    const int home = word.HomeOf(word.TagOf(route.place));
    for (const uint64_t slot : word.segment()->line(home)->slots) {
      __builtin_prefetch(slot::Node(slot));
    }
  }

  void Insert(void* node, uint64_t position);
  // `slot` is the node's.
  void Erase(uint64_t* slot, uint64_t position);
  void NoteDeadline(uint64_t position, uint64_t deadline);

  // Takes the segment that holds position `from` out of the table, appends its nodes to `nodes`,
  // and returns where the next one begins, or nothing at the end. Asks for no node's position.
  std::optional<uint64_t> TakeSegment(uint64_t from, std::vector<void*>* nodes);

  // Calls visit(segment) for segments whose earliest deadline is at most `now`, in order, until it
  // returns false or the budget is spent. True when the end was reached.
  bool ForEachDue(uint64_t now, uint64_t* cursor, absl::FunctionRef<bool(Segment*)> visit);
  // The earliest deadline that any segment knows of, or 0. O(segments), 5 ns each.
  uint64_t EarliestDeadline() const;

  void* Random(absl::FunctionRef<uint64_t()> random) const;

 private:
  // Which of the line's slots have this tag, read without a lock: bit i for slot i.
  static uint32_t MatchingHints(const Line* line, uint64_t tag, uint64_t (&hints)[Line::kSlots]) {
    uint32_t mask = 0;
    for (int i = 0; i < Line::kSlots; ++i) {
      hints[i] = slot::LoadHint(&line->slots[i]);
      mask |= uint32_t{slot::Tag(hints[i]) == tag} << i;
    }
    return mask;
  }
  static void PrefetchNodeOf(uint64_t hint) {
    const char* node = static_cast<const char*>(slot::Node(hint));
    __builtin_prefetch(node);
    __builtin_prefetch(node + 56);
  }

  // Makes room where a node with this route found none; false if it belongs into the overflow array
  // instead.
  bool MakeRoom(Route route, SegmentWord word);
  void Resize(Route route, SegmentWord word, int lines);
  void Split(Route route, SegmentWord word);
  // After an erasure: takes lines away or merges if it pays.
  void Shrink(Route route, SegmentWord word);
  bool Merge(Route route, SegmentWord word);

  // Adds all nodes of a segment with tags for `base`: of those in lines without touching them.
  void Gather(Route route, SegmentWord word, int base, std::vector<uint64_t>* out) const;
  // The same, but computes each node's position.
  void Derive(SegmentWord word, int base, std::vector<uint64_t>* out) const;
  // A segment of these. Whatever finds no room goes to the overflow array.
  SegmentWord Build(absl::Span<const uint64_t> slots, int lines, int depth, int base,
                    uint64_t earliest_deadline);
  void Overflow(SegmentWord word, uint64_t slot, uint64_t position);
  void Retire(Segment* segment);
  uint64_t PositionOf(uint64_t slot) const { return position_of_(policy_, slot::Node(slot)); }

  void* TryRandom(absl::FunctionRef<uint64_t()> random) const;
  void* Nth(size_t n) const;
  // Calls visit(word) for every segment of the table until it returns false.
  void ForEachSegment(absl::FunctionRef<bool(SegmentWord)> visit) const;

  TableDirectory directory_;
  Reclaimer* const reclaimer_;
  const void* const policy_;
  const PositionFunction position_of_;
  size_t size_ = 0;
  size_t segment_bytes_ = 0;
  size_t largest_overflow_ = 0;  // Of any segment, ever.
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_TABLE_CORE_H_
