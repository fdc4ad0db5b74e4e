#ifndef REDSTART_SERVER_COMMANDS_ZSET_ADD_H_
#define REDSTART_SERVER_COMMANDS_ZSET_ADD_H_

// What ZADD, ZINCRBY and GEOADD have in common. A pure function over the handler's keys.

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/exec/key_access.h"

namespace redstart {

// Does "<command> key [NX | XX] [GT | LT] [CH] [INCR] score member [score member ...]" and answers.
// `increment`: scores are added to those that are there, as with INCR. True if anything changed.
bool AddScored(WriteKeys& keys, Args args, bool increment, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_ZSET_ADD_H_
