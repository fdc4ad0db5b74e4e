#ifndef REDSTART_SERVER_COMMANDS_HELP_REPLY_H_
#define REDSTART_SERVER_COMMANDS_HELP_REPLY_H_

// What "OBJECT HELP" and every other HELP subcommand answers: an array of simple strings whose
// first line and last two lines are the same for all commands. Interactive clients print it as it
// is, so the frame is that of Redis 7.2 (addReplyHelp), also in its spacing.
//
// A pure function; nothing is owned or locked.

#include <string_view>

#include "absl/types/span.h"
#include "protocol/reply_builder.h"

namespace redstart {

// `command` is the parent's name in whatever case. `lines` has for each subcommand its syntax, and
// below it, indented by four spaces, what it does; HELP itself is added.
void ReplyWithHelp(std::string_view command, absl::Span<const std::string_view> lines,
                   ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_HELP_REPLY_H_
