// MULTI, EXEC, DISCARD, WATCH and UNWATCH. EXEC itself is the dispatcher's work
// (Dispatcher::ExecuteTransaction).

#include "server/commands/command_families.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"

namespace redstart {
namespace {

// MULTI
void Multi(Call& call, Args, ReplyBuilder& reply) {
  if (call.session().in_transaction()) return reply.Fail("ERR MULTI calls can not be nested");
  call.session().BeginTransaction();
  reply.Ok();
}

// EXEC
void Exec(Call& call, Args, ReplyBuilder& reply) {
  if (!call.session().in_transaction()) return reply.Fail("ERR EXEC without MULTI");
  call.dispatcher().ExecuteTransaction(call.session(), reply);
}

// DISCARD
void Discard(Call& call, Args, ReplyBuilder& reply) {
  if (!call.session().in_transaction()) return reply.Fail("ERR DISCARD without MULTI");
  call.session().EndTransaction();
  call.dispatcher().Unwatch(call.session());
  reply.Ok();
}

// WATCH key [key ...]
void Watch(Call& call, Args args, ReplyBuilder& reply) {
  if (call.session().in_transaction()) return reply.Fail("ERR WATCH inside MULTI is not allowed");
  WatchList& watches = call.session().watches();
  // Once one watched key has changed EXEC will fail anyway.
  if (watches.touched.load(std::memory_order_relaxed)) return reply.Ok();
  const ReadKeys& keys = call.keys();
  for (const std::string_view name : args.subspan(1)) {
    const bool expired = keys.IsExpired(name);
    keys.ShardOf(name).listeners().Watch(keys.database(), name, &watches.touched, expired);
    watches.Remember(keys.database(), name, keys.keyspace().HashOf(name));
  }
  call.session().watched_bytes.store(static_cast<uint32_t>(watches.memory_bytes),
                                     std::memory_order_relaxed);
  reply.Ok();
}

// UNWATCH
void Unwatch(Call& call, Args, ReplyBuilder& reply) {
  call.dispatcher().Unwatch(call.session());
  reply.Ok();
}

constexpr uint32_t kAlwaysAllowed = kNoScript | kLoading | kStale | kFast | kAllowBusy;
constexpr CommandSpec kCommands[] = {
    {.name = "MULTI",
     .arity = 1,
     .flags = kAlwaysAllowed | kNeverQueued,
     .group = CommandGroup::kTransactions,
     .run = Multi,
     .since = "1.2.0",
     .summary = "Starts a transaction.",
     .complexity = "O(1)"},
    {.name = "EXEC",
     .arity = 1,
     .flags = kNoScript | kLoading | kStale | kSkipSlowlog | kNeverQueued | kEndsTransaction,
     .group = CommandGroup::kTransactions,
     .run = Exec,
     .since = "1.2.0",
     .summary = "Executes all commands in a transaction.",
     .complexity = "Depends on commands in the transaction"},
    {.name = "DISCARD",
     .arity = 1,
     .flags = kAlwaysAllowed | kNeverQueued,
     .group = CommandGroup::kTransactions,
     .run = Discard,
     .since = "2.0.0",
     .summary = "Discards a transaction.",
     .complexity = "O(N), when N is the number of queued commands"},
    {.name = "WATCH",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kPeekAllKeys,
     .flags = kAlwaysAllowed | kNeverQueued,
     .group = CommandGroup::kTransactions,
     .run = Watch,
     .since = "2.2.0",
     .summary = "Monitors changes to keys to determine the execution of a transaction.",
     .complexity = "O(1) for every key."},
    {.name = "UNWATCH",
     .arity = 1,
     .flags = kAlwaysAllowed,
     .group = CommandGroup::kTransactions,
     .run = Unwatch,
     .since = "2.2.0",
     .summary = "Forgets about watched keys of a transaction.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows TransactionCommands() {
  return kCommands;
}

}  // namespace redstart
