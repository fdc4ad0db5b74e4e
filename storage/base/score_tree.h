#ifndef REDSTART_STORAGE_BASE_SCORE_TREE_H_
#define REDSTART_STORAGE_BASE_SCORE_TREE_H_

// The order of a large sorted set: a counted B+-tree of (score, member). Finding an element, its
// rank, or the element of a rank takes O(log n) steps, and no change ever touches more than a few
// nodes of 1 KiB.
//
// A leaf holds up to 84 addresses of elements and beside each one the 32 high bits of its score,
// mapped so that they sort like the score: a search in a leaf reads the elements themselves only
// where these bits are equal. An inner node holds for each of up to 31 children the number of its
// elements and its first one. A full leaf gives to a neighbour before it is split, and appending
// leaves full leaves behind, so that leaves are 80 to 100 % full: some 15 bytes per element in all.
// (D. Comer, The Ubiquitous B-Tree, 1979; counted: the order-statistic tree of Cormen et al.)
//
// Elements belong to the caller. Guarded by the lock of whoever owns the tree; reading changes
// nothing.

#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "storage/base/score_bound.h"
#include "storage/base/scored_member.h"

namespace redstart {

class ScoreTree {
 public:
  using Visit = absl::FunctionRef<void(const ScoredMember& element)>;

  ScoreTree();
  ~ScoreTree();
  ScoreTree(const ScoreTree&) = delete;
  ScoreTree& operator=(const ScoreTree&) = delete;

  size_t size() const { return size_; }
  size_t MemoryBytes() const;

  // REQUIRES: no element has this score and member.
  void Insert(ScoredMember* element);
  // REQUIRES for both: the element is in the tree.
  void Erase(const ScoredMember& element);
  void ChangeScore(ScoredMember* element, double score);

  // How many elements lie below the bound.
  size_t CountBelow(const ScoreBound& bound) const;
  // REQUIRES: rank < size().
  const ScoredMember& At(size_t rank) const;
  // Elements from a rank on, upwards or downwards. REQUIRES: there are that many.
  void VisitUp(size_t first, size_t count, Visit visit) const;
  void VisitDown(size_t first, size_t count, Visit visit) const;

 private:
  struct Leaf;
  struct Inner;
  // A way from the root: the inner nodes, which of their children comes next, and the place in the
  // leaf.
  struct Path;

  static uint32_t KeyOf(double score);
  static int ChildFor(const Inner& inner, const ScoreBound& bound);
  static int CountInLeaf(const Leaf& leaf, const ScoreBound& bound);
  static void InsertChild(Inner* inner, int at, void* child, bool is_leaf);
  static void EraseChild(Inner* inner, int at);
  static void Refresh(Inner* inner, int at, bool is_leaf);
  static void Move(Leaf* from, int begin, int count, Leaf* to, int at);

  Path Find(const ScoreBound& bound) const;
  Path FindRank(size_t rank) const;
  bool NextLeaf(Path* path) const;
  bool PreviousLeaf(Path* path) const;

  Leaf* NewLeaf();
  Inner* NewInner();
  void Free(Leaf* leaf);
  void Free(Inner* inner);
  void FreeBelow(void* node, int levels);

  void MakeRoom(const Path& path);
  bool GiveToNeighbour(const Path& path);
  void Split(const Path& path);
  // The node below level `level` of the path was split; `right` is its upper part.
  void AddBehind(const Path& path, int level, void* right);
  void RefreshFirsts(const Path& path, int level);
  void EraseAt(const Path& path);
  void RemoveChild(const Path& path, int level);
  void MergeLeaf(const Path& path);
  void MergeInner(const Path& path, int level);
  void ShrinkRoot();

  void* root_;
  int height_ = 0;  // Inner nodes above a leaf.
  size_t size_ = 0;
  size_t leaves_ = 0;
  size_t inners_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SCORE_TREE_H_
