#ifndef REDSTART_STORAGE_ENTRY_H_
#define REDSTART_STORAGE_ENTRY_H_

// A key with its value: one allocation, to which exactly one slot of one table points.
//
// Layout, in bytes: header 8 | deadline 8, if any | key length 4, if the key has 255 bytes or more
// | key | payload. The payload is the value itself when it is small, and otherwise a pointer to it.
// So 16 bytes of key and 32 of value take 56 bytes, 64 with a deadline.
//
// Ownership. The table of its shard owns it; the shard's slab has its memory; the shard's lock
// guards every field. An entry never changes its size in place: what grows moves to a new entry
// (Shard::ReplaceEntry).

#include <cstdint>
#include <cstring>
#include <string_view>

#include "storage/base/slab.h"
#include "storage/types/string.h"
#include "storage/types/value_type.h"

namespace redstart {

class Entry {
 public:
  // No deadline.
  static constexpr uint64_t kNever = 0;

  struct Shape {
    ValueType type = ValueType::kString;
    uint8_t encoding = 0;  // StringForm, or CollectionForm::encoding().
    uint64_t deadline = kNever;
    size_t payload_size = 0;
    bool field_deadlines = false;  // See has_field_deadlines.
  };
  // A new entry whose payload the caller fills before anyone sees it.
  // REQUIRES: shape.payload_size < 64 KiB, key shorter than 4 GiB.
  static Entry* New(Slab* slab, std::string_view key, const Shape& shape);
  // A copy of the entry's own bytes: what its payload points to is then shared.
  Entry* Clone(Slab* slab) const;
  // Frees the memory of the entry alone, not what its payload points to.
  static void FreeShell(Slab* slab, Entry* entry);

  Entry(const Entry&) = delete;
  Entry& operator=(const Entry&) = delete;

  ValueType type() const { return static_cast<ValueType>(type_and_encoding_ >> 4); }
  uint8_t encoding() const { return type_and_encoding_ & 15; }
  void set_encoding(uint8_t encoding) {
    type_and_encoding_ = static_cast<uint8_t>((type_and_encoding_ & 0xF0) | encoding);
  }
  std::string_view key() const { return {Body() + KeyOffset(), key_size()}; }
  size_t key_size() const;

  bool has_deadline() const { return (flags_ & kHasDeadline) != 0; }
  // Milliseconds since 1970, or kNever.
  uint64_t deadline() const { return has_deadline() ? Load<uint64_t>(Body()) : kNever; }
  // REQUIRES: has_deadline() and deadline is not kNever.
  void set_deadline(uint64_t deadline) { std::memcpy(Body(), &deadline, sizeof(deadline)); }
  // In the millisecond of its deadline a key is still there, as on Redis.
  bool IsExpired(uint64_t now) const { return has_deadline() && deadline() < now; }

  // A hash of which at least one field has a deadline. Whoever changes such a hash through an entry
  // says so anew (Shard::NoteFieldDeadlines): an entry that is reshaped forgets it.
  bool has_field_deadlines() const { return (flags_ & kHasFieldDeadlines) != 0; }
  void set_has_field_deadlines(bool has_any) {
    flags_ =
        static_cast<uint8_t>((flags_ & ~kHasFieldDeadlines) | (has_any ? kHasFieldDeadlines : 0));
  }

  char* payload() { return Body() + KeyOffset() + key_size(); }
  const char* payload() const { return Body() + KeyOffset() + key_size(); }
  size_t payload_size() const { return payload_size_; }
  // Bytes that the entry itself takes, without what its payload points to (MemoryBytes in value.h
  // has all).
  size_t AllocationSize() const { return sizeof(Entry) + KeyOffset() + key_size() + payload_size_; }

  // The access clock (24 bits): seconds for LRU, or LFU's minutes and counter.
  uint32_t access() const { return access_[0] | access_[1] << 8 | access_[2] << 16; }
  // It is no part of the value: whoever holds the shard may write it.
  void set_access(uint32_t clock) const {
    access_[0] = static_cast<uint8_t>(clock);
    access_[1] = static_cast<uint8_t>(clock >> 8);
    access_[2] = static_cast<uint8_t>(clock >> 16);
  }

  // Which snapshot need not look at this entry (CaptureState::tag); no part of the value either.
  uint8_t tag() const { return flags_ >> kTagShift; }
  void set_tag(uint8_t tag) const {
    flags_ = static_cast<uint8_t>((flags_ & kFlagsMask) | tag << kTagShift);
  }

  // REQUIRES: type() is kString.
  StringRef string() const {
    return StringRef(static_cast<StringForm>(encoding()), payload(), payload_size_);
  }

 private:
  static constexpr uint8_t kHasDeadline = 1;
  static constexpr uint8_t kLongKey = 2;
  static constexpr uint8_t kHasFieldDeadlines = 4;
  static constexpr uint8_t kFlagsMask = 15;
  static constexpr int kTagShift = 4;
  static constexpr uint8_t kLongKeyMark = 255;

  Entry() = default;

  template <typename T>
  static T Load(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }
  char* Body() { return reinterpret_cast<char*>(this + 1); }
  const char* Body() const { return reinterpret_cast<const char*>(this + 1); }
  size_t KeyOffset() const {
    return ((flags_ & kHasDeadline) != 0 ? 8 : 0) + ((flags_ & kLongKey) != 0 ? 4 : 0);
  }

  uint8_t type_and_encoding_ = 0;
  mutable uint8_t flags_ = 0;  // The high half is the tag.
  mutable uint8_t access_[3] = {};
  uint8_t short_key_size_ = 0;
  uint16_t payload_size_ = 0;
};
static_assert(sizeof(Entry) == 8);

inline size_t Entry::key_size() const {
  if ((flags_ & kLongKey) == 0) return short_key_size_;
  return Load<uint32_t>(Body() + (has_deadline() ? 8 : 0));
}

}  // namespace redstart

#endif  // REDSTART_STORAGE_ENTRY_H_
