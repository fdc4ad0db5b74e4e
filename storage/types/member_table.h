#ifndef REDSTART_STORAGE_TYPES_MEMBER_TABLE_H_
#define REDSTART_STORAGE_TYPES_MEMBER_TABLE_H_

// A large set: a table of members, each in an allocation of its own.
//
// Owner. The entry of its key; guarded by the shard's lock. Nodes come from malloc for the reasons
// given in field_table.h. A member of 12 bytes costs 16 in its node and some 10 in the table.

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/base/random.h"
#include "storage/base/same_bytes.h"
#include "storage/base/table.h"
#include "storage/types/collection.h"
#include "storage/types/member_position.h"

namespace redstart {

// A member. Layout: size 1 | size 4, if the first one says kLong | bytes.
class MemberNode {
 public:
  static MemberNode* New(std::string_view member);
  static void Delete(MemberNode* node);
  MemberNode(const MemberNode&) = delete;
  MemberNode& operator=(const MemberNode&) = delete;

  std::string_view member() const {
    const char* body = reinterpret_cast<const char*>(this) + 1;
    if (size_ != kLong) [[likely]] {
      return {body, size_};
    }
    uint32_t size;
    std::memcpy(&size, body, sizeof(size));
    return {body + sizeof(size), size};
  }
  size_t MemoryBytes() const {
    const std::string_view text = member();
    return static_cast<size_t>(text.data() + text.size() - reinterpret_cast<const char*>(this));
  }

 private:
  static constexpr uint8_t kLong = 255;

  explicit MemberNode(uint8_t size) : size_(size) {}
  ~MemberNode() = default;

  uint8_t size_;
};
static_assert(sizeof(MemberNode) == 1);

class MemberTable final : public Collection {
 public:
  MemberTable();
  ~MemberTable() override;

  size_t size() const override { return table_.size(); }
  size_t MemoryBytes() const override;
  std::unique_ptr<Collection> Clone() const override;
  std::string_view EncodingName() const override { return "hashtable"; }

  bool Contains(std::string_view member) const {
    return static_cast<bool>(table_.Find(member, MemberPosition(member)));
  }
  // False if it was there already.
  bool Add(std::string_view member);
  // False if it was not there. `member` may be that of the table's own node.
  bool Erase(std::string_view member);
  // Any member with the same chance. REQUIRES: size() > 0.
  const MemberNode* Random() const { return table_.Random(RandomBits); }

  // Table::Walk: positions as cursors.
  template <typename Visit>
  std::optional<uint64_t> Walk(uint64_t from, Visit&& visit) const {
    return table_.Walk(from, [&](const MemberNode* node) { visit(*node); });
  }
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (std::optional<uint64_t> at = 0; at;) {
      const uint64_t from = *at;
      at = Walk(from, visit);
      if (at) table_.PrefetchNodesAt(*at);
    }
  }

 private:
  struct Policy {
    using Node = MemberNode;
    static bool KeyEquals(const MemberNode& node, std::string_view key) {
      return SameBytes(node.member(), key);
    }
    static uint64_t PositionOf(const MemberNode& node) { return MemberPosition(node.member()); }
    static uint64_t DeadlineOf(const MemberNode&) { return 0; }
  };

  Table<Policy> table_;
  size_t node_bytes_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_MEMBER_TABLE_H_
