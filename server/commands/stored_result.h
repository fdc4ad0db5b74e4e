#ifndef REDSTART_SERVER_COMMANDS_STORED_RESULT_H_
#define REDSTART_SERVER_COMMANDS_STORED_RESULT_H_

// The end of commands that store their result under a key (SUNIONSTORE, ZRANGESTORE, ...): it takes
// the place of whatever the key held, deadline and all, and an empty result deletes the key.

#include <cstdint>
#include <string_view>
#include <utility>

#include "protocol/reply_builder.h"
#include "server/exec/key_access.h"
#include "storage/disk/decoded_value.h"

namespace redstart {

// Answers with the size. `event` and `name` say what happens to a key that gets a result, `changes`
// what that counts for.
inline void StoreResult(WriteKeys& keys, std::string_view key, DecodedValue&& result, size_t size,
                        Event event, std::string_view name, ReplyBuilder& reply,
                        uint64_t changes = 1) {
  const bool deleted = keys.Delete(key);
  if (size > 0) {
    keys.Add(key, std::move(result), Entry::kNever);
    keys.Changed(key, event, name, changes);
  } else if (deleted) {
    keys.Changed(key, Event::kGeneric, "del");
  }
  reply.Integer(static_cast<int64_t>(size));
}

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_STORED_RESULT_H_
