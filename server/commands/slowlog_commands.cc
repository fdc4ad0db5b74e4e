// SLOWLOG: the commands that took long.

#include <limits>

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/observe/slow_log.h"

namespace redstart {
namespace {

constexpr int64_t kDefaultCount = 10;

// The log, as long as the configuration in force allows: the limit may have been lowered since its
// last entry.
SlowLog& TrimmedLog(const Call& call) {
  SlowLog& log = *call.services().slow_log;
  log.Trim(static_cast<size_t>(call.config().slowlog_max_len));
  return log;
}

// SLOWLOG GET [count]
void Get(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  ArgReader in(args.subspan(2));
  int64_t count = kDefaultCount;
  if (!in.done()) {
    constexpr std::string_view kWrong = "ERR count should be greater than or equal to -1";
    count = in.Integer({.min = -1, .otherwise = kWrong, .malformed = kWrong});
  }
  if (!in.ok()) return reply.Fail(in.error());
  const auto wanted = count < 0 ? std::numeric_limits<size_t>::max() : static_cast<size_t>(count);
  const std::vector<SlowLog::Entry> entries = TrimmedLog(call).Newest(wanted);
  reply.Array(entries.size());
  for (const SlowLog::Entry& entry : entries) {
    reply.Array(6);
    reply.Integer(static_cast<int64_t>(entry.id));
    reply.Integer(static_cast<int64_t>(entry.unix_seconds));
    reply.Integer(static_cast<int64_t>(entry.microseconds));
    reply.Array(entry.arguments.size());
    for (const std::string& argument : entry.arguments) reply.Bulk(argument);
    reply.Bulk(entry.client_address);
    reply.Bulk(entry.client_name);
  }
}

// SLOWLOG LEN
void Len(Call& call, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(TrimmedLog(call).size()));
}

// SLOWLOG RESET
void Reset(Call& call, Args, ReplyBuilder& reply) {
  call.services().slow_log->Clear();
  reply.Ok();
}

// SLOWLOG HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "GET [<count>]",
      "    The newest entries (10 unless <count> says otherwise, -1 for all). An entry is:",
      "    its id, when the command ended, the microseconds that it took, its arguments,",
      "    the client's address and the client's name.",
      "LEN",
      "    How many entries there are.",
      "RESET",
      "    Forget all entries.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr uint32_t kFlags = kAdmin | kLoading | kStale;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "SLOWLOG",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "2.2.12",
     .summary = "Commands about the log of slow commands.",
     .complexity = "Depends on subcommand."},
    {.name = "SLOWLOG GET",
     .args = "[count]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Get,
     .since = "2.2.12",
     .history = "4.0.0 the client's address and name",
     .summary = "Returns the newest entries of the slow log.",
     .complexity = "O(N) where N is the number of entries returned",
     .tips = "request_policy:all_nodes nondeterministic_output"},
    {.name = "SLOWLOG HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "6.2.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "SLOWLOG LEN",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = Len,
     .since = "2.2.12",
     .summary = "Returns how many entries the slow log has.",
     .complexity = "O(1)",
     .tips = "request_policy:all_nodes response_policy:agg_sum nondeterministic_output"},
    {.name = "SLOWLOG RESET",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .run = Reset,
     .since = "2.2.12",
     .summary = "Empties the slow log.",
     .complexity = "O(N) where N is the number of entries in the slowlog",
     .tips = "request_policy:all_nodes response_policy:all_succeeded"},
};

}  // namespace

CommandRows SlowlogCommands() {
  return kCommands;
}

}  // namespace redstart
