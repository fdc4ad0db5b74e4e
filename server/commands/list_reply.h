#ifndef REDSTART_SERVER_COMMANDS_LIST_REPLY_H_
#define REDSTART_SERVER_COMMANDS_LIST_REPLY_H_

// What all commands share that answer with elements of lists. Functions without state.

#include <cstddef>
#include <cstdint>

#include "protocol/reply_builder.h"
#include "server/commands/element_reply.h"
#include "server/exec/key_access.h"
#include "storage/list_editor.h"

namespace redstart {

// Answers with `count` elements from an index on, in the direction of an end, one after the other.
inline void ReplyWithElements(const ListView& list, int64_t from, ListEnd towards, size_t count,
                              ReplyBuilder& reply) {
  if (count == 0) return;
  list.Visit(from, towards, [&](const Element& element) {
    ReplyWithElement(element, reply);
    return --count > 0;
  });
}

inline std::string_view PopEvent(ListEnd end) {
  return end == ListEnd::kHead ? "lpop" : "rpop";
}

// Answers with the `count` elements at an end, one after the other, and removes them. REQUIRES:
// there are that many.
inline void PopElements(EditGuard<ListEditor>& list, ListEnd end, size_t count,
                        ReplyBuilder& reply) {
  const bool from_head = end == ListEnd::kHead;
  ReplyWithElements(list->view(), from_head ? 0 : -1, from_head ? ListEnd::kTail : ListEnd::kHead,
                    count, reply);
  list->EraseRange(from_head ? 0 : list->size() - count, count);
  list.Changed(Event::kList, PopEvent(end), count);
}

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_LIST_REPLY_H_
