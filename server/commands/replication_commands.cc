// ROLE, REPLICAOF, SLAVEOF and FAILOVER of a server that is always a master: it can be told to be
// one, and refuses to become anything else.

#include "server/commands/client_totals.h"
#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

// ROLE. Readers of the effect stream are listed on Redis once they have told how far they have
// come; nobody asks them yet.
void Role(Call& call, Args, ReplyBuilder& reply) {
  reply.Array(3);
  reply.Bulk("master");
  reply.Integer(static_cast<int64_t>(call.services().journal->end_offset()));
  reply.EmptyArray();
}

// REPLICAOF host port | NO ONE
void ReplicaOf(Call& call, Args args, ReplyBuilder& reply) {
  if (SameWord(args[1], "NO") && SameWord(args[2], "ONE")) return reply.Ok();
  if (call.session().reads_journal.load(std::memory_order_relaxed)) {
    return reply.Fail("ERR Command is not valid when client is a replica.");
  }
  ArgReader in(args.subspan(2));
  in.Integer({.min = 0, .max = 65535, .otherwise = "ERR Invalid master port"});
  if (!in.ok()) return reply.Fail(in.error());
  reply.Fail("ERR replication is not built yet: this server cannot become a replica");
}

// FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]
void Failover(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() == 2 && SameWord(args[1], "ABORT")) {
    return reply.Fail("ERR No failover in progress.");
  }
  bool has_timeout = false;
  bool has_target = false;
  bool force = false;
  ArgReader in(args.subspan(1));
  while (in.ok() && !in.done()) {
    if (in.remaining() >= 2 && !has_timeout && in.Word("TIMEOUT")) {
      in.Integer({.min = 1, .otherwise = "ERR FAILOVER timeout must be greater than 0"});
      has_timeout = true;
    } else if (in.remaining() >= 3 && !has_target && in.Word("TO")) {
      in.Bytes();
      in.Integer();
      has_target = true;
    } else if (!force && in.Word("FORCE")) {
      force = true;
    } else {
      in.Fail(error::kSyntax);
    }
  }
  if (!in.ok()) return reply.Fail(in.error());
  if (TotalOfClients(*call.services().sessions).replicas == 0) {
    return reply.Fail("ERR FAILOVER requires connected replicas.");
  }
  if (force && (!has_timeout || !has_target)) {
    return reply.Fail(
        "ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
  }
  // Those who read the effect stream are no servers that could take over.
  reply.Fail(has_target ? "ERR FAILOVER target HOST and PORT is not a replica."
                        : "ERR FAILOVER requires connected replicas.");
}

constexpr uint32_t kFlags = kAdmin | kNoScript | kStale;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "FAILOVER",
     .args = "[TO host port [FORCE]] [ABORT] [TIMEOUT milliseconds]",
     .arity = -1,
     .flags = kFlags,
     .group = kGroup,
     .run = Failover,
     .since = "6.2.0",
     .summary = "Hands the role of the master over to a replica.",
     .complexity = "O(1)"},
    {.name = "REPLICAOF",
     .args = "<host port | NO ONE>",
     .arity = 3,
     .flags = kFlags | kNoAsyncLoading,
     .group = kGroup,
     .run = ReplicaOf,
     .since = "5.0.0",
     .summary = "Makes the server a replica of another, or a master.",
     .complexity = "O(1)"},
    {.name = "ROLE",
     .arity = 1,
     .flags = kNoScript | kLoading | kStale | kFast | kSentinel,
     .group = kGroup,
     .categories = kCategoryAdmin | kCategoryDangerous,
     .run = Role,
     .since = "2.8.12",
     .summary = "Returns the server's part in replication.",
     .complexity = "O(1)"},
    {.name = "SLAVEOF",
     .args = "<host port | NO ONE>",
     .arity = 3,
     .flags = kFlags | kNoAsyncLoading,
     .group = kGroup,
     .run = ReplicaOf,
     .since = "1.0.0",
     .summary = "Makes the server a replica of another, or a master: the old name of REPLICAOF.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows ReplicationCommands() {
  return kCommands;
}

}  // namespace redstart
