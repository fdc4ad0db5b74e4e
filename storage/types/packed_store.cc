#include "storage/types/packed_store.h"

#include <cstdlib>
#include <cstring>
#include <new>

namespace redstart {
namespace {

// The allocator's classes are 16 bytes apart at the least, so the room up to the next one is free.
size_t RoundedUp(size_t bytes) {
  return (bytes + 15) & ~size_t{15};
}

}  // namespace

PackedBlock* PackedBlock::Allocate(size_t size, size_t capacity) {
  const size_t bytes = RoundedUp(sizeof(PackedBlock) + capacity);
  void* memory = std::malloc(bytes);
  if (memory == nullptr) throw std::bad_alloc();  // Ends the process, like any other allocation.
  return new (memory)
      PackedBlock(static_cast<uint32_t>(size), static_cast<uint32_t>(bytes - sizeof(PackedBlock)));
}

PackedBlock* PackedBlock::New(std::string_view bytes) {
  PackedBlock* block = Allocate(bytes.size(), bytes.size());
  if (!bytes.empty()) std::memcpy(block->data(), bytes.data(), bytes.size());
  return block;
}

void PackedBlock::Delete(PackedBlock* block) {
  std::free(block);
}

PackedBlock* PackedBlock::Spliced(size_t at, size_t removed, size_t inserted) {
  const size_t size = size_ - removed + inserted;
  const size_t tail = size_ - at - removed;
  if (size <= capacity_ && size >= capacity_ / 2) {
    std::memmove(data() + at + inserted, data() + at + removed, tail);
    size_ = static_cast<uint32_t>(size);
    return this;
  }
  PackedBlock* moved = Allocate(size, size > capacity_ ? size + size / 4 : size + size / 8);
  std::memcpy(moved->data(), data(), at);
  std::memcpy(moved->data() + at + inserted, data() + at + removed, tail);
  Delete(this);
  return moved;
}

}  // namespace redstart
