#ifndef REDSTART_SERVER_COMMANDS_STRING_REPLY_H_
#define REDSTART_SERVER_COMMANDS_STRING_REPLY_H_

// How a string value becomes a reply. A long one is not copied: the reply holds a reference to its
// blob, and a later write makes a copy of the blob instead of changing it (Blob). Below 16 KiB
// copying is cheaper than a segment of its own.
//
// Pure functions; the shard of the value is locked while they run. The reply may be sent later,
// without any lock.

#include <algorithm>
#include <string_view>

#include "protocol/reply_builder.h"
#include "storage/types/string.h"

namespace redstart {

inline constexpr size_t kPinnedReplyBytes = 16 * 1024;
// A part is pinned only if it is at least this fraction of its blob: a write that comes while the
// reply waits must copy the whole blob.
inline constexpr size_t kPinnedFraction = 8;

// The bytes of the value from `offset` on, `size` of them. REQUIRES: they are there.
inline void ReplyWithSubstring(const StringRef& value, size_t offset, size_t size,
                               ReplyBuilder& reply) {
  Blob* blob = value.blob();
  if (blob != nullptr && size >= std::max(kPinnedReplyBytes, blob->size() / kPinnedFraction)) {
    blob->Ref();
    const auto release = [](void* pinned) { static_cast<Blob*>(pinned)->Unref(); };
    return reply.BulkPinned(PinnedBytes(blob->data() + offset, size, blob, release));
  }
  IntegerText scratch;
  reply.Bulk(value.View(&scratch).substr(offset, size));
}

inline void ReplyWithString(const StringRef& value, ReplyBuilder& reply) {
  ReplyWithSubstring(value, 0, value.size(), reply);
}

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_STRING_REPLY_H_
