#include "storage/base/table_core.h"

#include <algorithm>

namespace redstart {
namespace {

// A split uses up one bit of the tags. With 6 gone, 13 tell nodes apart, 7 of them within a bucket,
// and one lookup in 16 reads a wrong node's key; so then the tags are derived anew from the keys.
constexpr int kMaxUsedBits = 6;
// Less than half full and yet without room: the hashes are skewed, and more lines would not help. A
// few nodes wait in the overflow array; more of them are worth a split.
constexpr size_t kMaxWaiting = 32;
// Shrinking and merging leave segments at most this full, so that the next insert does not grow
// them again.
constexpr size_t kFillAfterShrink = 80;
// Two siblings with up to this many nodes each are merged into 48 lines.
constexpr size_t kMergeable = 150;
constexpr int kMaxMergeLines = 32;
// In ForEachDue: headers looked at (5 ns each), and what visiting a segment (7 us) counts for.
constexpr int kDueBudget = 4096;
constexpr int kDueVisit = 1024;
constexpr uint64_t kHeadersAhead = 24;
constexpr size_t kNodesAhead = 8;
// Up to here an exact choice by counting is as cheap as rejection sampling.
constexpr size_t kFewSegments = 16;
constexpr int kRandomTries = 256;

}  // namespace

TableCore::TableCore(int roots, Reclaimer* reclaimer, const void* policy,
                     PositionFunction position_of)
    : directory_(roots, reclaimer),
      reclaimer_(reclaimer),
      policy_(policy),
      position_of_(position_of) {}

TableCore::~TableCore() {
  ForEachSegment([](SegmentWord word) {
    Segment::Destroy(word.segment());
    return true;
  });
}

void TableCore::Insert(void* node, uint64_t position) {
  const Route route = directory_.RouteOf(position);
  for (;;) {
    const SegmentWord word = directory_.At(route);
    if (!word) {
      directory_.Replace(
          route, Build({}, Segment::kMinLines, word.depth(), word.depth(), Segment::kNoDeadline));
      continue;
    }
    const uint64_t tag = word.TagOf(route.place);
    if (word.segment()->TryPlace(word, tag, node)) break;
    if (MakeRoom(route, word)) continue;
    Overflow(word, slot::Make(tag, node), position);
    break;
  }
  ++size_;
}

void TableCore::Erase(uint64_t* slot, uint64_t position) {
  const Route route = directory_.RouteOf(position);
  const SegmentWord word = directory_.At(route);
  Segment* segment = word.segment();
  segment_bytes_ -= segment->MemoryBytes();
  segment->Remove(word, word.HomeOf(word.TagOf(route.place)), slot);
  segment_bytes_ += segment->MemoryBytes();
  --size_;
  // Not each time: looking at the sibling costs a cache miss.
  const size_t count = segment->count();
  if (count % 8 == 0 || count < 8) Shrink(route, word);
}

void TableCore::NoteDeadline(uint64_t position, uint64_t deadline) {
  Segment* segment = directory_.At(directory_.RouteOf(position)).segment();
  if (deadline != 0 && deadline < segment->earliest_deadline()) {
    segment->set_earliest_deadline(deadline);
  }
}

bool TableCore::MakeRoom(Route route, SegmentWord word) {
  Segment* segment = word.segment();
  const bool full = segment->in_lines() * 2 >= static_cast<size_t>(segment->slot_count());
  if (!full && segment->overflow().size() < kMaxWaiting) return false;
  if (full && segment->lines() < Segment::kMaxLines) {
    Resize(route, word, Segment::SizeAfter(segment->lines()));
    return true;
  }
  if (!directory_.MaySplit(route.root, word.depth())) return false;
  Split(route, word);
  return true;
}

void TableCore::Resize(Route route, SegmentWord word, int lines) {
  Segment* segment = word.segment();
  std::vector<uint64_t> slots;
  slots.reserve(segment->count());
  Gather(route, word, word.base(), &slots);
  directory_.Replace(route,
                     Build(slots, lines, word.depth(), word.base(), segment->earliest_deadline()));
  Retire(segment);
}

void TableCore::Split(Route route, SegmentWord word) {
  Segment* segment = word.segment();
  const int depth = word.depth() + 1;
  int base = word.base();
  std::vector<uint64_t> slots;
  slots.reserve(segment->count());
  if (depth - base > kMaxUsedBits) {
    base = word.depth();
    Derive(word, base, &slots);
  } else {
    Gather(route, word, base, &slots);
  }
  const int side_shift = 63 - (word.depth() - base);
  std::vector<uint64_t> high;
  high.reserve(slots.size());
  auto low_end = slots.begin();
  for (const uint64_t slot : slots) {
    if ((slot >> side_shift & 1) != 0) {
      high.push_back(slot);
    } else {
      *low_end++ = slot;
    }
  }
  slots.erase(low_end, slots.end());
  const auto half = [&](const std::vector<uint64_t>& nodes) {
    if (nodes.empty()) return SegmentWord::Nothing(depth);
    return Build(nodes, Segment::SizeFor(nodes.size()), depth, base, segment->earliest_deadline());
  };
  directory_.Split(route, half(slots), half(high));
  Retire(segment);
}

void TableCore::Shrink(Route route, SegmentWord word) {
  Segment* segment = word.segment();
  const size_t count = segment->count();
  if (count == 0) {
    directory_.Replace(route, SegmentWord::Nothing(word.depth()));
    Retire(segment);
    while (Merge(route, directory_.At(route)) && !directory_.At(route)) {
    }
    return;
  }
  if (segment->lines() <= kMaxMergeLines && Merge(route, word)) return;
  if (segment->lines() == Segment::kMinLines) return;
  const int lines = Segment::SizeBefore(segment->lines());
  if (count * 100 <= static_cast<size_t>(Segment::SlotsOf(lines)) * kFillAfterShrink) {
    Resize(route, word, lines);
  }
}

bool TableCore::Merge(Route route, SegmentWord word) {
  if (word.depth() == 0) return false;
  const SegmentWord sibling = directory_.SiblingOf(route, word.depth());
  if (sibling.depth() != word.depth()) return false;
  const int depth = word.depth() - 1;
  if (!word && !sibling) {
    directory_.Merge(route, SegmentWord::Nothing(depth));
    return true;
  }
  size_t larger = 0;
  int base = depth;
  uint64_t deadline = Segment::kNoDeadline;
  for (const SegmentWord half : {word, sibling}) {
    if (!half) continue;
    larger = std::max(larger, half.segment()->count());
    base = std::min(base, half.base());
    deadline = std::min(deadline, half.segment()->earliest_deadline());
  }
  if (larger > kMergeable) return false;
  std::vector<uint64_t> slots;
  slots.reserve(2 * larger);
  const uint64_t other_half = uint64_t{1} << (64 - word.depth());
  // In hash order, as Segment::Append wants them.
  const bool first = (route.place & other_half) == 0;
  const Route sibling_route = {route.root, route.place ^ other_half};
  if (!first && sibling) Gather(sibling_route, sibling, base, &slots);
  if (word) Gather(route, word, base, &slots);
  if (first && sibling) Gather(sibling_route, sibling, base, &slots);
  // Sized for twice the larger half: the nodes of each crowd into one half of the homes.
  directory_.Merge(route, Build(slots, Segment::SizeFor(2 * larger), depth, base, deadline));
  if (word) Retire(word.segment());
  if (sibling) Retire(sibling.segment());
  return true;
}

void TableCore::Gather(Route route, SegmentWord word, int base, std::vector<uint64_t>* out) const {
  GatherSlots(word, route.place, base, out);
  const SegmentWord target(nullptr, 0, base, base);
  for (const uint64_t slot : word.segment()->overflow()) {
    const uint64_t place = directory_.RouteOf(PositionOf(slot)).place;
    out->push_back(slot::Make(target.TagOf(place), slot::Node(slot)));
  }
}

void TableCore::Derive(SegmentWord word, int base, std::vector<uint64_t>* out) const {
  GatherSlots(word, 0, word.base(), out);
  const absl::Span<const uint64_t> overflow = word.segment()->overflow();
  out->insert(out->end(), overflow.begin(), overflow.end());
  const SegmentWord target(nullptr, 0, base, base);
  for (size_t i = 0; i < out->size(); ++i) {
    if (i + kNodesAhead < out->size()) __builtin_prefetch(slot::Node((*out)[i + kNodesAhead]));
    uint64_t& slot = (*out)[i];
    slot = slot::Make(target.TagOf(directory_.RouteOf(PositionOf(slot)).place), slot::Node(slot));
  }
}

SegmentWord TableCore::Build(absl::Span<const uint64_t> slots, int lines, int depth, int base,
                             uint64_t earliest_deadline) {
  std::vector<uint64_t> leftover;
  const SegmentWord word = BuildSegment(slots, lines, depth, base, &leftover);
  word.segment()->set_earliest_deadline(earliest_deadline);
  segment_bytes_ += word.segment()->MemoryBytes();
  for (const uint64_t slot : leftover) Overflow(word, slot, PositionOf(slot));
  return word;
}

void TableCore::Overflow(SegmentWord word, uint64_t slot, uint64_t position) {
  Segment* segment = word.segment();
  segment_bytes_ -= segment->MemoryBytes();
  segment->PlaceInOverflow(word, slot::Tag(slot), position, slot::Node(slot));
  segment_bytes_ += segment->MemoryBytes();
  largest_overflow_ = std::max(largest_overflow_, segment->overflow().size());
}

void TableCore::Retire(Segment* segment) {
  segment_bytes_ -= segment->MemoryBytes();
  if (reclaimer_ != nullptr) {
    reclaimer_->Retire(segment, Segment::Destroy);
  } else {
    Segment::Destroy(segment);
  }
}

std::optional<uint64_t> TableCore::TakeSegment(uint64_t from, std::vector<void*>* nodes) {
  const Route route = directory_.RouteOf(from);
  const SegmentWord word = directory_.At(route);
  if (word) {
    Segment* segment = word.segment();
    for (int i = 0; i < segment->lines() - 1; ++i) {
      for (const uint64_t slot : segment->line(i)->slots) {
        if (!slot::IsEmpty(slot)) nodes->push_back(slot::Node(slot));
      }
    }
    for (const uint64_t slot : segment->overflow()) nodes->push_back(slot::Node(slot));
    size_ -= segment->count();
    directory_.Replace(route, SegmentWord::Nothing(word.depth()));
    Retire(segment);
  }
  // The place where a root ends is 0.
  const uint64_t size = word.depth() == 0 ? 0 : uint64_t{1} << (64 - word.depth());
  const uint64_t end = word.FirstPlace(route.place) + size;
  return directory_.PositionAt({end == 0 ? route.root + 1 : route.root, end});
}

bool TableCore::ForEachDue(uint64_t now, uint64_t* cursor,
                           absl::FunctionRef<bool(Segment*)> visit) {
  Route route = directory_.RouteOf(*cursor);
  int budget = kDueBudget;
  for (; route.root < directory_.root_count(); route = {route.root + 1, 0}) {
    const int depth = directory_.depth(route.root);
    const uint64_t end = uint64_t{1} << depth;
    uint64_t i = route.place >> 1 >> (63 - depth);
    while (i < end) {
      if (i + kHeadersAhead < end) {
        __builtin_prefetch(directory_.AtIndex(route.root, i + kHeadersAhead).segment());
      }
      const SegmentWord word = directory_.AtIndex(route.root, i);
      const int shared = depth - word.depth();
      i = i >> shared << shared;  // The cursor may be from before a merge.
      bool stop = --budget < 0;
      if (!stop && word && word.segment()->earliest_deadline() <= now) {
        budget -= kDueVisit;
        stop = !visit(word.segment());
      }
      if (stop) {
        const uint64_t place = depth == 0 ? 0 : i << (64 - depth);
        const std::optional<uint64_t> position = directory_.PositionAt({route.root, place});
        *cursor = position.value_or(0);
        return !position.has_value();
      }
      i += uint64_t{1} << shared;
    }
  }
  *cursor = 0;
  return true;
}

uint64_t TableCore::EarliestDeadline() const {
  uint64_t earliest = Segment::kNoDeadline;
  ForEachSegment([&](SegmentWord word) {
    earliest = std::min(earliest, word.segment()->earliest_deadline());
    return true;
  });
  return earliest == Segment::kNoDeadline ? 0 : earliest;
}

void* TableCore::Random(absl::FunctionRef<uint64_t()> random) const {
  if (size_ == 0) return nullptr;
  if (segment_count() > kFewSegments) {
    for (int i = 0; i < kRandomTries; ++i) {
      if (void* node = TryRandom(random)) return node;
    }
  }
  return Nth(random() % size_);
}

void* TableCore::TryRandom(absl::FunctionRef<uint64_t()> random) const {
  int depth = 0;
  for (uint32_t r = 0; r < directory_.root_count(); ++r) {
    depth = std::max(depth, directory_.depth(r));
  }
  // Every segment has the same chance: that its first word is hit in a directory as large as the
  // largest.
  const uint64_t dice = random();
  const auto root = static_cast<uint32_t>((dice >> 32) % directory_.root_count());
  const uint64_t index = dice & ((uint64_t{1} << depth) - 1) & 0xffffffff;
  const int own_depth = directory_.depth(root);
  if (index >> own_depth != 0) return nullptr;
  const SegmentWord word = directory_.AtIndex(root, index);
  if (!word || (index & ((uint64_t{1} << (own_depth - word.depth())) - 1)) != 0) return nullptr;
  // And so has every slot that a segment may have.
  uint64_t i = random() % (Segment::kMaxSlots + largest_overflow_);
  Segment* segment = word.segment();
  if (i >= Segment::kMaxSlots) {
    i -= Segment::kMaxSlots;
    return i < segment->overflow().size() ? slot::Node(segment->overflow()[i]) : nullptr;
  }
  if (i >= static_cast<uint64_t>(segment->slot_count())) return nullptr;
  return slot::Node(segment->line(static_cast<int>(i / Line::kSlots))->slots[i % Line::kSlots]);
}

void* TableCore::Nth(size_t n) const {
  void* found = nullptr;
  ForEachSegment([&](SegmentWord word) {
    Segment* segment = word.segment();
    if (n >= segment->count()) {
      n -= segment->count();
      return true;
    }
    if (n >= segment->in_lines()) {
      found = slot::Node(segment->overflow()[n - segment->in_lines()]);
      return false;
    }
    for (int i = 0;; ++i) {
      for (const uint64_t slot : segment->line(i)->slots) {
        if (slot::IsEmpty(slot)) continue;
        if (n-- > 0) continue;
        found = slot::Node(slot);
        return false;
      }
    }
  });
  return found;
}

void TableCore::ForEachSegment(absl::FunctionRef<bool(SegmentWord)> visit) const {
  for (uint32_t root = 0; root < directory_.root_count(); ++root) {
    const int depth = directory_.depth(root);
    for (uint64_t i = 0; i < uint64_t{1} << depth;) {
      const SegmentWord word = directory_.AtIndex(root, i);
      i += uint64_t{1} << (depth - word.depth());
      if (word && !visit(word)) return;
    }
  }
}

}  // namespace redstart
