#include "storage/entry.h"

#include <new>

namespace redstart {

Entry* Entry::New(Slab* slab, std::string_view key, const Shape& shape) {
  const bool long_key = key.size() >= kLongKeyMark;
  const bool has_deadline = shape.deadline != kNever;
  const size_t bytes =
      sizeof(Entry) + (has_deadline ? 8 : 0) + (long_key ? 4 : 0) + key.size() + shape.payload_size;
  auto* entry = new (slab->Allocate(bytes)) Entry();
  entry->type_and_encoding_ =
      static_cast<uint8_t>(static_cast<uint8_t>(shape.type) << 4 | shape.encoding);
  entry->flags_ =
      static_cast<uint8_t>((has_deadline ? kHasDeadline : 0) | (long_key ? kLongKey : 0) |
                           (shape.field_deadlines ? kHasFieldDeadlines : 0));
  entry->short_key_size_ = long_key ? kLongKeyMark : static_cast<uint8_t>(key.size());
  entry->payload_size_ = static_cast<uint16_t>(shape.payload_size);
  char* at = entry->Body();
  if (has_deadline) {
    entry->set_deadline(shape.deadline);
    at += 8;
  }
  if (long_key) {
    const auto size = static_cast<uint32_t>(key.size());
    std::memcpy(at, &size, sizeof(size));
    at += 4;
  }
  if (!key.empty()) std::memcpy(at, key.data(), key.size());
  return entry;
}

Entry* Entry::Clone(Slab* slab) const {
  const size_t bytes = AllocationSize();
  void* memory = slab->Allocate(bytes);
  std::memcpy(memory, this, bytes);
  return static_cast<Entry*>(memory);
}

void Entry::FreeShell(Slab* slab, Entry* entry) {
  slab->Free(entry, entry->AllocationSize());
}

}  // namespace redstart
