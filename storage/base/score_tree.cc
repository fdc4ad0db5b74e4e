#include "storage/base/score_tree.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace redstart {
namespace {

constexpr int kLeafSlots = 84;
constexpr int kChildren = 31;
// More than 31 children per node, some 8 even after unlucky deletions, make this many levels for
// more elements than memory can hold.
constexpr int kMaxHeight = 24;
// A neighbour takes elements from a full leaf only if it has room for more than a few.
constexpr int kWorthGiving = 12;
// A node that is emptier than this tries to become one with a neighbour, and does if the result is
// not too full to take some more.
constexpr int kEmptyLeaf = kLeafSlots / 4;
constexpr int kMergedLeaf = kLeafSlots * 3 / 4;
constexpr int kEmptyInner = kChildren / 4;
constexpr int kMergedInner = kChildren * 3 / 4;
// How far ahead a walk fetches elements.
constexpr int kAhead = 8;

template <typename T>
void InsertInto(T* array, int count, int at, T value) {
  std::copy_backward(array + at, array + count, array + count + 1);
  array[at] = value;
}

template <typename T>
void EraseFrom(T* array, int count, int at) {
  std::copy(array + at + 1, array + count, array + at);
}

}  // namespace

struct ScoreTree::Leaf {
  ScoredMember* elements[kLeafSlots];
  uint32_t keys[kLeafSlots];
  int count = 0;
};

struct ScoreTree::Inner {
  // The score of each child's first element, that element, the child, and its number of elements.
  double scores[kChildren];
  const ScoredMember* firsts[kChildren];
  void* children[kChildren];
  uint64_t counts[kChildren];
  int count = 0;

  Inner* inner(int at) const { return static_cast<Inner*>(children[at]); }
  Leaf* leaf(int at) const { return static_cast<Leaf*>(children[at]); }
};

struct ScoreTree::Path {
  Inner* inners[kMaxHeight];
  int indexes[kMaxHeight];
  Leaf* leaf;
  int at;  // In the leaf.
};

ScoreTree::ScoreTree() : root_(nullptr) {
  static_assert(sizeof(Leaf) <= 1024 && sizeof(Inner) <= 1024, "the allocator's class");
  root_ = NewLeaf();
}

ScoreTree::~ScoreTree() {
  FreeBelow(root_, height_);
}

size_t ScoreTree::MemoryBytes() const {
  return sizeof(*this) + leaves_ * sizeof(Leaf) + inners_ * sizeof(Inner);
}

ScoreTree::Leaf* ScoreTree::NewLeaf() {
  ++leaves_;
  return new Leaf;
}

ScoreTree::Inner* ScoreTree::NewInner() {
  ++inners_;
  return new Inner;
}

void ScoreTree::Free(Leaf* leaf) {
  --leaves_;
  delete leaf;
}

void ScoreTree::Free(Inner* inner) {
  --inners_;
  delete inner;
}

void ScoreTree::FreeBelow(void* node, int levels) {
  if (levels == 0) return Free(static_cast<Leaf*>(node));
  auto* inner = static_cast<Inner*>(node);
  for (int i = 0; i < inner->count; ++i) FreeBelow(inner->children[i], levels - 1);
  Free(inner);
}

// The high half of the score's bits, negative ones turned around, so that keys compare like scores.
uint32_t ScoreTree::KeyOf(double score) {
  constexpr uint64_t kSign = uint64_t{1} << 63;
  const auto bits = std::bit_cast<uint64_t>(score + 0.0);  // The sum makes -0 the same as 0.
  return static_cast<uint32_t>(((bits & kSign) != 0 ? ~bits : bits | kSign) >> 32);
}

// The child in which the bound lies: the last one whose first element is below, or else the first.
int ScoreTree::ChildFor(const Inner& inner, const ScoreBound& bound) {
  int low = 0;
  int high = inner.count - 1;
  while (low < high) {
    const int middle = (low + high + 1) / 2;
    const auto member = [&] { return inner.firsts[middle]->member(); };
    if (bound.IsAbove(inner.scores[middle], member)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

int ScoreTree::CountInLeaf(const Leaf& leaf, const ScoreBound& bound) {
  const uint32_t key = bound.has_score() ? KeyOf(bound.score()) : 0;
  const auto is_below = [&](int i) {
    if (bound.has_score() && leaf.keys[i] != key) return leaf.keys[i] < key;
    const ScoredMember* element = leaf.elements[i];
    return bound.IsAbove(element->score(), [&] { return element->member(); });
  };
  int low = 0;
  int high = leaf.count;
  while (low < high) {
    const int middle = (low + high) / 2;
    if (is_below(middle)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

ScoreTree::Path ScoreTree::Find(const ScoreBound& bound) const {
  Path path;
  void* node = root_;
  for (int level = 0; level < height_; ++level) {
    auto* inner = static_cast<Inner*>(node);
    const int index = ChildFor(*inner, bound);
    path.inners[level] = inner;
    path.indexes[level] = index;
    node = inner->children[index];
  }
  path.leaf = static_cast<Leaf*>(node);
  path.at = CountInLeaf(*path.leaf, bound);
  return path;
}

size_t ScoreTree::CountBelow(const ScoreBound& bound) const {
  size_t below = 0;
  const void* node = root_;
  for (int level = 0; level < height_; ++level) {
    const auto* inner = static_cast<const Inner*>(node);
    const int index = ChildFor(*inner, bound);
    for (int i = 0; i < index; ++i) below += inner->counts[i];
    node = inner->children[index];
  }
  return below + static_cast<size_t>(CountInLeaf(*static_cast<const Leaf*>(node), bound));
}

ScoreTree::Path ScoreTree::FindRank(size_t rank) const {
  Path path;
  void* node = root_;
  for (int level = 0; level < height_; ++level) {
    auto* inner = static_cast<Inner*>(node);
    int index = 0;
    while (index + 1 < inner->count && rank >= inner->counts[index]) rank -= inner->counts[index++];
    path.inners[level] = inner;
    path.indexes[level] = index;
    node = inner->children[index];
  }
  path.leaf = static_cast<Leaf*>(node);
  path.at = static_cast<int>(rank);
  return path;
}

const ScoredMember& ScoreTree::At(size_t rank) const {
  const Path path = FindRank(rank);
  return *path.leaf->elements[path.at];
}

bool ScoreTree::NextLeaf(Path* path) const {
  int level = height_ - 1;
  while (level >= 0 && path->indexes[level] + 1 == path->inners[level]->count) --level;
  if (level < 0) return false;
  void* node = path->inners[level]->children[++path->indexes[level]];
  while (++level < height_) {
    path->inners[level] = static_cast<Inner*>(node);
    path->indexes[level] = 0;
    node = path->inners[level]->children[0];
  }
  path->leaf = static_cast<Leaf*>(node);
  path->at = 0;
  return true;
}

bool ScoreTree::PreviousLeaf(Path* path) const {
  int level = height_ - 1;
  while (level >= 0 && path->indexes[level] == 0) --level;
  if (level < 0) return false;
  void* node = path->inners[level]->children[--path->indexes[level]];
  while (++level < height_) {
    path->inners[level] = static_cast<Inner*>(node);
    path->indexes[level] = path->inners[level]->count - 1;
    node = path->inners[level]->children[path->indexes[level]];
  }
  path->leaf = static_cast<Leaf*>(node);
  path->at = path->leaf->count - 1;
  return true;
}

void ScoreTree::VisitUp(size_t first, size_t count, Visit visit) const {
  if (count == 0) return;
  Path path = FindRank(first);
  while (true) {
    const Leaf& leaf = *path.leaf;
    const int end = static_cast<int>(
        std::min(static_cast<size_t>(leaf.count), static_cast<size_t>(path.at) + count));
    for (int i = path.at; i < std::min(path.at + kAhead, end); ++i)
      __builtin_prefetch(leaf.elements[i]);
    count -= static_cast<size_t>(end - path.at);
    for (int i = path.at; i < end; ++i) {
      if (i + kAhead < end) __builtin_prefetch(leaf.elements[i + kAhead]);
      visit(*leaf.elements[i]);
    }
    if (count == 0 || !NextLeaf(&path)) return;
  }
}

void ScoreTree::VisitDown(size_t first, size_t count, Visit visit) const {
  if (count == 0) return;
  Path path = FindRank(first);
  while (true) {
    const Leaf& leaf = *path.leaf;
    for (int i = path.at; i >= std::max(0, path.at - kAhead); --i)
      __builtin_prefetch(leaf.elements[i]);
    for (int i = path.at; i >= 0 && count > 0; --i, --count) {
      if (i >= kAhead) __builtin_prefetch(leaf.elements[i - kAhead]);
      visit(*leaf.elements[i]);
    }
    if (count == 0 || !PreviousLeaf(&path)) return;
  }
}

void ScoreTree::Insert(ScoredMember* element) {
  const ScoreBound bound = ScoreBound::Before(element->score(), element->member());
  Path path = Find(bound);
  while (path.leaf->count == kLeafSlots) {
    MakeRoom(path);
    path = Find(bound);
  }
  Leaf* leaf = path.leaf;
  InsertInto(leaf->elements, leaf->count, path.at, element);
  InsertInto(leaf->keys, leaf->count, path.at, KeyOf(element->score()));
  ++leaf->count;
  ++size_;
  for (int level = 0; level < height_; ++level) ++path.inners[level]->counts[path.indexes[level]];
  if (path.at == 0) RefreshFirsts(path, height_ - 1);
}

// Takes over the first element of the child below `level`, there and wherever that is the first of
// all.
void ScoreTree::RefreshFirsts(const Path& path, int level) {
  for (; level >= 0; --level) {
    Inner* inner = path.inners[level];
    const int index = path.indexes[level];
    Refresh(inner, index, level == height_ - 1);
    if (index != 0) return;
  }
}

void ScoreTree::Refresh(Inner* inner, int at, bool is_leaf) {
  if (is_leaf) {
    const Leaf& leaf = *inner->leaf(at);
    inner->firsts[at] = leaf.elements[0];
    inner->scores[at] = leaf.elements[0]->score();
    inner->counts[at] = static_cast<uint64_t>(leaf.count);
    return;
  }
  const Inner& child = *inner->inner(at);
  inner->firsts[at] = child.firsts[0];
  inner->scores[at] = child.scores[0];
  inner->counts[at] = 0;
  for (int i = 0; i < child.count; ++i) inner->counts[at] += child.counts[i];
}

void ScoreTree::InsertChild(Inner* inner, int at, void* child, bool is_leaf) {
  InsertInto(inner->scores, inner->count, at, 0.0);
  InsertInto(inner->firsts, inner->count, at, static_cast<const ScoredMember*>(nullptr));
  InsertInto(inner->children, inner->count, at, child);
  InsertInto(inner->counts, inner->count, at, uint64_t{0});
  ++inner->count;
  Refresh(inner, at, is_leaf);
}

void ScoreTree::EraseChild(Inner* inner, int at) {
  EraseFrom(inner->scores, inner->count, at);
  EraseFrom(inner->firsts, inner->count, at);
  EraseFrom(inner->children, inner->count, at);
  EraseFrom(inner->counts, inner->count, at);
  --inner->count;
}

// Moves elements to a place in another leaf, which has room for them.
void ScoreTree::Move(Leaf* from, int begin, int count, Leaf* to, int at) {
  std::copy_backward(to->elements + at, to->elements + to->count, to->elements + to->count + count);
  std::copy_backward(to->keys + at, to->keys + to->count, to->keys + to->count + count);
  std::copy_n(from->elements + begin, count, to->elements + at);
  std::copy_n(from->keys + begin, count, to->keys + at);
  to->count += count;
  std::copy(from->elements + begin + count, from->elements + from->count, from->elements + begin);
  std::copy(from->keys + begin + count, from->keys + from->count, from->keys + begin);
  from->count -= count;
}

void ScoreTree::MakeRoom(const Path& path) {
  if (!GiveToNeighbour(path)) Split(path);
}

bool ScoreTree::GiveToNeighbour(const Path& path) {
  if (height_ == 0) return false;
  Inner* parent = path.inners[height_ - 1];
  const int index = path.indexes[height_ - 1];
  const auto room_in = [&](int i) {
    return i < 0 || i >= parent->count ? 0 : kLeafSlots - parent->leaf(i)->count;
  };
  const int room_left = room_in(index - 1);
  const int room_right = room_in(index + 1);
  if (std::max(room_left, room_right) < kWorthGiving) return false;
  Leaf* leaf = path.leaf;
  if (room_right >= room_left) {
    const int given = room_right / 2;
    Move(leaf, leaf->count - given, given, parent->leaf(index + 1), 0);
    Refresh(parent, index + 1, /*is_leaf=*/true);
    Refresh(parent, index, /*is_leaf=*/true);
    return true;
  }
  Leaf* left = parent->leaf(index - 1);
  Move(leaf, 0, room_left / 2, left, left->count);
  Refresh(parent, index - 1, /*is_leaf=*/true);
  Refresh(parent, index, /*is_leaf=*/true);
  return true;
}

void ScoreTree::Split(const Path& path) {
  Leaf* right = NewLeaf();
  // What is only appended to leaves full leaves behind.
  const bool appends = path.at == kLeafSlots;
  const int moved = appends ? 1 : kLeafSlots / 2;
  Move(path.leaf, kLeafSlots - moved, moved, right, 0);
  AddBehind(path, height_ - 1, right);
}

void ScoreTree::AddBehind(const Path& path, int level, void* right) {
  const bool is_leaf = level == height_ - 1;
  if (level < 0) {
    Inner* root = NewInner();
    InsertChild(root, 0, root_, is_leaf);
    InsertChild(root, 1, right, is_leaf);
    root_ = root;
    ++height_;
    return;
  }
  Inner* inner = path.inners[level];
  const int at = path.indexes[level] + 1;
  Refresh(inner, at - 1, is_leaf);
  if (inner->count < kChildren) return InsertChild(inner, at, right, is_leaf);
  Inner* upper = NewInner();
  const int kept = at == kChildren ? kChildren - 1 : kChildren / 2;
  for (int i = kept; i < kChildren; ++i) {
    InsertChild(upper, i - kept, inner->children[i], is_leaf);
  }
  inner->count = kept;
  if (at > kept) {
    InsertChild(upper, at - kept, right, is_leaf);
  } else {
    InsertChild(inner, at, right, is_leaf);
  }
  AddBehind(path, level - 1, upper);
}

void ScoreTree::Erase(const ScoredMember& element) {
  // The element is the last one that is not behind itself.
  Path path = Find(ScoreBound::After(element.score(), element.member()));
  --path.at;
  EraseAt(path);
}

void ScoreTree::ChangeScore(ScoredMember* element, double score) {
  Path path = Find(ScoreBound::After(element->score(), element->member()));
  const int at = --path.at;
  Leaf& leaf = *path.leaf;
  if (at > 0 && at + 1 < leaf.count) {
    // It may stay where it is.
    const ScoreBound bound = ScoreBound::Before(score, element->member());
    const auto is_below = [&](const ScoredMember& other) {
      return bound.IsAbove(other.score(), [&] { return other.member(); });
    };
    if (is_below(*leaf.elements[at - 1]) && !is_below(*leaf.elements[at + 1])) {
      leaf.keys[at] = KeyOf(score);
      element->set_score(score);
      return;
    }
  }
  EraseAt(path);
  element->set_score(score);
  Insert(element);
}

void ScoreTree::EraseAt(const Path& path) {
  Leaf* leaf = path.leaf;
  EraseFrom(leaf->elements, leaf->count, path.at);
  EraseFrom(leaf->keys, leaf->count, path.at);
  --leaf->count;
  --size_;
  for (int level = 0; level < height_; ++level) --path.inners[level]->counts[path.indexes[level]];
  if (height_ == 0) return;
  if (leaf->count == 0) {
    Free(leaf);
    RemoveChild(path, height_ - 1);
  } else {
    if (path.at == 0) RefreshFirsts(path, height_ - 1);
    if (leaf->count < kEmptyLeaf) MergeLeaf(path);
  }
  ShrinkRoot();
}

// The child below `level` has been freed.
void ScoreTree::RemoveChild(const Path& path, int level) {
  Inner* inner = path.inners[level];
  EraseChild(inner, path.indexes[level]);
  if (inner->count > 0) {
    if (path.indexes[level] == 0 && level > 0) RefreshFirsts(path, level - 1);
    if (inner->count < kEmptyInner) MergeInner(path, level);
    return;
  }
  Free(inner);
  if (level > 0) return RemoveChild(path, level - 1);
  root_ = NewLeaf();
  height_ = 0;
}

void ScoreTree::MergeLeaf(const Path& path) {
  const int level = height_ - 1;
  Inner* parent = path.inners[level];
  const int index = path.indexes[level];
  const auto fits = [&](int other) {
    return other >= 0 && other < parent->count &&
           parent->leaf(other)->count + path.leaf->count <= kMergedLeaf;
  };
  const int left = fits(index + 1) ? index : index - 1;
  if (!fits(index + 1) && !fits(index - 1)) return;
  Leaf* into = parent->leaf(left);
  Leaf* from = parent->leaf(left + 1);
  Move(from, 0, from->count, into, into->count);
  Free(from);
  EraseChild(parent, left + 1);
  Refresh(parent, left, /*is_leaf=*/true);
  if (parent->count < kEmptyInner) MergeInner(path, level);
}

void ScoreTree::MergeInner(const Path& path, int level) {
  if (level == 0) return;
  Inner* parent = path.inners[level - 1];
  const int index = path.indexes[level - 1];
  const auto fits = [&](int other) {
    return other >= 0 && other < parent->count &&
           parent->inner(other)->count + parent->inner(index)->count <= kMergedInner;
  };
  if (!fits(index + 1) && !fits(index - 1)) return;
  const int left = fits(index + 1) ? index : index - 1;
  Inner* into = parent->inner(left);
  Inner* from = parent->inner(left + 1);
  const bool is_leaf = level == height_ - 1;
  for (int i = 0; i < from->count; ++i) {
    InsertChild(into, into->count, from->children[i], is_leaf);
  }
  Free(from);
  EraseChild(parent, left + 1);
  Refresh(parent, left, /*is_leaf=*/false);
  if (parent->count < kEmptyInner) MergeInner(path, level - 1);
}

void ScoreTree::ShrinkRoot() {
  while (height_ > 0 && static_cast<Inner*>(root_)->count == 1) {
    auto* root = static_cast<Inner*>(root_);
    root_ = root->children[0];
    Free(root);
    --height_;
  }
}

}  // namespace redstart
