#ifndef REDSTART_STORAGE_TYPES_ZSET_H_
#define REDSTART_STORAGE_TYPES_ZSET_H_

// What the holder of a sorted set may be asked, whether it is small (a listpack: member, score,
// member, score, ..., in order) or large (a ScoredSet).
//
// All ranges are ranges of ranks: those of scores or members are turned into ranks with CountBelow.
// A view of an entry's payload: owns nothing, valid until the entry changes. Changes go through
// ZSetEditor (storage/zset_editor.h).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/base/score_bound.h"
#include "storage/types/collection.h"
#include "storage/types/element.h"
#include "storage/types/listpack.h"
#include "storage/types/scored_set.h"
#include "storage/types/value_type.h"

namespace redstart {

class ZSetView {
 public:
  static constexpr ValueType kType = ValueType::kSortedSet;
  using Visit = absl::FunctionRef<void(const Element& member, double score)>;

  ZSetView() : ZSetView(CollectionRef(Packing::kListpack, kEmptyListpack)) {}
  explicit ZSetView(const CollectionRef& held) : held_(held) {}
  ZSetView(uint8_t encoding, const char* payload, size_t payload_size)
      : held_(encoding, payload, payload_size) {}

  const CollectionRef& held() const { return held_; }
  bool is_large() const { return held_.is_object(); }
  // REQUIRES: is_large().
  const ScoredSet& scored_set() const { return *held_.object<ScoredSet>(); }
  // REQUIRES: !is_large().
  ListpackView listpack() const { return ListpackView(held_.packed()); }

  size_t size() const { return is_large() ? scored_set().size() : listpack().size() / 2; }
  std::optional<double> Score(std::string_view member) const;
  // How many elements lie below the bound.
  size_t CountBelow(const ScoreBound& bound) const;

  struct Rank {
    size_t rank;
    double score;
  };
  std::optional<Rank> RankOf(std::string_view member) const;

  // Elements from a rank on, upwards or downwards. REQUIRES: there are that many.
  void VisitUp(size_t first, size_t count, Visit visit) const;
  void VisitDown(size_t first, size_t count, Visit visit) const;
  void ForEach(Visit visit) const { VisitUp(0, size(), visit); }
  // Elements from `cursor` on, until at least `wanted` were seen or there are no more; a small set
  // is visited whole. Returns the cursor to go on with, 0 at the end. What is there throughout a
  // whole walk is visited exactly once, however the set grows or shrinks meanwhile.
  uint64_t Scan(uint64_t cursor, size_t wanted, Visit visit) const;

  // Each one chosen anew from all elements. REQUIRES: size() > 0.
  void VisitRandomTimes(size_t times, Visit visit) const;
  // `count` different elements; every choice has the same chance. REQUIRES: count <= size().
  void VisitRandomDistinct(size_t count, Visit visit) const;

 private:
  CollectionRef held_;
};

// The score that stands in a listpack.
double ScoreOf(const Element& score);
// Where the element of a rank stands in the listpack of a small sorted set; its end for size().
ListpackView::At SeekRank(ListpackView listpack, size_t rank);
// The rank of the first element that is not below the bound, and where its member stands.
struct PackedPlace {
  size_t rank;
  ListpackView::At at;
};
PackedPlace FindPlace(ListpackView listpack, const ScoreBound& bound);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_ZSET_H_
