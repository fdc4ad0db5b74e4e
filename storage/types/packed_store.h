#ifndef REDSTART_STORAGE_TYPES_PACKED_STORE_H_
#define REDSTART_STORAGE_TYPES_PACKED_STORE_H_

// Where the bytes of a packed collection (listpack, int set) stand while they are edited, and how
// they get room: in an entry of the keyspace (storage/collection_editor.h), or in a PackedBuffer, a
// heap block of its own, for nodes of larger structures and for building values.
//
// The editors (ListpackEditor, IntSetEditor) know a PackedStore only. Not locked: the lock of
// whoever owns the bytes. A block's capacity grows by a quarter, so that appending n bytes piece by
// piece copies O(n) of them, and it is given back when less than half is used.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace redstart {

class PackedStore {
 public:
  const char* data() const { return data_; }
  char* mutable_data() { return data_; }
  size_t size() const { return size_; }
  std::string_view bytes() const { return {data_, size_}; }

  // Replaces `removed` bytes at `at` by `inserted` ones, whose content is unspecified; all others
  // keep theirs. Returns the new begin of the bytes, which may have moved.
  virtual char* Splice(size_t at, size_t removed, size_t inserted) = 0;

 protected:
  PackedStore() = default;
  PackedStore(const PackedStore&) = default;
  PackedStore& operator=(const PackedStore&) = default;
  ~PackedStore() = default;

  char* data_ = nullptr;
  size_t size_ = 0;
};

// Bytes with some room behind them, one allocation. Owned by whoever holds the pointer, until
// Delete.
class PackedBlock {
 public:
  static PackedBlock* New(std::string_view bytes);
  static void Delete(PackedBlock* block);
  PackedBlock(const PackedBlock&) = delete;
  PackedBlock& operator=(const PackedBlock&) = delete;

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  size_t size() const { return size_; }
  std::string_view bytes() const { return {data(), size_}; }
  size_t MemoryBytes() const { return sizeof(PackedBlock) + capacity_; }

  // PackedStore::Splice for this block; returns the block that takes its place.
  PackedBlock* Spliced(size_t at, size_t removed, size_t inserted);

 private:
  PackedBlock(uint32_t size, uint32_t capacity) : size_(size), capacity_(capacity) {}
  ~PackedBlock() = default;
  static PackedBlock* Allocate(size_t size, size_t capacity);

  uint32_t size_;
  uint32_t capacity_;
};

// Owns a block.
class PackedBuffer final : public PackedStore {
 public:
  explicit PackedBuffer(std::string_view bytes) : PackedBuffer(PackedBlock::New(bytes)) {}
  // Takes the block over.
  explicit PackedBuffer(PackedBlock* block) : block_(block) { Refresh(); }
  PackedBuffer(PackedBuffer&& other) noexcept : block_(other.Release()) { Refresh(); }
  PackedBuffer& operator=(PackedBuffer&& other) noexcept {
    std::swap(block_, other.block_);
    Refresh();
    other.Refresh();
    return *this;
  }
  ~PackedBuffer() {
    if (block_ != nullptr) PackedBlock::Delete(block_);
  }

  char* Splice(size_t at, size_t removed, size_t inserted) override {
    block_ = block_->Spliced(at, removed, inserted);
    Refresh();
    return data_;
  }
  // Gives the block to the caller; the buffer may only be destroyed or assigned afterwards.
  PackedBlock* Release() { return std::exchange(block_, nullptr); }
  size_t MemoryBytes() const { return block_->MemoryBytes(); }

 private:
  void Refresh() {
    data_ = block_ == nullptr ? nullptr : block_->data();
    size_ = block_ == nullptr ? 0 : block_->size();
  }

  PackedBlock* block_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_PACKED_STORE_H_
