// ROLE, REPLICAOF, SLAVEOF, FAILOVER, WAIT and WAITAOF of a server that is always a master: it can
// be told to be one, and refuses to become anything else.

#include <limits>
#include <string>
#include <vector>

#include "server/commands/client_totals.h"
#include "server/commands/command_families.h"
#include "server/commands/replica_list.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/persistence/persistence.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

// ROLE. Replicas are the readers of the effect stream (SYNC) that have got the whole file.
void Role(Call& call, Args, ReplyBuilder& reply) {
  reply.Array(3);
  reply.Bulk("master");
  reply.Integer(static_cast<int64_t>(call.services().journal->end_offset()));
  std::vector<Replica> replicas = ListReplicas(*call.services().sessions, call.now_ms());
  std::erase_if(replicas, [](const Replica& replica) { return !replica.IsOnline(); });
  reply.Array(replicas.size());
  for (const Replica& replica : replicas) {
    reply.Array(3);
    reply.Bulk(replica.address);
    reply.Bulk(std::to_string(replica.port));
    reply.Bulk(std::to_string(replica.acked_offset));
  }
}

// REPLICAOF host port | NO ONE
void ReplicaOf(Call& call, Args args, ReplyBuilder& reply) {
  if (SameWord(args[1], "NO") && SameWord(args[2], "ONE")) return reply.Ok();
  if (call.session().reads_journal.load(std::memory_order_relaxed)) {
    return reply.Fail("ERR Command is not valid when client is a replica.");
  }
  ArgReader in(args.subspan(2));
  constexpr std::string_view kWrong = "ERR Invalid master port";
  in.Integer({.min = 0, .max = 65535, .otherwise = kWrong, .malformed = kWrong});
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

// Until when a command may wait that was given so many milliseconds; 0: for ever. False if that is
// no number of milliseconds and the error has been written.
bool ReadDeadline(std::string_view text, uint64_t now_ms, uint64_t* deadline_ms,
                  ReplyBuilder& reply) {
  const std::optional<int64_t> timeout = ParseInt64(text);
  std::string_view wrong;
  if (!timeout) {
    wrong = error::kTimeoutNotInteger;
  } else if (*timeout < 0) {
    wrong = error::kTimeoutNegative;
  } else if (*timeout > std::numeric_limits<int64_t>::max() - static_cast<int64_t>(now_ms)) {
    wrong = error::kTimeoutRange;
  }
  if (!wrong.empty()) {
    reply.Fail(wrong);
    return false;
  }
  *deadline_ms =
      *timeout == 0 ? WaitOptions::kNoDeadline : now_ms + static_cast<uint64_t>(*timeout);
  return true;
}

// WAIT numreplicas timeout. Nobody tells yet how much of the effect stream it has.
void Wait(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1, 1));
  const int64_t wanted = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  uint64_t deadline_ms = 0;
  if (!ReadDeadline(args[2], call.now_ms(), &deadline_ms, reply)) return;
  if (wanted <= 0 || !call.may_wait()) return reply.Integer(0);
  call.session().BeginWait(
      WaitReason::kBlocked,
      {.deadline_ms = deadline_ms, .on_deadline = [](Dispatcher&, Session&, ReplyBuilder& late) {
         late.Integer(0);
         return true;
       }});
}

constexpr std::string_view kNoAof =
    "ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.";

// WAITAOF numlocal numreplicas timeout. No replica tells yet what is safe with it.
void WaitAof(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1));
  const int64_t local = in.Integer(
      {.min = 0, .max = 1, .otherwise = "ERR value is out of range, must be between 0 and 1"});
  const int64_t replicas = in.Integer({.min = 0, .otherwise = error::kMustBePositive});
  if (!in.ok()) return reply.Fail(in.error());
  uint64_t deadline_ms = 0;
  if (!ReadDeadline(args[3], call.now_ms(), &deadline_ms, reply)) return;
  AofWriter& aof = call.services().persistence->aof().writer();
  if (local > 0 && !call.config().appendonly) return reply.Fail(kNoAof);
  const uint64_t offset = call.session().own_effect;
  const auto answer = [&aof, offset](ReplyBuilder& out) {
    out.Array(2);
    out.Integer(aof.is_open() && aof.IsDurable(offset) ? 1 : 0);
    out.Integer(0);
  };
  const bool is_safe = local == 0 || (aof.is_open() && aof.IsDurable(offset));
  if ((replicas == 0 && is_safe) || !call.may_wait()) return answer(reply);
  const WaitToken token = call.session().BeginWait(
      WaitReason::kBlocked, {.deadline_ms = deadline_ms,
                             .on_deadline = [answer](Dispatcher&, Session&, ReplyBuilder& late) {
                               answer(late);
                               return true;
                             }});
  if (local == 0) return;
  aof.AwaitDurable(offset, [token, answer, replicas](bool durable) {
    if (durable && replicas > 0) return;  // Nobody else will have it.
    Resume(token, [answer, durable](Dispatcher&, Session&, ReplyBuilder& late) {
      durable ? answer(late) : late.Fail(kNoAof);
    });
  });
}

constexpr uint32_t kFlags = kAdmin | kNoScript | kStale;
constexpr auto kGroup = CommandGroup::kServer;
constexpr std::string_view kTips = "request_policy:all_shards response_policy:agg_min";
constexpr CommandSpec kCommands[] = {
    {.name = "FAILOVER",
     .args = "[TO <target: host port [FORCE]>] [ABORT] [TIMEOUT milliseconds]",
     .arity = -1,
     .flags = kFlags,
     .group = kGroup,
     .run = Failover,
     .since = "6.2.0",
     .summary = "Hands the role of the master over to a replica.",
     .complexity = "O(1)"},
    {.name = "REPLICAOF",
     .args = "<args: <host-port: host port> | <no-one: NO ONE>>",
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
     .args = "<args: <host-port: host port> | <no-one: NO ONE>>",
     .arity = 3,
     .flags = kFlags | kNoAsyncLoading,
     .group = kGroup,
     .run = ReplicaOf,
     .since = "1.0.0",
     .deprecated = "5.0.0 REPLICAOF",
     .summary = "Makes the server a replica of another, or a master: the old name of REPLICAOF.",
     .complexity = "O(1)"},
    {.name = "WAIT",
     .args = "numreplicas timeout#i",
     .arity = 3,
     .group = CommandGroup::kGeneric,
     .categories = kCategoryConnection,
     .run = Wait,
     .since = "3.0.0",
     .summary = "Waits until replicas have what the connection has written.",
     .complexity = "O(1)",
     .tips = kTips},
    {.name = "WAITAOF",
     .args = "numlocal numreplicas timeout#i",
     .arity = 4,
     .flags = kNoScript,
     .group = CommandGroup::kGeneric,
     .categories = kCategoryConnection,
     .run = WaitAof,
     .since = "7.2.0",
     .summary = "Waits until append-only files have what the connection has written.",
     .complexity = "O(1)",
     .tips = kTips},
};

}  // namespace

CommandRows ReplicationCommands() {
  return kCommands;
}

}  // namespace redstart
