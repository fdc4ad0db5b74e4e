#ifndef REDSTART_STORAGE_BASE_SEGMENT_H_
#define REDSTART_STORAGE_BASE_SEGMENT_H_

// One segment of the table (table.h): a header line, home buckets in hash order, and a small stash;
// a bucket is one cache line of 8 slots. Owned by its table, guarded by the table's lock; only
// threads that prefetch read home lines and the directory without it, hence all stores there are
// atomic (loads under the lock need not be: only its holder stores).
//
// Slot: tag (19 bits) << 45 | (address >> 3) << 1 | flag. The tag is the bits [base, base + 19) of
// the node's place in its root, so it tells the home bucket as well; the flags of a line's first
// two slots belong to the line. A node stands in its home line, in the next one (then the home line
// is kLent), or in the stash or the overflow array (then it is kOverflowed). What is due to its
// home follows Dash (Lu et al., VLDB 2020): balanced insert, displacement, stash. The overflow
// array is the escape for keys that no split can part, such as dozens with one and the same hash.

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/types/span.h"

#if defined(__SSE4_1__)
#include <smmintrin.h>
#endif

namespace redstart {

namespace slot {

inline constexpr int kTagBits = 19;
inline constexpr int kTagShift = 64 - kTagBits;
inline constexpr uint64_t kTagMask = (uint64_t{1} << kTagBits) - 1;
inline constexpr uint64_t kFlag = 1;
inline constexpr uint64_t kAddressMask = ((uint64_t{1} << kTagShift) - 1) & ~kFlag;

inline uint64_t Make(uint64_t tag, const void* node) {
  return tag << kTagShift | reinterpret_cast<uintptr_t>(node) >> 2;
}
inline void* Node(uint64_t slot) {
  return reinterpret_cast<void*>((slot & kAddressMask) << 2);
}
inline uint64_t Tag(uint64_t slot) {
  return slot >> kTagShift;
}
inline bool IsEmpty(uint64_t slot) {
  return (slot & kAddressMask) == 0;
}

// Keeps the flag, which belongs to the line.
inline void Store(uint64_t* slot, uint64_t value) {
  std::atomic_ref<uint64_t>(*slot).store((*slot & kFlag) | (value & ~kFlag),
                                         std::memory_order_relaxed);
}
// For readers without the lock.
inline uint64_t LoadHint(const uint64_t* slot) {
  return std::atomic_ref<uint64_t>(*const_cast<uint64_t*>(slot)).load(std::memory_order_relaxed);
}

}  // namespace slot

struct alignas(64) Line {
  static constexpr int kSlots = 8;
  enum Flag { kOverflowed = 0, kLent = 1 };

  uint64_t slots[kSlots];

  bool Has(Flag flag) const { return (slots[flag] & slot::kFlag) != 0; }
  void SetFlag(Flag flag, bool on) {
    std::atomic_ref<uint64_t>(slots[flag])
        .store((slots[flag] & ~slot::kFlag) | (on ? slot::kFlag : 0), std::memory_order_relaxed);
  }
  // Bit i: slot i has this tag. An empty slot has tag 0.
  uint32_t Matching(uint64_t tag) const {
#if defined(__SSE4_1__)
    const auto* v = reinterpret_cast<const __m128*>(slots);
    const auto upper_halves = [v](int i) {
      return _mm_srli_epi32(
          _mm_castps_si128(_mm_shuffle_ps(v[i], v[i + 1], _MM_SHUFFLE(3, 1, 3, 1))),
          slot::kTagShift - 32);
    };
    const __m128i wanted = _mm_set1_epi32(static_cast<int>(tag));
    const __m128i both = _mm_packs_epi32(_mm_cmpeq_epi32(upper_halves(0), wanted),
                                         _mm_cmpeq_epi32(upper_halves(2), wanted));
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_packs_epi16(both, _mm_setzero_si128())));
#else
    uint32_t mask = 0;
    for (int i = 0; i < kSlots; ++i) mask |= uint32_t{slot::Tag(slots[i]) == tag} << i;
    return mask;
#endif
  }
  // Bit i: slot i is empty.
  uint32_t Empty() const {
#if defined(__SSE4_1__)
    const auto* v = reinterpret_cast<const __m128i*>(slots);
    const __m128i address = _mm_set1_epi64x(static_cast<int64_t>(slot::kAddressMask));
    uint32_t mask = 0;
    for (int i = 0; i < 4; ++i) {
      const __m128i none = _mm_cmpeq_epi64(_mm_and_si128(v[i], address), _mm_setzero_si128());
      mask |= static_cast<uint32_t>(_mm_movemask_pd(_mm_castsi128_pd(none))) << (2 * i);
    }
    return mask;
#else
    uint32_t mask = 0;
    for (int i = 0; i < kSlots; ++i) mask |= uint32_t{slot::IsEmpty(slots[i])} << i;
    return mask;
#endif
  }
};

class Segment;

// A directory's word: a segment's address (64-byte aligned, 47 bits) with all that a lookup must
// know of it packed into the other bits, so that a hit in the home bucket never reads the segment's
// header. A part of the position space without nodes has no segment, but a depth.
class SegmentWord {
 public:
  SegmentWord() = default;
  explicit SegmentWord(uint64_t bits) : bits_(bits) {}
  // The places of the nodes agree in their first `depth` bits; tags hold the bits from `base` on
  // (base <= depth).
  SegmentWord(const Segment* segment, int homes, int depth, int base)
      : bits_(reinterpret_cast<uintptr_t>(segment) | static_cast<uint64_t>(homes) |
              static_cast<uint64_t>(base) << 47 | static_cast<uint64_t>(depth) << 53) {}
  static SegmentWord Nothing(int depth) { return SegmentWord(nullptr, 0, depth, depth); }

  explicit operator bool() const { return (bits_ & kAddressMask) != 0; }
  Segment* segment() const { return reinterpret_cast<Segment*>(bits_ & kAddressMask); }
  int homes() const { return static_cast<int>(bits_ & 63); }
  int base() const { return static_cast<int>(bits_ >> 47 & 63); }
  int depth() const { return static_cast<int>(bits_ >> 53 & 63); }
  uint64_t bits() const { return bits_; }
  // A sixteenth of the lines, told by the number of homes (Segment::StashOf): stash lines follow
  // the home lines.
  int stash() const { return (homes() + 1) / 15; }

  uint64_t TagOf(uint64_t place) const { return place << base() >> slot::kTagShift; }
  int HomeOf(uint64_t tag) const {
    const uint64_t rest = tag << (depth() - base()) & slot::kTagMask;
    return static_cast<int>(rest * static_cast<uint64_t>(homes()) >> slot::kTagBits);
  }
  int Next(int home) const { return home + 1 == homes() ? 0 : home + 1; }
  int Previous(int home) const { return home == 0 ? homes() - 1 : home - 1; }
  // The first place of the segment; the first place of a home bucket. `home` may be homes(): the
  // end, which is 0 for the last segment of a root.
  uint64_t FirstPlace(uint64_t place) const {
    return depth() == 0 ? 0 : place >> (64 - depth()) << (64 - depth());
  }
  uint64_t FirstPlaceOfHome(uint64_t place, int home) const;

 private:
  static constexpr uint64_t kAddressMask = ((uint64_t{1} << 47) - 1) & ~uint64_t{63};
  uint64_t bits_ = 0;
};

class alignas(64) Segment {
 public:
  // Sizes in lines. All are classes of jemalloc, so nothing is rounded up. Growth goes through them
  // before a split.
  static constexpr int kSizes[] = {2, 4, 8, 12, 16, 24, 32, 40, 48, 64};
  static constexpr int kMinLines = 2;
  static constexpr int kMaxLines = 64;
  static constexpr int kMaxSlots = (kMaxLines - 1) * Line::kSlots;

  static constexpr int StashOf(int lines) { return lines / 16; }
  static constexpr int HomesOf(int lines) { return lines - 1 - StashOf(lines); }
  static constexpr int SlotsOf(int lines) { return (lines - 1) * Line::kSlots; }
  static int SizeAfter(int lines);
  static int SizeBefore(int lines);
  // The smallest size that holds `count` nodes with room to spare; kMaxLines if none does.
  static int SizeFor(size_t count);

  // All empty. Destroy() is fit for Reclaimer::Retire.
  static Segment* Create(int lines);
  static void Destroy(void* segment);

  int lines() const { return lines_; }
  int homes() const { return HomesOf(lines_); }
  int slot_count() const { return SlotsOf(lines_); }
  // Nodes in lines; in all.
  size_t in_lines() const { return count_; }
  size_t count() const { return count_ + overflow_count_; }
  size_t MemoryBytes() const;

  // Home lines come first, stash lines after them.
  Line* line(int i) { return reinterpret_cast<Line*>(this) + 1 + i; }
  const Line* line(int i) const { return reinterpret_cast<const Line*>(this) + 1 + i; }
  // Slots of their own kind: the tag is OverflowTag of the node's whole position.
  absl::Span<uint64_t> overflow() { return {overflow_, overflow_count_}; }
  static uint64_t OverflowTag(uint64_t position) {
    return position * 0x9E3779B97F4A7C15 >> slot::kTagShift;
  }

  // Puts a node into a line, moving at most one other one; false if there is no room. `word` is
  // this segment's.
  bool TryPlace(SegmentWord word, uint64_t tag, const void* node);
  // For a segment that nobody sees yet and whose other slots all came this way: puts the slot into
  // its home line if it has room. `used` counts each line's slots.
  using LineCounts = std::array<uint8_t, kMaxLines>;
  bool AppendAtHome(SegmentWord word, uint64_t value, LineCounts* used);
  void PlaceInOverflow(SegmentWord word, uint64_t tag, uint64_t position, const void* node);
  // Empties a slot (of a line or of the overflow array), and settles the flags.
  void Remove(SegmentWord word, int home, uint64_t* slot);

  // No node has an earlier deadline.
  uint64_t earliest_deadline() const { return earliest_deadline_; }
  void set_earliest_deadline(uint64_t deadline) { earliest_deadline_ = deadline; }

  static constexpr uint64_t kNoDeadline = std::numeric_limits<uint64_t>::max();

 private:
  Segment() = default;

  bool IsInOverflow(const uint64_t* slot) const {
    return slot >= overflow_ && slot < overflow_ + overflow_count_;
  }
  void Put(Line* line, uint32_t empty, uint64_t value) {
    slot::Store(&line->slots[std::countr_zero(empty)], value);
  }
  // Moves one node from full line `from` to `to` if it has room and a node whose home is `home`.
  // Returns the freed slot.
  uint64_t* Displace(SegmentWord word, int from, int to, int home);
  // A slot of line i that holds a node of `home`, or null.
  uint64_t* FindOfHome(SegmentWord word, int i, int home);
  uint64_t* FindInStash(SegmentWord word, int home);
  void RemoveFromOverflow(uint64_t* slot);

  uint64_t earliest_deadline_ = kNoDeadline;
  uint64_t* overflow_ = nullptr;
  uint32_t overflow_count_ = 0;
  uint32_t overflow_capacity_ = 0;
  uint16_t count_ = 0;  // In lines.
  uint8_t lines_ = 0;   // The header's own included.
};

// Adds to `out` all that stands in lines, flags cleared, with tags for `base` <= word.base().
// `place` is any in the segment: the bits that the segment's own tags do not hold are common to all
// its nodes.
void GatherSlots(SegmentWord word, uint64_t place, int base, std::vector<uint64_t>* out);

// A fresh segment of these slots; those for which there is no room go to `leftover`.
SegmentWord BuildSegment(absl::Span<const uint64_t> slots, int lines, int depth, int base,
                         std::vector<uint64_t>* leftover);

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SEGMENT_H_
