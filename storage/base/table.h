#ifndef REDSTART_STORAGE_BASE_TABLE_H_
#define REDSTART_STORAGE_BASE_TABLE_H_

// The keyspace's table, also used for large hashes, sets and the member index of sorted sets:
// per-shard extendible hashing in hash order (design: storage/README.md). About 10 bytes per key at
// any size; it never rehashes more than one segment of 4 KiB; the order of a walk never changes as
// it grows, so one 64-bit cursor serves SCAN, snapshots and expiry.
//
// Nodes belong to the caller and never move; the table holds addresses (aligned to 8, below 2^47).
// Guarded by the lock of whoever owns the table, except Prefetch*, which other threads may call
// inside a Reclaimer read scope. A table that other threads may still prefetch from must be retired
// through the Reclaimer as a whole, not destroyed.
//
// struct Policy {
//   using Node = ...;
//   static bool KeyEquals(const Node& node, std::string_view key);
//   uint64_t PositionOf(const Node& node) const;   // The position that was given to Insert,
//   derived from the key. static uint64_t DeadlineOf(const Node& node);  // Milliseconds since the
//   epoch; 0: none.
// };

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "storage/base/reclaimer.h"
#include "storage/base/segment.h"
#include "storage/base/table_core.h"

namespace redstart {

template <typename Policy>
class Table {
 public:
  using Node = typename Policy::Node;

  // Where a node stands. Valid until the next Insert or Erase.
  class Place {
   public:
    Place() = default;
    explicit operator bool() const { return slot_ != nullptr; }
    Node* node() const { return static_cast<Node*>(slot::Node(*slot_)); }
    uint64_t position() const { return position_; }

   private:
    friend class Table;
    Place(uint64_t* slot, uint64_t position) : slot_(slot), position_(position) {}

    uint64_t* slot_ = nullptr;
    uint64_t position_ = 0;
  };

  // `roots` (1 to 16) cut the position space; tables with different numbers do not grow in step.
  // `reclaimer` may be null: then memory is freed at once, and no other thread may prefetch.
  Table(Policy policy, int roots, Reclaimer* reclaimer)
      : policy_(std::move(policy)), core_(roots, reclaimer, &policy_, &PositionOf) {}
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  size_t size() const { return core_.size(); }
  size_t MemoryBytes() const { return sizeof(*this) + core_.MemoryBytes(); }

  Place Find(std::string_view key, uint64_t position) const;
  // REQUIRES: no node has this key.
  void Insert(Node* node, uint64_t position) { core_.Insert(node, position); }
  // Puts another node with the same key and position in its place.
  void Replace(Place place, Node* node) {
    slot::Store(place.slot_, slot::Make(slot::Tag(*place.slot_), node));
  }
  // May shrink the segment or merge it with its sibling.
  void Erase(Place place) { core_.Erase(place.slot_, place.position_); }

  // For any thread inside a read scope; addresses read are hints only. First the lines of the
  // bucket; later, when they have come, the first line of each node whose tag matches.
  void PrefetchBucket(uint64_t position) const { core_.PrefetchBucket(position); }
  void PrefetchNode(uint64_t position) const { core_.PrefetchNode(position); }

  // Prefetches the nodes of the home bucket that holds this position, for the next step of a walk.
  // Under the table's lock.
  void PrefetchNodesAt(uint64_t position) const { core_.PrefetchNodesAt(position); }

  // One step of a walk in hash order. Calls visit(Node*) for the nodes of the home bucket that
  // holds position `from` and that are not before it, and returns where the next bucket begins (a
  // multiple of 2^21), or nothing at the end. Steps from 0 on visit every node present throughout
  // exactly once, whatever happens to the table in between. `visit` may erase or replace the node
  // that it is given, and insert none.
  template <typename Visit>
  std::optional<uint64_t> Walk(uint64_t from, Visit&& visit) const;

  // One step of emptying the table: takes out all nodes of the segment that holds position `from`,
  // calls visit(Node*) for each of them, and returns where the next segment begins, or nothing at
  // the end. Steps from 0 on leave the table empty. `visit` may free the node that it is given:
  // nothing looks at it again.
  template <typename Visit>
  std::optional<uint64_t> Drain(uint64_t from, Visit&& visit);

  // To be called after a node was inserted with a deadline or has been given one. 0 is ignored.
  void NoteDeadline(uint64_t position, uint64_t deadline) {
    core_.NoteDeadline(position, deadline);
  }

  // Adds nodes whose deadline is at most `now` to `due`, up to `max_nodes` of them in all, for the
  // caller to erase: they are not found again unless noted again. Goes on from *cursor (at first 0)
  // through some 4,096 segments, of which it reads a few due ones (20-30 us). Returns true, with
  // *cursor 0, when it has reached the end.
  bool CollectDue(uint64_t now, uint64_t* cursor, size_t max_nodes, std::vector<Node*>* due);
  // No node's deadline is earlier; 0: none has one. Exact after CollectDue has come to the end,
  // until a node goes or its deadline moves. O(segments).
  uint64_t EarliestDeadline() const { return core_.EarliestDeadline(); }

  // Any node with the same chance, or null if there is none. `random` returns 64 random bits.
  template <typename Rng>
  Node* Random(Rng&& random) const {
    return static_cast<Node*>(core_.Random([&random]() -> uint64_t { return random(); }));
  }

 private:
  using Nodes = absl::InlinedVector<Node*, 24>;

  static uint64_t PositionOf(const void* policy, const void* node) {
    return static_cast<const Policy*>(policy)->PositionOf(*static_cast<const Node*>(node));
  }
  static uint64_t* FindInLine(Line* line, uint64_t tag, std::string_view key) {
    for (uint32_t mask = line->Matching(tag); mask != 0; mask &= mask - 1) {
      uint64_t* slot = &line->slots[std::countr_zero(mask)];
      if (IsKey(*slot, key)) return slot;
    }
    return nullptr;
  }
  static bool IsKey(uint64_t slot, std::string_view key) {
    const void* node = slot::Node(slot);
    return node != nullptr && Policy::KeyEquals(*static_cast<const Node*>(node), key);
  }
  static uint64_t* FindOverflowed(SegmentWord word, uint64_t tag, std::string_view key,
                                  uint64_t position);
  // Adds the nodes of line i that are at home in `home`.
  static void AddOfHome(SegmentWord word, int i, int home, Nodes* nodes);
  Nodes NodesOfHome(SegmentWord word, int home) const;
  // Adds the due nodes of the segment. False if that would be more than max_nodes.
  static bool CollectDueOf(Segment* segment, uint64_t now, size_t max_nodes,
                           std::vector<Node*>* due);

  Policy policy_;
  TableCore core_;
};

template <typename Policy>
typename Table<Policy>::Place Table<Policy>::Find(std::string_view key, uint64_t position) const {
  const Route route = core_.directory().RouteOf(position);
  const SegmentWord word = core_.directory().At(route);
  if (!word) return {};
  Segment* segment = word.segment();
  const uint64_t tag = word.TagOf(route.place);
  const int home = word.HomeOf(tag);
  Line* line = segment->line(home);
  uint64_t* slot = FindInLine(line, tag, key);
  if (slot == nullptr && line->Has(Line::kLent)) {
    slot = FindInLine(segment->line(word.Next(home)), tag, key);
  }
  if (slot == nullptr && line->Has(Line::kOverflowed)) {
    slot = FindOverflowed(word, tag, key, position);
  }
  return {slot, position};
}

template <typename Policy>
uint64_t* Table<Policy>::FindOverflowed(SegmentWord word, uint64_t tag, std::string_view key,
                                        uint64_t position) {
  Segment* segment = word.segment();
  // The word tells where the stash is, so that its lines need not wait for the header.
  for (int i = word.homes(); i < word.homes() + word.stash(); ++i) {
    if (uint64_t* slot = FindInLine(segment->line(i), tag, key)) return slot;
  }
  const uint64_t overflow_tag = Segment::OverflowTag(position);
  for (uint64_t& slot : segment->overflow()) {
    if (slot::Tag(slot) == overflow_tag && IsKey(slot, key)) return &slot;
  }
  return nullptr;
}

template <typename Policy>
template <typename Visit>
std::optional<uint64_t> Table<Policy>::Walk(uint64_t from, Visit&& visit) const {
  const TableDirectory& directory = core_.directory();
  const Route route = directory.RouteOf(from);
  const SegmentWord word = directory.At(route);
  // The place where a part of the position space ends is 0 at a root's end.
  const auto position_at_end = [&](uint64_t end) {
    return directory.PositionAt({end == 0 ? route.root + 1 : route.root, end});
  };
  if (!word) {
    const uint64_t size = word.depth() == 0 ? 0 : uint64_t{1} << (64 - word.depth());
    return position_at_end(word.FirstPlace(route.place) + size);
  }
  const int home = word.HomeOf(word.TagOf(route.place));
  // Before `visit`, which may change the segment.
  const std::optional<uint64_t> next =
      position_at_end(word.FirstPlaceOfHome(route.place, home + 1));
  const std::optional<uint64_t> first =
      directory.PositionAt({route.root, word.FirstPlaceOfHome(route.place, home)});
  const bool whole = from <= first.value_or(from);
  for (Node* node : NodesOfHome(word, home)) {
    if (whole || policy_.PositionOf(*node) >= from) visit(node);
  }
  return next;
}

template <typename Policy>
template <typename Visit>
std::optional<uint64_t> Table<Policy>::Drain(uint64_t from, Visit&& visit) {
  std::vector<void*> nodes;
  const std::optional<uint64_t> next = core_.TakeSegment(from, &nodes);
  for (void* node : nodes) visit(static_cast<Node*>(node));
  return next;
}

template <typename Policy>
typename Table<Policy>::Nodes Table<Policy>::NodesOfHome(SegmentWord word, int home) const {
  Nodes nodes;
  Segment* segment = word.segment();
  const Line* line = segment->line(home);
  AddOfHome(word, home, home, &nodes);
  if (line->Has(Line::kLent)) AddOfHome(word, word.Next(home), home, &nodes);
  if (!line->Has(Line::kOverflowed)) return nodes;
  for (int i = word.homes(); i < word.homes() + word.stash(); ++i) {
    AddOfHome(word, i, home, &nodes);
  }
  for (const uint64_t slot : segment->overflow()) {
    Node* node = static_cast<Node*>(slot::Node(slot));
    if (core_.BelongsTo(word, home, policy_.PositionOf(*node))) nodes.push_back(node);
  }
  return nodes;
}

template <typename Policy>
void Table<Policy>::AddOfHome(SegmentWord word, int i, int home, Nodes* nodes) {
  for (const uint64_t slot : word.segment()->line(i)->slots) {
    if (slot::IsEmpty(slot) || word.HomeOf(slot::Tag(slot)) != home) continue;
    nodes->push_back(static_cast<Node*>(slot::Node(slot)));
  }
}

template <typename Policy>
bool Table<Policy>::CollectDue(uint64_t now, uint64_t* cursor, size_t max_nodes,
                               std::vector<Node*>* due) {
  const size_t end = due->size() + max_nodes;
  return core_.ForEachDue(now, cursor, [now, end, due](Segment* segment) {
    return CollectDueOf(segment, now, end, due);
  });
}

template <typename Policy>
bool Table<Policy>::CollectDueOf(Segment* segment, uint64_t now, size_t max_nodes,
                                 std::vector<Node*>* due) {
  uint64_t earliest = Segment::kNoDeadline;
  const auto look_at = [&](uint64_t slot) {
    Node* node = static_cast<Node*>(slot::Node(slot));
    const uint64_t deadline = node == nullptr ? 0 : Policy::DeadlineOf(*node);
    if (deadline == 0) return true;
    if (deadline > now) {
      earliest = std::min(earliest, deadline);
      return true;
    }
    if (due->size() == max_nodes) return false;
    due->push_back(node);
    return true;
  };
  // Nodes are prefetched one line ahead: eight misses at a time.
  const auto prefetch = [segment](int i) {
    for (const uint64_t slot : segment->line(i)->slots) __builtin_prefetch(slot::Node(slot));
  };
  const int lines = segment->lines() - 1;
  prefetch(0);
  for (int i = 0; i < lines; ++i) {
    if (i + 1 < lines) prefetch(i + 1);
    for (const uint64_t slot : segment->line(i)->slots) {
      if (!look_at(slot)) return false;
    }
  }
  for (const uint64_t slot : segment->overflow()) {
    if (!look_at(slot)) return false;
  }
  segment->set_earliest_deadline(earliest);
  return true;
}

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_TABLE_H_
