#ifndef REDSTART_STORAGE_TYPES_SCORED_SET_H_
#define REDSTART_STORAGE_TYPES_SCORED_SET_H_

// A large sorted set: its elements in a table by member and in a tree by score.
//
// Owner. The entry of its key; guarded by the shard's lock. Elements come from malloc for the
// reasons given in field_table.h. One with a member of 12 bytes takes 32 bytes, some 10 in the
// table and 15 in the tree. Nothing is ever rehashed or rebuilt as a whole.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/base/random.h"
#include "storage/base/same_bytes.h"
#include "storage/base/score_tree.h"
#include "storage/base/scored_member.h"
#include "storage/base/table.h"
#include "storage/types/collection.h"
#include "storage/types/member_position.h"

namespace redstart {

class ScoredSet final : public Collection {
 public:
  ScoredSet();
  ~ScoredSet() override;

  size_t size() const override { return table_.size(); }
  size_t MemoryBytes() const override;
  std::unique_ptr<Collection> Clone() const override;
  // Redis's name of its own large form, which clients know.
  std::string_view EncodingName() const override { return "skiplist"; }

  const ScoreTree& tree() const { return tree_; }
  // Null if there is no such member. Valid until the next change.
  const ScoredMember* Find(std::string_view member) const {
    const auto place = table_.Find(member, MemberPosition(member));
    return place ? place.node() : nullptr;
  }
  // Adds the member, or gives it another score. True if it is new.
  bool Set(std::string_view member, double score);
  // False if there is no such member.
  bool Erase(std::string_view member);
  // Erases elements by rank. REQUIRES: there are that many.
  void EraseRange(size_t first, size_t count);

  // Table::Walk: positions as cursors.
  template <typename Visit>
  std::optional<uint64_t> Walk(uint64_t from, Visit&& visit) const {
    return table_.Walk(from, [&](const ScoredMember* element) { visit(*element); });
  }

 private:
  struct Policy {
    using Node = ScoredMember;
    static bool KeyEquals(const ScoredMember& element, std::string_view key) {
      return SameBytes(element.member(), key);
    }
    static uint64_t PositionOf(const ScoredMember& element) {
      return MemberPosition(element.member());
    }
    static uint64_t DeadlineOf(const ScoredMember&) { return 0; }
  };

  void Erase(Table<Policy>::Place place);

  Table<Policy> table_;
  ScoreTree tree_;
  size_t element_bytes_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_SCORED_SET_H_
