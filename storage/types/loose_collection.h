#ifndef REDSTART_STORAGE_TYPES_LOOSE_COLLECTION_H_
#define REDSTART_STORAGE_TYPES_LOOSE_COLLECTION_H_

// A collection being built outside of any entry: the result of SUNIONSTORE, a value read from a
// file. It offers a type's edits what CollectionEditor (storage/collection_editor.h) offers them,
// so that both go through the same forms in the same order.
//
// Owned by a handler or decoder, on its stack; no locks.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "storage/types/collection.h"
#include "storage/types/packed_store.h"

namespace redstart {

class LooseCollection {
 public:
  LooseCollection(Packing packing, std::string_view bytes) : packing_(packing), buffer_(bytes) {}
  LooseCollection(const LooseCollection&) = delete;
  LooseCollection& operator=(const LooseCollection&) = delete;

  CollectionRef held() const {
    if (is_object()) return CollectionRef(object_.get());
    return CollectionRef(packing_, buffer_.bytes());
  }
  // The large form, which the caller owns from now on; null if the collection is packed.
  std::unique_ptr<Collection> TakeObject() { return std::move(object_); }

 protected:
  ~LooseCollection() = default;

  bool is_object() const { return object_ != nullptr; }
  // REQUIRES: !is_object().
  PackedStore* packed() { return &buffer_; }
  template <typename T>
  T* object() const {
    return static_cast<T*>(object_.get());
  }
  void Become(std::unique_ptr<Collection> object) { object_ = std::move(object); }
  void Become(Packing packing, std::string_view bytes) {
    PackedBuffer buffer(bytes);
    buffer_ = std::move(buffer);
    packing_ = packing;
    object_ = nullptr;
  }

 private:
  Packing packing_;
  PackedBuffer buffer_;
  std::unique_ptr<Collection> object_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_LOOSE_COLLECTION_H_
