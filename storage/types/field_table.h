#ifndef REDSTART_STORAGE_TYPES_FIELD_TABLE_H_
#define REDSTART_STORAGE_TYPES_FIELD_TABLE_H_

// A large hash: a table of fields, each with its value in one allocation.
//
// Owner. The entry of its key; guarded by the shard's lock. Nodes come from malloc, not from the
// shard's slab: then a RENAME to another shard moves one pointer, and ten million fields are freed
// in the background without the shard's lock. 12 + 12 bytes cost 32 in the node and some 10 in the
// table.

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/base/random.h"
#include "storage/base/same_bytes.h"
#include "storage/base/table.h"
#include "storage/types/collection.h"
#include "storage/types/member_position.h"

namespace redstart {

// A field and its value. Layout: header 4 | deadline 8, if any | both sizes 4 + 4, if either is too
// long for the header | field | value.
class FieldNode {
 public:
  // No deadline.
  static constexpr uint64_t kNever = 0;

  static FieldNode* New(std::string_view field, std::string_view value, uint64_t deadline);
  static void Delete(FieldNode* node);
  FieldNode(const FieldNode&) = delete;
  FieldNode& operator=(const FieldNode&) = delete;

  std::string_view field() const { return {body() + BytesBefore(), field_size()}; }
  std::string_view value() const { return {field().data() + field_size(), value_size()}; }
  // Milliseconds since 1970, or kNever.
  uint64_t deadline() const { return has_deadline() ? Load<uint64_t>(body()) : kNever; }
  bool has_deadline() const { return (flags_ & kHasDeadline) != 0; }
  // REQUIRES: has_deadline() and deadline is not kNever.
  void set_deadline(uint64_t deadline) { std::memcpy(body(), &deadline, sizeof(deadline)); }
  // REQUIRES: the new value is as long as the old one.
  void OverwriteValue(std::string_view value) {
    char* const at = const_cast<char*>(this->value().data());
    if (!value.empty()) std::memmove(at, value.data(), value.size());
  }
  size_t MemoryBytes() const {
    return sizeof(FieldNode) + BytesBefore() + field_size() + value_size();
  }

 private:
  static constexpr uint8_t kHasDeadline = 1;
  static constexpr uint8_t kLong = 2;

  FieldNode() = default;
  ~FieldNode() = default;
  template <typename T>
  static T Load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }
  char* body() { return reinterpret_cast<char*>(this + 1); }
  const char* body() const { return reinterpret_cast<const char*>(this + 1); }
  size_t DeadlineBytes() const { return has_deadline() ? 8 : 0; }
  size_t BytesBefore() const { return DeadlineBytes() + ((flags_ & kLong) != 0 ? 8 : 0); }
  size_t field_size() const {
    return (flags_ & kLong) == 0 ? short_field_ : Load<uint32_t>(body() + DeadlineBytes());
  }
  size_t value_size() const {
    return (flags_ & kLong) == 0 ? short_value_ : Load<uint32_t>(body() + DeadlineBytes() + 4);
  }

  uint8_t flags_ = 0;
  uint8_t short_field_ = 0;
  uint16_t short_value_ = 0;
};
static_assert(sizeof(FieldNode) == 4);

class FieldTable final : public Collection {
 public:
  FieldTable();
  ~FieldTable() override;

  size_t size() const override { return table_.size(); }
  size_t MemoryBytes() const override;
  std::unique_ptr<Collection> Clone() const override;
  std::string_view EncodingName() const override { return "hashtable"; }

  // Null if there is no such field. Valid until the next change.
  const FieldNode* Find(std::string_view field) const;
  // True if the field is new. A deadline that it had goes, as on Redis. The texts may be those of
  // the field itself.
  bool Set(std::string_view field, std::string_view value, uint64_t deadline = FieldNode::kNever);
  // False if there is no such field.
  bool Erase(std::string_view field);

  // Fields that have a deadline.
  size_t with_deadline() const { return with_deadline_; }
  // No field's deadline is earlier; kNever if none has one. O(1). It is exact once EraseDue has
  // come to the end, and stays behind when a field is erased or gets a later deadline.
  uint64_t EarliestDeadline() const { return with_deadline_ == 0 ? FieldNode::kNever : earliest_; }
  // Erases fields whose deadline was before `now`, at most `max` of them and in some 30 us, after
  // erased(field). Goes on where it stopped; true when it has come to the end of the table.
  bool EraseDue(uint64_t now, size_t max, absl::FunctionRef<void(std::string_view field)> erased);
  // Any field with the same chance. REQUIRES: size() > 0.
  const FieldNode* Random() const { return table_.Random(RandomBits); }

  // Table::Walk: positions as cursors.
  template <typename Visit>
  std::optional<uint64_t> Walk(uint64_t from, Visit&& visit) const {
    return table_.Walk(from, [&](const FieldNode* node) { visit(*node); });
  }
  template <typename Visit>
  void ForEach(Visit&& visit) const {
    for (std::optional<uint64_t> at = 0; at;) at = Walk(*at, visit);
  }

 private:
  struct Policy {
    using Node = FieldNode;
    static bool KeyEquals(const FieldNode& node, std::string_view key) {
      return SameBytes(node.field(), key);
    }
    static uint64_t PositionOf(const FieldNode& node) { return MemberPosition(node.field()); }
    static uint64_t DeadlineOf(const FieldNode& node) { return node.deadline(); }
  };

  void NoteDeadline(uint64_t position, uint64_t deadline);
  void Unlink(Table<Policy>::Place place);

  Table<Policy> table_;
  size_t node_bytes_ = 0;
  size_t with_deadline_ = 0;
  uint64_t earliest_ = FieldNode::kNever;  // If with_deadline_ is not 0.
  uint64_t sweep_ = 0;                     // Where EraseDue goes on.
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_FIELD_TABLE_H_
