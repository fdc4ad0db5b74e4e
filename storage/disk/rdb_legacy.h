#ifndef REDSTART_STORAGE_DISK_RDB_LEGACY_H_
#define REDSTART_STORAGE_DISK_RDB_LEGACY_H_

// The packed forms that Redis wrote before version 7, read element by element: ziplists (hashes,
// sorted sets and lists up to 6.2) and zipmaps (hashes before 2.6). Values of them are converted
// when they are loaded; nothing writes these forms any more.
//
// Pure functions over bytes from outside, of which they trust nothing. Source of the formats:
// Redis's ziplist.c and zipmap.c.

#include <string_view>

#include "absl/functional/function_ref.h"
#include "storage/types/element.h"

namespace redstart {

// Calls visit(element) for every element. False if the bytes are no ziplist, or `visit` says so; it
// may have seen some elements by then.
bool ReadZiplist(std::string_view bytes, absl::FunctionRef<bool(const Element& element)> visit);
// The same for a zipmap: fields and values in turn.
bool ReadZipmap(std::string_view bytes, absl::FunctionRef<bool(const Element& element)> visit);

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_LEGACY_H_
