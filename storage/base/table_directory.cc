#include "storage/base/table_directory.h"

#include <cassert>
#include <cstdlib>

namespace redstart {
namespace {

// A directory may have this many words per segment. Hashes need up to 4. Keys of few cluster slots
// (the first bits of the position) have some 8 bits in common, and must still spread over segments;
// 512 words are as large as a segment.
constexpr uint64_t kWordsPerSegment = 512;

uint64_t* AllocateWords(int depth) {
  void* words = std::malloc(sizeof(uint64_t) << depth);
  if (words == nullptr) std::abort();
  return static_cast<uint64_t*>(words);
}

}  // namespace

TableDirectory::TableDirectory(int roots, Reclaimer* reclaimer)
    : root_count_(static_cast<uint32_t>(roots)),
      reclaimer_(reclaimer),
      roots_(std::make_unique<Root[]>(root_count_)) {
  assert(roots >= 1 && roots <= kMaxRoots);
  for (uint32_t r = 0; r < root_count_; ++r) {
    roots_[r].only_word = SegmentWord::Nothing(0).bits();
    roots_[r].deepest_count = 1;
    roots_[r].directory.store(reinterpret_cast<uintptr_t>(&roots_[r].only_word),
                              std::memory_order_release);
  }
}

TableDirectory::~TableDirectory() {
  for (uint32_t r = 0; r < root_count_; ++r) {
    if (depth(r) > 0) std::free(WordsOf(r));
  }
}

std::optional<uint64_t> TableDirectory::PositionAt(Route route) const {
  // In units of 2^21, in which everything fits in 64 bits.
  const uint64_t grain = (uint64_t{1} << kIgnoredBits) - 1;
  const uint64_t units = (uint64_t{route.root} << kMaxDepth) + (route.place >> kIgnoredBits) +
                         ((route.place & grain) != 0 ? 1 : 0);
  const uint64_t position = (units + root_count_ - 1) / root_count_;
  if (position >> kMaxDepth != 0) return std::nullopt;
  return position << kIgnoredBits;
}

bool TableDirectory::MaySplit(uint32_t root, int depth) const {
  if (depth >= kMaxDepth) return false;
  return depth < this->depth(root) ||
         uint64_t{2} << depth <= (uint64_t{roots_[root].segment_count} + 1) * kWordsPerSegment;
}

void TableDirectory::Replace(Route route, SegmentWord word) {
  CountSegments(route.root, (word ? 1 : 0) - (At(route) ? 1 : 0));
  Store(route, word);
}

void TableDirectory::Split(Route route, SegmentWord low, SegmentWord high) {
  assert(low.depth() == high.depth());
  if (low.depth() > depth(route.root)) Double(route.root);
  if (low.depth() == depth(route.root)) roots_[route.root].deepest_count += 2;
  CountSegments(route.root, (low ? 1 : 0) + (high ? 1 : 0) - 1);
  const uint64_t half = uint64_t{1} << (64 - low.depth());
  Store({route.root, route.place & ~half}, low);
  Store({route.root, route.place | half}, high);
}

void TableDirectory::Merge(Route route, SegmentWord merged) {
  const int old_depth = merged.depth() + 1;
  Root& root = roots_[route.root];
  CountSegments(route.root,
                (merged ? 1 : 0) - (At(route) ? 1 : 0) - (SiblingOf(route, old_depth) ? 1 : 0));
  Store(route, merged);
  if (old_depth < depth(route.root)) return;
  root.deepest_count -= 2;
  while (root.deepest_count == 0) Halve(route.root);
}

void TableDirectory::Store(Route route, SegmentWord word) {
  const int shared = depth(route.root) - word.depth();
  const uint64_t first = route.place >> 1 >> (63 - word.depth()) << shared;
  uint64_t* words = WordsOf(route.root);
  for (uint64_t i = first; i < first + (uint64_t{1} << shared); ++i) {
    std::atomic_ref<uint64_t>(words[i]).store(word.bits(), std::memory_order_release);
  }
}

void TableDirectory::Double(uint32_t root) {
  const int old_depth = depth(root);
  const uint64_t* old_words = WordsOf(root);
  uint64_t* words = AllocateWords(old_depth + 1);
  for (uint64_t i = 0; i < uint64_t{2} << old_depth; ++i) words[i] = old_words[i / 2];
  roots_[root].deepest_count = 0;
  SetWords(root, words, old_depth + 1);
}

void TableDirectory::Halve(uint32_t root) {
  const int new_depth = depth(root) - 1;
  const uint64_t* old_words = WordsOf(root);
  uint64_t* words = new_depth == 0 ? &roots_[root].only_word : AllocateWords(new_depth);
  uint32_t deepest = 0;
  for (uint64_t i = 0; i < uint64_t{1} << new_depth; ++i) {
    // Readers may still have the single word's address from before the directory grew.
    std::atomic_ref<uint64_t>(words[i]).store(old_words[2 * i], std::memory_order_release);
    if (SegmentWord(old_words[2 * i]).depth() == new_depth) ++deepest;
  }
  roots_[root].deepest_count = deepest;
  SetWords(root, words, new_depth);
}

void TableDirectory::SetWords(uint32_t root, uint64_t* words, int new_depth) {
  uint64_t* old_words = WordsOf(root);
  const int old_depth = depth(root);
  const uint64_t address = reinterpret_cast<uintptr_t>(words);
  roots_[root].directory.store(address | static_cast<uint64_t>(new_depth) << kDepthShift,
                               std::memory_order_release);
  if (new_depth > 0) array_bytes_ += sizeof(uint64_t) << new_depth;
  if (old_depth == 0) return;
  array_bytes_ -= sizeof(uint64_t) << old_depth;
  if (reclaimer_ != nullptr) {
    reclaimer_->Retire(old_words, std::free);
  } else {
    std::free(old_words);
  }
}

void TableDirectory::CountSegments(uint32_t root, int change) {
  roots_[root].segment_count += static_cast<uint32_t>(change);
  segment_count_ += static_cast<size_t>(static_cast<ptrdiff_t>(change));
}

size_t TableDirectory::MemoryBytes() const {
  return root_count_ * sizeof(Root) + array_bytes_;
}

}  // namespace redstart
