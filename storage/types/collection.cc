#include "storage/types/collection.h"

namespace redstart {
namespace {

template <typename T>
T* LoadPointer(const char* payload) {
  T* pointer;
  std::memcpy(&pointer, payload, sizeof(pointer));
  return pointer;
}

template <typename T>
size_t StorePointer(T* pointer, char* payload) {
  std::memcpy(payload, &pointer, sizeof(pointer));
  return sizeof(pointer);
}

}  // namespace

std::string_view EncodingName(Packing packing) {
  switch (packing) {
    case Packing::kListpack:
      return "listpack";
    case Packing::kIntSet:
      return "intset";
    case Packing::kListpackEx:
      return "listpackex";
  }
  return "unknown";
}

CollectionRef::CollectionRef(uint8_t encoding, const char* payload, size_t payload_size)
    : form_(encoding) {
  if (form_.is_object()) {
    object_ = LoadPointer<Collection>(payload);
  } else if (form_.is_outside()) {
    block_ = LoadPointer<PackedBlock>(payload);
    packed_ = block_->bytes();
  } else {
    packed_ = {payload, payload_size};
  }
}

std::string_view CollectionRef::EncodingName() const {
  return is_object() ? object_->EncodingName() : redstart::EncodingName(packing());
}

size_t CollectionRef::OutsideBytes() const {
  if (is_object()) return object_->MemoryBytes();
  return block_ == nullptr ? 0 : block_->MemoryBytes();
}

void FreeOutside(const CollectionRef& collection) {
  if (collection.is_object()) {
    delete collection.object_;
  } else if (collection.block_ != nullptr) {
    PackedBlock::Delete(collection.block_);
  }
}

size_t CopyPayload(const CollectionRef& collection, char* payload) {
  if (collection.is_object()) return StorePointer(collection.object_->Clone().release(), payload);
  if (collection.block_ != nullptr)
    return StorePointer(PackedBlock::New(collection.packed_), payload);
  if (!collection.packed_.empty())
    std::memcpy(payload, collection.packed_.data(), collection.packed_.size());
  return collection.packed_.size();
}

}  // namespace redstart
