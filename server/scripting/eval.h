#ifndef REDSTART_SERVER_SCRIPTING_EVAL_H_
#define REDSTART_SERVER_SCRIPTING_EVAL_H_

// EVAL and its relatives, as far as they are no rows (commands/script_commands.cc).

#include <cstdint>
#include <string_view>

#include "server/exec/call.h"

namespace redstart {

struct EvalMode {
  bool by_digest;
  bool read_only;
};

// EVAL script numkeys [key ...] [arg ...]; REQUIRES: every shard is locked.
void Eval(Call& call, const EvalMode& mode, Args args, ReplyBuilder& reply);

// How many keys stand behind args[2], which says so; -1, and the error, if that cannot be.
int ReadKeyCount(Args args, ReplyBuilder& reply);

// The CommandFlags of a request whose command has `command_flags`.
uint32_t EvalFlags(const Services& services, const EvalMode& mode, uint32_t command_flags,
                   Args args);

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_EVAL_H_
