// More of DEBUG (debug_commands.cc): crashes, errors on demand, and the sizes of the tables.

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <string>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "server/observe/log.h"

namespace redstart {
namespace {

// DEBUG SEGFAULT. Writes where nobody may write.
void Segfault(Call&, Args, ReplyBuilder&) {
  constexpr size_t kBytes = 4096;
  void* page = mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *static_cast<volatile char*>(page) = 'x';
}

// DEBUG PANIC
void Panic(Call& call, Args, ReplyBuilder&) {
  logging::Warning("DEBUG PANIC called at Unix time {}", call.now_ms() / 1000);
  std::abort();
}

// DEBUG ERROR message
void Error(Call&, Args args, ReplyBuilder& reply) {
  if (args.size() != 3) return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  std::string text(args[2]);
  std::ranges::replace_if(
      text, [](char c) { return c == '\r' || c == '\n'; }, ' ');
  reply.Fail(text);
}

// DEBUG HTSTATS database [FULL]
void TableStats(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() < 3) return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  ArgReader in(args.subspan(2, 1));
  const int64_t database = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  if (database < 0 || database >= call.config().databases) {
    return reply.Fail("ERR Out of range database");
  }
  const int number = static_cast<int>(database);
  size_t tables = 0;
  size_t keys = 0;
  size_t deadlines = 0;
  size_t bytes = 0;
  call.walk().ForEachShard([&](const Shard& shard) {
    if (shard.table(number) == nullptr) return;
    ++tables;
    keys += shard.size(number);
    deadlines += shard.with_deadline(number);
    bytes += shard.table(number)->MemoryBytes();
  });
  reply.Verbatim(
      fmt::format("[Dictionary HT]\n tables: {}\n number of elements: {}\n bytes: {}\n"
                  "[Expires HT]\n number of elements: {}\n",
                  tables, keys, bytes, deadlines));
}

constexpr uint32_t kFlags =
    kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded | kUnlisted;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "DEBUG ERROR",
     .args = "message",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Error,
     .since = "1.0.0",
     .summary = "Answers with an error.",
     .complexity = "O(1)"},
    {.name = "DEBUG HTSTATS",
     .args = "database [FULL]",
     .arity = -2,
     .flags = kFlags | kNeedsWalk,
     .group = kGroup,
     .run = TableStats,
     .since = "1.0.0",
     .summary = "Tells how large the tables of a database are.",
     .complexity = "O(1)"},
    {.name = "DEBUG PANIC",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Panic,
     .since = "1.0.0",
     .summary = "Ends the server as an error that nobody expected does.",
     .complexity = "O(1)"},
    {.name = "DEBUG SEGFAULT",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Segfault,
     .since = "1.0.0",
     .summary = "Crashes the server.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows DebugProcessCommands() {
  return kCommands;
}

}  // namespace redstart
