// COMMAND: what commands there are, told from their rows.

#include <algorithm>

#include "server/commands/command_docs.h"
#include "server/commands/command_families.h"
#include "server/commands/command_info.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "storage/base/glob.h"

namespace redstart {
namespace {

// All commands that are no subcommands.
std::vector<const CommandRow*> TopRows(const Call& call) {
  std::vector<const CommandRow*> rows;
  for (const CommandRow& row : call.services().commands->rows()) {
    if (row.parent == nullptr && IsListed(row)) rows.push_back(&row);
  }
  return rows;
}

// The command of a full name such as "client|kill", or null if COMMAND does not list it.
const CommandRow* FindListed(const Call& call, std::string_view full_name) {
  const CommandRow* row = call.services().commands->FindFullName(full_name);
  return row == nullptr || !IsListed(*row) ? nullptr : row;
}

// COMMAND
void Command(Call& call, Args, ReplyBuilder& reply) {
  const std::vector<const CommandRow*> rows = TopRows(call);
  reply.Array(rows.size());
  for (const CommandRow* row : rows) ReplyWithCommand(*row, reply);
}

// COMMAND COUNT
void Count(Call& call, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(TopRows(call).size()));
}

// COMMAND INFO [command-name [command-name ...]]
void Info(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() == 2) return Command(call, args, reply);
  reply.Array(args.size() - 2);
  for (const std::string_view name : args.subspan(2)) {
    const CommandRow* row = FindListed(call, name);
    if (row == nullptr) {
      reply.Null();
    } else {
      ReplyWithCommand(*row, reply);
    }
  }
}

// COMMAND DOCS [command-name [command-name ...]]
void Docs(Call& call, Args args, ReplyBuilder& reply) {
  std::vector<const CommandRow*> rows;
  if (args.size() == 2) rows = TopRows(call);
  for (const std::string_view name : args.subspan(2)) {
    if (const CommandRow* row = FindListed(call, name); row != nullptr) rows.push_back(row);
  }
  reply.Map(rows.size());
  for (const CommandRow* row : rows) {
    reply.Bulk(row->full_name);
    ReplyWithDocs(*row, reply);
  }
}

// Whether a row passes COMMAND LIST's filter.
bool Passes(const CommandRow& row, std::string_view kind, std::string_view value) {
  if (SameWord(kind, "ACLCAT")) {
    return (row.spec->AllCategories() & FindAclCategory(value).value_or(0)) != 0;
  }
  // Modules there are none.
  return SameWord(kind, "PATTERN") && GlobMatches(value, row.full_name, GlobCase::kInsensitive);
}

// COMMAND LIST [FILTERBY MODULE module-name | ACLCAT category | PATTERN pattern]
void List(Call& call, Args args, ReplyBuilder& reply) {
  const bool filters =
      args.size() == 5 && SameWord(args[2], "FILTERBY") &&
      (SameWord(args[3], "MODULE") || SameWord(args[3], "ACLCAT") || SameWord(args[3], "PATTERN"));
  if (args.size() != 2 && !filters) return reply.Fail(error::kSyntax);
  const size_t handle = reply.BeginArray();
  size_t count = 0;
  for (const CommandRow& row : call.services().commands->rows()) {
    if (!IsListed(row) || (filters && !Passes(row, args[3], args[4]))) continue;
    reply.Bulk(row.full_name);
    ++count;
  }
  reply.EndArray(handle, count);
}

// The command that GETKEYS asks about, or null after the error has been written.
const CommandRow* RowOfRequest(const Call& call, Args request, ReplyBuilder& reply) {
  const CommandRow* row = call.services().commands->Resolve(request);
  const bool is_unknown = row == nullptr || (row->spec->Has(kContainer) && request.size() > 1);
  if (is_unknown) {
    reply.Fail("ERR Invalid command specified");
  } else if (!HasKeys(*row->spec)) {
    reply.Fail("ERR The command has no key arguments");
  } else if (!row->spec->AcceptsCount(request.size())) {
    reply.Fail("ERR Invalid number of arguments specified for command");
  } else {
    return row;
  }
  return nullptr;
}

void ReplyWithKeys(const Call& call, Args request, bool with_flags, ReplyBuilder& reply) {
  const CommandRow* row = RowOfRequest(call, request, reply);
  if (row == nullptr) return;
  const std::vector<KeyUse> uses = FindKeyUses(*row->spec, request);
  if (uses.empty() && !row->spec->Has(kNoMandatoryKeys)) {
    return reply.Fail("ERR Invalid arguments specified for command");
  }
  reply.Array(uses.size());
  for (const KeyUse& use : uses) {
    if (with_flags) reply.Array(2);
    reply.Bulk(request[static_cast<size_t>(use.position)]);
    if (with_flags) ReplyWithKeyFlags(use.flags, reply);
  }
}

// COMMAND GETKEYS command [arg ...]
void GetKeys(Call& call, Args args, ReplyBuilder& reply) {
  ReplyWithKeys(call, args.subspan(2), false, reply);
}

// COMMAND GETKEYSANDFLAGS command [arg ...]
void GetKeysAndFlags(Call& call, Args args, ReplyBuilder& reply) {
  ReplyWithKeys(call, args.subspan(2), true, reply);
}

// COMMAND HELP
void Help(Call&, Args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "(no subcommand)",
      "    Facts about all commands.",
      "COUNT",
      "    How many commands there are.",
      "DOCS [<command-name> ...]",
      "    The manual's facts about these commands, or about all.",
      "GETKEYS <full-command>",
      "    The keys in a command with its arguments.",
      "GETKEYSANDFLAGS <full-command>",
      "    The same, with what the command does with each key.",
      "INFO [<command-name> ...]",
      "    Facts about these commands, or about all.",
      "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
      "    The names of commands.",
  };
  ReplyWithHelp("command", kLines, reply);
}

constexpr uint32_t kFlags = kLoading | kStale | kSentinel;
constexpr auto kGroup = CommandGroup::kServer;
constexpr std::string_view kPerLookup = "O(N) where N is the number of commands asked for";
constexpr std::string_view kPerCommand = "O(N) where N is the number of all commands";
constexpr std::string_view kAnyOrder = "nondeterministic_output_order";
constexpr CommandSpec kCommands[] = {
    {.name = "COMMAND",
     .arity = -1,
     .flags = kFlags | kContainer,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = Command,
     .since = "2.8.13",
     .summary = "Describes all commands.",
     .complexity = kPerCommand,
     .tips = kAnyOrder},
    {.name = "COMMAND COUNT",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = Count,
     .since = "2.8.13",
     .summary = "Returns how many commands there are.",
     .complexity = "O(1)"},
    {.name = "COMMAND DOCS",
     .args = "[command-name ...]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = Docs,
     .since = "7.0.0",
     .summary = "Returns what the manual says about commands.",
     .complexity = kPerLookup,
     .tips = kAnyOrder},
    {.name = "COMMAND GETKEYS",
     .args = "command [arg ...]",
     .arity = -3,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = GetKeys,
     .since = "2.8.13",
     .summary = "Finds the keys in a command with its arguments.",
     .complexity = "O(N) where N is the number of arguments to the command"},
    {.name = "COMMAND GETKEYSANDFLAGS",
     .args = "command [arg ...]",
     .arity = -3,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = GetKeysAndFlags,
     .since = "7.0.0",
     .summary = "Finds the keys in a command, and what it does with each.",
     .complexity = "O(N) where N is the number of arguments to the command"},
    {.name = "COMMAND HELP",
     .arity = 2,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "COMMAND INFO",
     .args = "[command-name ...]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = Info,
     .since = "2.8.13",
     .history = "7.0.0 without a name it tells of every command",
     .summary = "Describes some or all commands.",
     .complexity = kPerLookup,
     .tips = kAnyOrder},
    {.name = "COMMAND LIST",
     .args = "[FILTERBY <filterby: MODULE module-name | ACLCAT category | PATTERN pattern>]",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .categories = kCategoryConnection,
     .run = List,
     .since = "7.0.0",
     .summary = "Returns the names of commands.",
     .complexity = kPerCommand,
     .tips = kAnyOrder},
};

}  // namespace

CommandRows CommandCommands() {
  return kCommands;
}

}  // namespace redstart
