#include "storage/value.h"

#include <algorithm>
#include <cstring>

#include "storage/types/hash.h"

namespace redstart {
namespace {

// Giving back this much takes the allocator some 10 us.
constexpr size_t kLongBytes = size_t{256} << 10;
// So many nodes take about as long.
constexpr size_t kManyElements = 256;

}  // namespace

CollectionRef CollectionOf(const Entry& entry) {
  return CollectionRef(entry.encoding(), entry.payload(), entry.payload_size());
}

std::string_view EncodingName(const Entry& entry) {
  if (entry.type() == ValueType::kString) return EncodingName(entry.string().form());
  return CollectionOf(entry).EncodingName();
}

size_t MemoryBytes(const Entry& entry) {
  size_t bytes = entry.AllocationSize();
  if (entry.type() == ValueType::kString) {
    if (const Blob* blob = entry.string().blob()) bytes += blob->MemoryBytes();
    return bytes;
  }
  return bytes + CollectionOf(entry).OutsideBytes();
}

uint64_t EarliestDeadline(const Entry& entry) {
  if (!entry.has_field_deadlines()) return entry.deadline();
  const uint64_t fields = HashView(CollectionOf(entry)).EarliestDeadline();
  return entry.has_deadline() ? std::min(fields, entry.deadline()) : fields;
}

Entry* CopyEntry(Slab* slab, std::string_view key, const Entry& entry) {
  Entry* copy = Entry::New(slab, key,
                           {.type = entry.type(),
                            .encoding = entry.encoding(),
                            .deadline = entry.deadline(),
                            .payload_size = entry.payload_size(),
                            .field_deadlines = entry.has_field_deadlines()});
  if (entry.type() != ValueType::kString) {
    CopyPayload(CollectionOf(entry), copy->payload());
    return copy;
  }
  std::memcpy(copy->payload(), entry.payload(), entry.payload_size());
  if (Blob* blob = entry.string().blob()) blob->Ref();
  return copy;
}

bool IsSelfContained(const Entry& entry) {
  if (entry.type() == ValueType::kString) return entry.string().blob() == nullptr;
  const CollectionForm form(entry.encoding());
  return !form.is_object() && !form.is_outside();
}

bool IsLongToFree(const Entry& entry) {
  if (entry.type() == ValueType::kString) {
    const Blob* blob = entry.string().blob();
    return blob != nullptr && blob->MemoryBytes() >= kLongBytes;
  }
  const CollectionRef held = CollectionOf(entry);
  if (held.is_object() && held.object<Collection>()->size() >= kManyElements) return true;
  return held.OutsideBytes() >= kLongBytes;
}

void FreeOutside(const Entry& entry) {
  if (entry.type() != ValueType::kString) return FreeOutside(CollectionOf(entry));
  if (Blob* blob = entry.string().blob()) blob->Unref();
}

std::function<void()> FreeOutsideLater(const Entry& entry) {
  if (entry.type() != ValueType::kString) {
    return [held = CollectionOf(entry)] { FreeOutside(held); };
  }
  return [blob = entry.string().blob()] {
    if (blob != nullptr) blob->Unref();
  };
}

}  // namespace redstart
