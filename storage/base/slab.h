#ifndef REDSTART_STORAGE_BASE_SLAB_H_
#define REDSTART_STORAGE_BASE_SLAB_H_

// The entries of one shard: size classes 8 bytes apart up to 128 bytes, in 4 KiB pages of one class
// each. A 16-byte key with a 32-byte value takes 56 bytes here and 64-66 from a malloc. Larger
// sizes go to malloc: each class keeps a page open in every shard, and that would no longer pay.
//
// Guarded by the shard's lock: not thread-safe itself, only the pool behind it is. A page belongs
// to one slab and goes back to the pool with its last entry. Its header is found by masking an
// entry's address and says how many entries it holds and which slab it belongs to: what a
// defragmenter needs to pick sparse pages and move their entries. Under AddressSanitizer free
// entries are poisoned.

#include <cstddef>
#include <cstdint>

#include "storage/base/counter.h"
#include "storage/base/page_pool.h"

namespace redstart {

class Slab {
 public:
  static constexpr size_t kMaxBytes = 128;

  explicit Slab(PagePool* pool);
  // Gives all pages back without looking at the entries in them.
  // REQUIRES: what was larger than kMaxBytes has been freed, for it is not in the pages.
  ~Slab();
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // Aligned to 8, never null, content unspecified.
  void* Allocate(size_t bytes);
  // REQUIRES: p came from Allocate(bytes) of this slab.
  void Free(void* p, size_t bytes);

  // Allocated bytes, rounded up to 8 up to kMaxBytes and as asked for above.
  size_t bytes_in_use() const { return entry_bytes_.Get() + large_bytes_; }
  // Those of them that lie in pages. Readable without the lock.
  size_t entry_bytes() const { return entry_bytes_.Get(); }
  // What the calling thread has taken from pages of all slabs, less what it gave back.
  static int64_t BytesOfThread();
  // What the pages of this slab take; with entry_bytes() it tells how sparse they are.
  size_t page_bytes() const { return page_count_ * PagePool::kPageBytes; }

 private:
  struct Page;
  static constexpr size_t kClassBytes = 8;
  static constexpr size_t kClasses = kMaxBytes / kClassBytes;

  Page* NewPage(size_t size_class);

  static void Link(Page** list, Page* page);
  static void Unlink(Page** list, Page* page);

  PagePool* const pool_;
  Page* open_[kClasses] = {};  // Pages with room, by class.
  Page* full_ = nullptr;       // The other ones, of all classes.
  Counter entry_bytes_;
  size_t large_bytes_ = 0;
  size_t page_count_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_SLAB_H_
