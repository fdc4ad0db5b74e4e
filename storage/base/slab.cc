#include "storage/base/slab.h"

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#endif
#endif
#ifndef ASAN_POISON_MEMORY_REGION
#define ASAN_POISON_MEMORY_REGION(address, bytes) static_cast<void>(0)
#define ASAN_UNPOISON_MEMORY_REGION(address, bytes) static_cast<void>(0)
#endif

namespace redstart {
namespace {

// See Slab::BytesOfThread.
thread_local int64_t t_bytes = 0;

}  // namespace

// 32 bytes, which leaves 72 entries of 56 bytes, 63 of 64. Entries end with the page, so that those
// of 16, 32 and 64 bytes do not straddle cache lines.
struct Slab::Page {
  Page* previous;
  Page* next;
  Slab* owner;
  uint16_t bytes;   // Of an entry.
  uint16_t used;    // Entries handed out.
  uint16_t unused;  // Offset of the first entry that never was, kPageBytes if there is none.
  uint16_t free;    // Offset of the last freed entry, whose first two bytes hold that of the one
                    // before; 0 at the end.

  static Page* Of(void* entry) {
    return reinterpret_cast<Page*>(reinterpret_cast<uintptr_t>(entry) &
                                   ~uintptr_t{PagePool::kPageBytes - 1});
  }
  char* At(size_t offset) { return reinterpret_cast<char*>(this) + offset; }
  bool HasRoom() const { return free != 0 || unused < PagePool::kPageBytes; }
};

Slab::Slab(PagePool* pool) : pool_(pool) {}

Slab::~Slab() {
  const auto give_back = [this](Page* page) {
    while (page != nullptr) {
      Page* next = page->next;
      ASAN_UNPOISON_MEMORY_REGION(page, PagePool::kPageBytes);
      pool_->Free(page);
      page = next;
    }
  };
  for (Page* list : open_) give_back(list);
  give_back(full_);
}

int64_t Slab::BytesOfThread() {
  return t_bytes;
}

void* Slab::Allocate(size_t bytes) {
  if (bytes > kMaxBytes) {
    void* p = std::malloc(bytes);
    if (p == nullptr) {
      std::fputs("Out of memory: malloc gives no more\n", stderr);
      std::abort();
    }
    large_bytes_ += bytes;
    return p;
  }
  const size_t size_class = bytes == 0 ? 0 : (bytes - 1) / kClassBytes;
  Page* page = open_[size_class];
  if (page == nullptr) page = NewPage(size_class);
  char* entry;
  if (page->free != 0) {
    entry = page->At(page->free);
    ASAN_UNPOISON_MEMORY_REGION(entry, page->bytes);
    std::memcpy(&page->free, entry, sizeof(page->free));
  } else {
    entry = page->At(page->unused);
    ASAN_UNPOISON_MEMORY_REGION(entry, page->bytes);
    page->unused = static_cast<uint16_t>(page->unused + page->bytes);
  }
  ++page->used;
  entry_bytes_.Add(page->bytes);
  t_bytes += page->bytes;
  if (!page->HasRoom()) {
    Unlink(&open_[size_class], page);
    Link(&full_, page);
  }
  return entry;
}

void Slab::Free(void* p, size_t bytes) {
  if (bytes > kMaxBytes) {
    large_bytes_ -= bytes;
    std::free(p);
    return;
  }
  Page* page = Page::Of(p);
  assert(page->owner == this);
  assert(page->bytes == (bytes == 0 ? 1 : (bytes + kClassBytes - 1) / kClassBytes) * kClassBytes);
  const size_t size_class = page->bytes / kClassBytes - 1;
  entry_bytes_.Subtract(page->bytes);
  t_bytes -= page->bytes;
  if (!page->HasRoom()) {
    Unlink(&full_, page);
    Link(&open_[size_class], page);
  }
  if (--page->used == 0) {
    Unlink(&open_[size_class], page);
    --page_count_;
    ASAN_UNPOISON_MEMORY_REGION(page, PagePool::kPageBytes);
    pool_->Free(page);
    return;
  }
  std::memcpy(p, &page->free, sizeof(page->free));
  page->free = static_cast<uint16_t>(static_cast<char*>(p) - page->At(0));
  ASAN_POISON_MEMORY_REGION(p, page->bytes);
}

Slab::Page* Slab::NewPage(size_t size_class) {
  static_assert(sizeof(Page) == 32);
  Page* page = new (pool_->Allocate()) Page;
  const size_t bytes = (size_class + 1) * kClassBytes;
  const size_t entries = (PagePool::kPageBytes - sizeof(Page)) / bytes;
  page->owner = this;
  page->bytes = static_cast<uint16_t>(bytes);
  page->used = 0;
  page->unused = static_cast<uint16_t>(PagePool::kPageBytes - entries * bytes);
  page->free = 0;
  Link(&open_[size_class], page);
  ++page_count_;
  ASAN_POISON_MEMORY_REGION(page->At(page->unused), entries * bytes);
  return page;
}

void Slab::Link(Page** list, Page* page) {
  page->previous = nullptr;
  page->next = *list;
  if (*list != nullptr) (*list)->previous = page;
  *list = page;
}

void Slab::Unlink(Page** list, Page* page) {
  if (page->previous != nullptr) page->previous->next = page->next;
  if (page->next != nullptr) page->next->previous = page->previous;
  if (*list == page) *list = page->next;
}

}  // namespace redstart
