#include "storage/types/blob.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace redstart {
namespace {

// Past this size a growing blob gets a tenth more instead of twice as much: half a gigabyte must
// not take a whole one.
constexpr size_t kDoublingLimit = size_t{16} << 20;

// A gap of this length is not written but asked for as zeros: SETBIT at the end of half a gigabyte
// takes microseconds under the shard's lock instead of a tenth of a second.
constexpr size_t kZeroedLimit = size_t{1} << 20;

size_t GrownCapacity(size_t size) {
  return size < kDoublingLimit ? size * 2 : size + size / 10;
}

}  // namespace

Blob* Blob::New(size_t size, size_t capacity) {
  capacity = std::max(size, capacity);
  void* memory = std::malloc(sizeof(Blob) + capacity);
  if (memory == nullptr)
    throw std::bad_alloc();  // Ends the process, as for every other allocation.
  return new (memory) Blob(size, capacity);
}

Blob* Blob::NewZeroed(size_t size, size_t capacity) {
  capacity = std::max(size, capacity);
  void* memory = std::calloc(1, sizeof(Blob) + capacity);
  if (memory == nullptr) throw std::bad_alloc();
  return new (memory) Blob(size, capacity);
}

Blob* Blob::Copy(std::string_view bytes) {
  Blob* blob = New(bytes.size(), bytes.size());
  if (!bytes.empty()) std::memcpy(blob->data(), bytes.data(), bytes.size());
  return blob;
}

void Blob::Unref() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    this->~Blob();
    std::free(this);
  }
}

Blob* Blob::Resized(size_t size) {
  Blob* blob = this;
  const bool is_moved = IsShared() || size > capacity_;
  const bool is_zeroed = is_moved && size > size_ && size - size_ >= kZeroedLimit;
  if (is_moved) {
    // What grows for the first time may stay as it is: SETRANGE of a new key.
    const size_t capacity = size > size_ && size_ > 0 ? GrownCapacity(size) : size;
    blob = is_zeroed ? NewZeroed(size, capacity) : New(size, capacity);
    std::memcpy(blob->data(), data(), std::min(size, size_));
  }
  if (size > size_ && !is_zeroed) std::memset(blob->data() + size_, 0, size - size_);
  blob->size_ = size;
  if (blob != this) Unref();
  return blob;
}

}  // namespace redstart
