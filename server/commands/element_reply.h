#ifndef REDSTART_SERVER_COMMANDS_ELEMENT_REPLY_H_
#define REDSTART_SERVER_COMMANDS_ELEMENT_REPLY_H_

// Answers with an element of a collection, which clients always see as a bulk string.

#include "protocol/reply_builder.h"
#include "storage/types/element.h"

namespace redstart {

inline void ReplyWithElement(const Element& element, ReplyBuilder& reply) {
  IntegerText scratch;
  reply.Bulk(element.View(&scratch));
}

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_ELEMENT_REPLY_H_
