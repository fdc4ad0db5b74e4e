#ifndef REDSTART_STORAGE_TYPES_COLLECTION_H_
#define REDSTART_STORAGE_TYPES_COLLECTION_H_

// How an entry holds a hash, set, sorted set, list or stream, whatever its type.
//
//   packed     one string of bytes (a listpack or an int set). Up to kMaxInlinePacked bytes it is
//              the payload of the entry itself, which then costs no second allocation; beyond that
//              the payload points to a PackedBlock with room to grow.
//   object     the payload points to a Collection, the large form, which each type defines.
//
// A CollectionRef is a view of an entry's payload, valid until the entry changes; the types' views
// (HashView, ...) are made of it. Owner. The entry owns block and object; the shard's lock guards
// them.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "storage/types/packed_store.h"

namespace redstart {

// Longer packed bytes stand outside of their entry. An edit inside costs one new entry of the right
// size and a copy, some 50 ns for 1 KiB, and saves pointer, block header and room to grow.
inline constexpr size_t kMaxInlinePacked = 1024;

// The large form of a collection. What it owns lies outside of the shard's slab, so that it can be
// freed without the shard's lock and moves to another shard with its pointer (RENAME).
class Collection {
 public:
  Collection() = default;
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;
  virtual ~Collection() = default;

  // Elements; O(1).
  virtual size_t size() const = 0;
  // Memory of all of it; O(1).
  virtual size_t MemoryBytes() const = 0;
  // A copy that shares nothing with this one.
  virtual std::unique_ptr<Collection> Clone() const = 0;
  // What OBJECT ENCODING says.
  virtual std::string_view EncodingName() const = 0;
};

// kListpackEx: a hash of which fields have deadlines, three elements for each (hash.h).
enum class Packing : uint8_t { kListpack = 0, kIntSet = 1, kListpackEx = 2 };
// What OBJECT ENCODING says.
std::string_view EncodingName(Packing packing);

// The form as the encoding bits of an entry (4 of them) hold it.
class CollectionForm {
 public:
  static constexpr CollectionForm Object() { return CollectionForm(kObjectBits); }
  static constexpr CollectionForm Packed(Packing packing, bool outside) {
    return CollectionForm(
        static_cast<uint8_t>(static_cast<uint8_t>(packing) << 1 | (outside ? 1 : 0)));
  }
  constexpr explicit CollectionForm(uint8_t encoding) : bits_(encoding) {}

  uint8_t encoding() const { return bits_; }
  bool is_object() const { return bits_ == kObjectBits; }
  // REQUIRES: !is_object().
  Packing packing() const { return static_cast<Packing>(bits_ >> 1); }
  // Whether the packed bytes stand in a block of their own.
  bool is_outside() const { return !is_object() && (bits_ & 1) != 0; }

 private:
  static constexpr uint8_t kObjectBits = 15;
  uint8_t bits_;
};

class CollectionRef {
 public:
  // An empty collection that no entry holds.
  CollectionRef() = default;
  // The payload of an entry.
  CollectionRef(uint8_t encoding, const char* payload, size_t payload_size);
  // A collection that is not, or not yet, in an entry.
  CollectionRef(Packing packing, std::string_view bytes)
      : form_(CollectionForm::Packed(packing, false)), packed_(bytes) {}
  explicit CollectionRef(Collection* object) : form_(CollectionForm::Object()), object_(object) {}

  bool is_object() const { return form_.is_object(); }
  // REQUIRES: is_object(). The caller knows the type: one type has one class of objects.
  template <typename T>
  T* object() const {
    return static_cast<T*>(object_);
  }
  // REQUIRES for both: !is_object().
  Packing packing() const { return form_.packing(); }
  std::string_view packed() const { return packed_; }

  std::string_view EncodingName() const;
  // Memory outside of the entry.
  size_t OutsideBytes() const;

 private:
  friend void FreeOutside(const CollectionRef& collection);
  friend size_t CopyPayload(const CollectionRef& collection, char* payload);

  CollectionForm form_ = CollectionForm::Packed(Packing::kListpack, false);
  std::string_view packed_;
  Collection* object_ = nullptr;
  PackedBlock* block_ = nullptr;
};

// Frees what the payload points to, if anything.
void FreeOutside(const CollectionRef& collection);
// Writes a payload for a copy of the collection, of the same form and size, to `payload`.
size_t CopyPayload(const CollectionRef& collection, char* payload);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_COLLECTION_H_
