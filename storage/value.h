#ifndef REDSTART_STORAGE_VALUE_H_
#define REDSTART_STORAGE_VALUE_H_

// What there is to know and to do about the value of an entry without caring what type it is: its
// encoding's name, its memory, copying and freeing it. The one place for each of these concerns;
// collections answer through CollectionRef, so that a new type needs no line here.
//
// The shard of the entry must be locked, or the entry be out of its table.

#include <cstddef>
#include <functional>
#include <string_view>

#include "storage/entry.h"
#include "storage/types/collection.h"

namespace redstart {

// REQUIRES: the entry's type is not kString.
CollectionRef CollectionOf(const Entry& entry);

// What OBJECT ENCODING says.
std::string_view EncodingName(const Entry& entry);
// All memory of the entry with its value; O(1).
size_t MemoryBytes(const Entry& entry);

// When the key or the first field of its hash expires, whichever comes first; Entry::kNever.
uint64_t EarliestDeadline(const Entry& entry);

// A copy of the entry under another key, not yet in any table. Long strings are shared until one of
// the two is written.
Entry* CopyEntry(Slab* slab, std::string_view key, const Entry& entry);

// Whether the entry's own bytes are all there is: its payload points to nothing.
bool IsSelfContained(const Entry& entry);
// Whether freeing the value takes long enough to leave it to the background thread.
bool IsLongToFree(const Entry& entry);
// Frees what the payload points to; the entry is not to be used any more but for FreeShell. Needs
// no lock once the entry is out of its table.
void FreeOutside(const Entry& entry);
// The same as a job for another thread, to which the value passes now: the entry's shell may go.
std::function<void()> FreeOutsideLater(const Entry& entry);

}  // namespace redstart

#endif  // REDSTART_STORAGE_VALUE_H_
