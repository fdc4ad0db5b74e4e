#ifndef REDSTART_STORAGE_TYPES_BLOB_H_
#define REDSTART_STORAGE_TYPES_BLOB_H_

// A reference-counted run of bytes: where a string value lies that is too long to stand inside its
// entry.
//
// Ownership. The entry holds one reference; a reply that is being sent and, later, a snapshot hold
// others, which is why a long value can be sent from where it lies. Whoever drops the last
// reference frees it, on whatever thread. Invariant. The bytes change only while the reference
// count is one and the shard of the entry is locked; whoever wants to write a shared blob clones it
// first (Unshare).

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace redstart {

class Blob {
 public:
  // A blob of `size` bytes, uninitialised, with room for at least `capacity`. Reference count 1.
  static Blob* New(size_t size, size_t capacity);
  // The same, all zeros. The memory of a long one comes as zeros from the kernel, page by page as
  // it is touched.
  static Blob* NewZeroed(size_t size, size_t capacity);
  static Blob* Copy(std::string_view bytes);

  Blob(const Blob&) = delete;
  Blob& operator=(const Blob&) = delete;

  size_t size() const { return size_; }
  size_t capacity() const { return capacity_; }
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  std::string_view view() const { return {data(), size_}; }
  // Bytes of memory this blob takes.
  size_t MemoryBytes() const { return sizeof(Blob) + capacity_; }

  void Ref() { references_.fetch_add(1, std::memory_order_relaxed); }
  // Drops one reference; frees the blob with the last one.
  void Unref();
  bool IsShared() const { return references_.load(std::memory_order_acquire) > 1; }

  // Returns a blob with the same bytes, cut or zero-padded to `size`, that nobody else sees: this
  // one if it is unshared and has the room, otherwise a new one in exchange for the caller's
  // reference. Growth is geometric, so that a value built by many APPENDs is copied O(log n) times.
  Blob* Resized(size_t size);

 private:
  Blob(size_t size, size_t capacity) : size_(size), capacity_(capacity) {}
  ~Blob() = default;

  std::atomic<uint32_t> references_{1};
  size_t size_;
  size_t capacity_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_BLOB_H_
