// MEMORY USAGE: what a key takes.

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/value.h"

namespace redstart {
namespace {

// MEMORY USAGE key [SAMPLES count]
void Usage(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(3));
  while (in.ok() && !in.done()) {
    if (in.remaining() < 2 || !in.Word("SAMPLES")) {
      in.Fail(error::kSyntax);
    } else {
      // Every value knows its size, so that nothing need be sampled.
      in.Integer({.min = 0, .otherwise = error::kSyntax});
    }
  }
  if (!in.ok()) return reply.Fail(in.error());
  const Entry* entry = keys.PeekSilently(args[2]);
  if (entry == nullptr) return reply.Null();
  reply.Integer(static_cast<int64_t>(MemoryBytes(*entry)));
}

// MEMORY HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  constexpr std::string_view kLines[] = {
      "USAGE <key> [SAMPLES <count>]",
      "    The memory that the key and its value take, in bytes. Nothing is sampled.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr KeySpec kUsageKey[] = {{.flags = kKeyReadOnly, .index = 2}};
constexpr CommandSpec kCommands[] = {
    {.name = "MEMORY",
     .arity = -2,
     .flags = kContainer,
     .group = CommandGroup::kServer,
     .since = "4.0.0",
     .summary = "Commands about memory.",
     .complexity = "Depends on subcommand."},
    {.name = "MEMORY HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = CommandGroup::kServer,
     .run = Help,
     .since = "4.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "MEMORY USAGE",
     .args = "key [SAMPLES count]",
     .arity = -3,
     .keys = kUsageKey,
     .flags = kReadOnly,
     .group = CommandGroup::kServer,
     .run = Usage,
     .since = "4.0.0",
     .summary = "Tells how much memory a key and its value take.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows MemoryCommands() {
  return kCommands;
}

}  // namespace redstart
