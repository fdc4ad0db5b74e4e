#ifndef REDSTART_SERVER_COMMANDS_COMMAND_DOCS_H_
#define REDSTART_SERVER_COMMANDS_COMMAND_DOCS_H_

// What COMMAND DOCS tells about a command, all of it derived from its row, in the form of
// Redis 7.2: redis-cli makes its hints and its help from it. Summaries, complexities and histories
// are our own words.
//
// A pure function; nothing is owned or locked.

#include "protocol/reply_builder.h"
#include "server/exec/command_table.h"

namespace redstart {

void ReplyWithDocs(const CommandRow& row, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_COMMAND_DOCS_H_
