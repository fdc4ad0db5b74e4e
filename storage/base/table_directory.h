#ifndef REDSTART_STORAGE_BASE_TABLE_DIRECTORY_H_
#define REDSTART_STORAGE_BASE_TABLE_DIRECTORY_H_

// Where the table's segments are: the arithmetic from a position to a root and a place in it, and
// for each root a directory of 2^depth words indexed by the place's first bits (extendible hashing:
// Fagin et al., TODS 1979).
//
// A position's last 21 bits are ignored, so that every boundary between buckets is a multiple of
// 2^21 and a walk's cursor fits in 43 bits. Root and place are the high and low half of the 128-bit
// product of the number of roots and the position: that cuts the position space into equal ranges
// for any number of roots and keeps its order.
//
// Owned by its table, guarded by the table's lock, except At() and its callees: these are also for
// threads that prefetch inside a Reclaimer read scope. Words are published with release stores, old
// arrays go to the reclaimer.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "storage/base/reclaimer.h"
#include "storage/base/segment.h"

namespace redstart {

// A root, and 64 bits that say where in it.
struct Route {
  uint32_t root;
  uint64_t place;
};

class TableDirectory {
 public:
  static constexpr int kMaxRoots = 16;
  static constexpr int kIgnoredBits = 21;
  // Places of different positions differ in these bits; no segment is deeper.
  static constexpr int kMaxDepth = 64 - kIgnoredBits;

  // `reclaimer` may be null: then nobody prefetches from other threads.
  TableDirectory(int roots, Reclaimer* reclaimer);
  ~TableDirectory();
  TableDirectory(const TableDirectory&) = delete;
  TableDirectory& operator=(const TableDirectory&) = delete;

  uint32_t root_count() const { return root_count_; }
  Route RouteOf(uint64_t position) const {
    __extension__ using Uint128 = unsigned __int128;
    const Uint128 product = Uint128{position >> kIgnoredBits << kIgnoredBits} * root_count_;
    return {static_cast<uint32_t>(product >> 64), static_cast<uint64_t>(product)};
  }
  // The least position (a multiple of 2^21) whose route is not before this one, which may be the
  // start of the root after the last. Nothing if there is none.
  std::optional<uint64_t> PositionAt(Route route) const;

  SegmentWord At(Route route) const {
    const uint64_t directory = roots_[route.root].directory.load(std::memory_order_acquire);
    const int depth = static_cast<int>(directory >> kDepthShift);
    auto* words = reinterpret_cast<uint64_t*>(directory & kAddressMask);
    // Two shifts, for a shift by 64 is none.
    return Load(&words[route.place >> 1 >> (63 - depth)]);
  }
  // The word with this number among 2^depth(root), all words of one segment being next to each
  // other.
  SegmentWord AtIndex(uint32_t root, uint64_t index) const { return Load(&WordsOf(root)[index]); }
  int depth(uint32_t root) const {
    return DepthOf(roots_[root].directory.load(std::memory_order_relaxed));
  }
  // The other half of the segment that this one was split from: may have been split further.
  SegmentWord SiblingOf(Route route, int depth) const {
    return At({route.root, route.place ^ (uint64_t{1} << (64 - depth))});
  }

  // Whether a segment of this depth may be split: not if keys that have many bits in common would
  // swell the directory.
  bool MaySplit(uint32_t root, int depth) const;

  // Puts another segment (or none) in the place of one, of the same depth.
  void Replace(Route route, SegmentWord word);
  // Puts two in the place of one. Their depths are one more.
  void Split(Route route, SegmentWord low, SegmentWord high);
  // Puts one in the place of two. Its depth is one less.
  void Merge(Route route, SegmentWord merged);

  size_t segment_count() const { return segment_count_; }
  size_t MemoryBytes() const;

 private:
  struct Root {
    // Address of the words | depth << 48: one word, so that readers without the lock see both or
    // neither.
    std::atomic<uint64_t> directory;
    uint64_t only_word;      // The directory of depth 0: small tables have no array.
    uint32_t segment_count;  // Words for nothing do not count.
    uint32_t deepest_count;  // Parts of the place space (also empty ones) that are as deep as the
                             // directory.
  };

  static constexpr int kDepthShift = 48;
  static constexpr uint64_t kAddressMask = (uint64_t{1} << kDepthShift) - 1;

  static int DepthOf(uint64_t directory) { return static_cast<int>(directory >> kDepthShift); }
  static SegmentWord Load(uint64_t* word) {
    return SegmentWord(std::atomic_ref<uint64_t>(*word).load(std::memory_order_acquire));
  }
  uint64_t* WordsOf(uint32_t root) const {
    return reinterpret_cast<uint64_t*>(roots_[root].directory.load(std::memory_order_relaxed) &
                                       kAddressMask);
  }
  // Sets all words of the part that `word.depth()` bits of the place select.
  void Store(Route route, SegmentWord word);
  void Double(uint32_t root);
  void Halve(uint32_t root);
  void SetWords(uint32_t root, uint64_t* words, int depth);
  void CountSegments(uint32_t root, int change);

  const uint32_t root_count_;
  Reclaimer* const reclaimer_;
  std::unique_ptr<Root[]> roots_;
  size_t segment_count_ = 0;
  size_t array_bytes_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_TABLE_DIRECTORY_H_
