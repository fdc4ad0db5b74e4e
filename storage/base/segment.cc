#include "storage/base/segment.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <new>

namespace redstart {
namespace {

// A home line takes up to this many nodes before its neighbour is looked at. Between 6, 7 and 8 it
// is a matter of 1 %: with 7, and segments built home lines first, 88 % of all nodes are at home, 8
// % next door and 3 % in the stash.
constexpr int kPlenty = 7;

// Fuller segments, in percent, would soon grow, or have no room for some of the nodes that they are
// built of.
constexpr size_t kBuiltFill = 85;
constexpr size_t kBuiltFillWithoutStash = 75;

int Used(uint32_t empty) {
  return Line::kSlots - std::popcount(empty);
}

}  // namespace

uint64_t SegmentWord::FirstPlaceOfHome(uint64_t place, int home) const {
  const auto count = static_cast<uint64_t>(homes());
  // The least rest whose home it is; tags do not tell places apart that differ below base +
  // kTagBits.
  uint64_t rest = ((static_cast<uint64_t>(home) << slot::kTagBits) + count - 1) / count;
  const uint64_t grain = uint64_t{1} << (depth() - base());
  rest = (rest + grain - 1) & ~(grain - 1);
  return FirstPlace(place) + (rest << (slot::kTagShift - depth()));
}

int Segment::SizeAfter(int lines) {
  return *std::upper_bound(std::begin(kSizes), std::end(kSizes), lines);
}

int Segment::SizeBefore(int lines) {
  return *std::prev(std::lower_bound(std::begin(kSizes), std::end(kSizes), lines));
}

int Segment::SizeFor(size_t count) {
  for (const int lines : kSizes) {
    const size_t most = StashOf(lines) == 0 ? kBuiltFillWithoutStash : kBuiltFill;
    if (count * 100 <= static_cast<size_t>(SlotsOf(lines)) * most) return lines;
  }
  return kMaxLines;
}

Segment* Segment::Create(int lines) {
  const size_t bytes = static_cast<size_t>(lines) * sizeof(Line);
  void* memory = ::operator new (bytes, std::align_val_t{alignof(Segment)});
  std::memset(memory, 0, bytes);
  auto* segment = new (memory) Segment;
  segment->lines_ = static_cast<uint8_t>(lines);
  return segment;
}

void Segment::Destroy(void* segment) {
  std::free(static_cast<Segment*>(segment)->overflow_);
  ::operator delete (segment, std::align_val_t{alignof(Segment)});
}

size_t Segment::MemoryBytes() const {
  return lines_ * sizeof(Line) + overflow_capacity_ * sizeof(uint64_t);
}

bool Segment::TryPlace(SegmentWord word, uint64_t tag, const void* node) {
  const int home = word.HomeOf(tag);
  const int next = word.Next(home);
  const uint64_t value = slot::Make(tag, node);
  Line* mine = line(home);
  const uint32_t empty = mine->Empty();
  const bool alone = next == home;
  if (Used(empty) < kPlenty || (alone && empty != 0)) {
    Put(mine, empty, value);
    ++count_;
    return true;
  }
  if (!alone) {
    Line* neighbour = line(next);
    const uint32_t empty_next = neighbour->Empty();
    if (empty != 0 && Used(empty) <= Used(empty_next)) {
      Put(mine, empty, value);
      ++count_;
      return true;
    }
    if (empty_next != 0) {
      Put(neighbour, empty_next, value);
      mine->SetFlag(Line::kLent, true);
      ++count_;
      return true;
    }
    if (uint64_t* freed = Displace(word, next, word.Next(next), next)) {
      line(next)->SetFlag(Line::kLent, true);
      slot::Store(freed, value);
      mine->SetFlag(Line::kLent, true);
      ++count_;
      return true;
    }
    const int previous = word.Previous(home);
    if (uint64_t* freed = Displace(word, home, previous, previous)) {
      slot::Store(freed, value);
      line(previous)->SetFlag(Line::kLent, FindOfHome(word, home, previous) != nullptr);
      ++count_;
      return true;
    }
  }
  for (int i = homes(); i < lines_ - 1; ++i) {
    const uint32_t empty_stash = line(i)->Empty();
    if (empty_stash == 0) continue;
    Put(line(i), empty_stash, value);
    mine->SetFlag(Line::kOverflowed, true);
    ++count_;
    return true;
  }
  return false;
}

uint64_t* Segment::Displace(SegmentWord word, int from, int to, int home) {
  const uint32_t empty = line(to)->Empty();
  if (empty == 0) return nullptr;
  uint64_t* found = FindOfHome(word, from, home);
  if (found != nullptr) Put(line(to), empty, *found);
  return found;
}

bool Segment::AppendAtHome(SegmentWord word, uint64_t value, LineCounts* used) {
  const int home = word.HomeOf(slot::Tag(value));
  if ((*used)[static_cast<size_t>(home)] == Line::kSlots) return false;
  line(home)->slots[(*used)[static_cast<size_t>(home)]++] |= value;  // Nobody sees the segment yet.
  ++count_;
  return true;
}

void Segment::PlaceInOverflow(SegmentWord word, uint64_t tag, uint64_t position, const void* node) {
  if (overflow_count_ == overflow_capacity_) {
    const uint32_t capacity = std::max<uint32_t>(Line::kSlots, overflow_capacity_ * 2);
    auto* grown = static_cast<uint64_t*>(std::realloc(overflow_, capacity * sizeof(uint64_t)));
    if (grown == nullptr) std::abort();
    overflow_ = grown;
    overflow_capacity_ = capacity;
  }
  overflow_[overflow_count_++] = slot::Make(OverflowTag(position), node);
  line(word.HomeOf(tag))->SetFlag(Line::kOverflowed, true);
}

void Segment::Remove(SegmentWord word, int home, uint64_t* slot) {
  if (IsInOverflow(slot)) return RemoveFromOverflow(slot);
  slot::Store(slot, 0);
  --count_;
  const int at = static_cast<int>(reinterpret_cast<Line*>(slot) - line(0));
  Line* mine = line(home);
  if (at == home) {
    // What had to leave comes home, so that steady overwriting does not silt up the stash.
    if (!mine->Has(Line::kOverflowed)) return;
    if (uint64_t* exile = FindInStash(word, home)) {
      slot::Store(slot, *exile);
      slot::Store(exile, 0);
    }
  } else if (at < homes()) {
    mine->SetFlag(Line::kLent, FindOfHome(word, at, home) != nullptr);
    return;
  }
  // Nodes in the overflow array do not tell their home: then the flag stays, which costs time only.
  if (overflow_count_ == 0) mine->SetFlag(Line::kOverflowed, FindInStash(word, home) != nullptr);
}

void Segment::RemoveFromOverflow(uint64_t* slot) {
  *slot = overflow_[--overflow_count_];
  if (overflow_count_ == 0) {
    std::free(overflow_);
    overflow_ = nullptr;
    overflow_capacity_ = 0;
  }
}

uint64_t* Segment::FindOfHome(SegmentWord word, int i, int home) {
  for (uint64_t& slot : line(i)->slots) {
    if (!slot::IsEmpty(slot) && word.HomeOf(slot::Tag(slot)) == home) return &slot;
  }
  return nullptr;
}

uint64_t* Segment::FindInStash(SegmentWord word, int home) {
  for (int i = homes(); i < lines_ - 1; ++i) {
    if (uint64_t* found = FindOfHome(word, i, home)) return found;
  }
  return nullptr;
}

void GatherSlots(SegmentWord word, uint64_t place, int base, std::vector<uint64_t>* out) {
  const Segment* segment = word.segment();
  const int shift = word.base() - base;
  const uint64_t kept = shift >= slot::kTagBits ? 0 : slot::kTagMask >> shift;
  const uint64_t common = (place << base >> slot::kTagShift) & ~kept;
  for (int i = 0; i < segment->lines() - 1; ++i) {
    for (const uint64_t value : segment->line(i)->slots) {
      if (slot::IsEmpty(value)) continue;
      if (shift == 0) {
        out->push_back(value & ~slot::kFlag);
      } else {
        const uint64_t tag = common | ((slot::Tag(value) >> std::min(shift, 63)) & kept);
        out->push_back(slot::Make(tag, slot::Node(value)));
      }
    }
  }
}

SegmentWord BuildSegment(absl::Span<const uint64_t> slots, int lines, int depth, int base,
                         std::vector<uint64_t>* leftover) {
  Segment* segment = Segment::Create(lines);
  const SegmentWord word(segment, Segment::HomesOf(lines), depth, base);
  Segment::LineCounts used = {};
  std::vector<uint64_t> crowded;
  for (const uint64_t value : slots) {
    if (!segment->AppendAtHome(word, value, &used)) crowded.push_back(value);
  }
  for (const uint64_t value : crowded) {
    if (!segment->TryPlace(word, slot::Tag(value), slot::Node(value))) leftover->push_back(value);
  }
  return word;
}

}  // namespace redstart
