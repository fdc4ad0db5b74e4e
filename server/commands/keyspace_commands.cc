// DBSIZE, FLUSHDB, FLUSHALL and SWAPDB: commands on whole databases.

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "server/persistence/persistence.h"

namespace redstart {
namespace {

// DBSIZE. Keys that have expired and are not deleted yet count.
void DbSize(WholeKeyspace& keyspace, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(keyspace.Size(keyspace.database())));
}

// ASYNC and SYNC are accepted and mean the same: nobody finds a key any more when the reply leaves,
// and the memory is freed in the background, because freeing it under all locks would stop every
// client.
bool AreFlushOptions(Args words) {
  return words.empty() ||
         (words.size() == 1 && (SameWord(words[0], "SYNC") || SameWord(words[0], "ASYNC")));
}

// FLUSHDB [ASYNC | SYNC]. Repeated elsewhere even if there was nothing to flush.
void FlushDb(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply) {
  if (!AreFlushOptions(args.subspan(1))) return reply.Fail(error::kSyntax);
  keyspace.Changed(keyspace.Flush(keyspace.database()));
  reply.Ok();
}

// FLUSHALL [ASYNC | SYNC]. What is in the snapshot file goes as well.
void FlushAll(Call& call, Args args, ReplyBuilder& reply) {
  if (!AreFlushOptions(args.subspan(1))) return reply.Fail(error::kSyntax);
  call.whole().Changed(call.whole().FlushAll());
  call.services().persistence->OnFlushAll(call.whole().locks());
  reply.Ok();
}

// SWAPDB index1 index2
void SwapDb(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply) {
  if (keyspace.config().cluster_enabled) return reply.Fail(error::kSwapInCluster);
  ArgReader in(args.subspan(1));
  const int first = in.Int32(error::kInvalidFirstDatabase, error::kInvalidFirstDatabase);
  const int second = in.Int32(error::kInvalidSecondDatabase, error::kInvalidSecondDatabase);
  if (!in.ok()) return reply.Fail(in.error());
  const auto exists = [&](int database) {
    return database >= 0 && database < keyspace.databases();
  };
  if (!exists(first) || !exists(second)) return reply.Fail(error::kDatabaseRange);
  if (first != second) keyspace.Swap(first, second);
  keyspace.Changed(1);
  reply.Ok();
}

constexpr uint32_t kKeyspaceAndDangerous = kCategoryKeyspace | kCategoryDangerous;
constexpr std::string_view kFlushTips = "request_policy:all_shards response_policy:all_succeeded";

constexpr CommandSpec kCommands[] = {
    {.name = "DBSIZE",
     .arity = 1,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kServer,
     .categories = kCategoryKeyspace,
     .run = DbSize,
     .since = "1.0.0",
     .summary = "Counts the keys of the database.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:agg_sum"},
    {.name = "FLUSHDB",
     .args = "[flush-type: ASYNC@4.0.0 | SYNC@6.2.0]",
     .arity = -1,
     .flags = kWrite,
     .group = CommandGroup::kServer,
     .categories = kKeyspaceAndDangerous,
     .run = FlushDb,
     .since = "1.0.0",
     .history = "4.0.0 mode ASYNC\n"
                "6.2.0 mode SYNC",
     .summary = "Removes every key of the database.",
     .complexity = "O(1); memory is freed in the background.",
     .tips = kFlushTips},
    {.name = "FLUSHALL",
     .args = "[flush-type: ASYNC@4.0.0 | SYNC@6.2.0]",
     .arity = -1,
     .flags = kWrite | kNeedsWhole,
     .group = CommandGroup::kServer,
     .categories = kKeyspaceAndDangerous,
     .run = FlushAll,
     .since = "1.0.0",
     .history = "4.0.0 mode ASYNC\n"
                "6.2.0 mode SYNC",
     .summary = "Removes every key of every database.",
     .complexity = "O(1); memory is freed in the background.",
     .tips = kFlushTips},
    {.name = "SWAPDB",
     .args = "index1 index2",
     .arity = 3,
     .flags = kWrite | kFast,
     .group = CommandGroup::kServer,
     .categories = kKeyspaceAndDangerous,
     .run = SwapDb,
     .since = "4.0.0",
     .summary = "Exchanges two databases for all clients.",
     .complexity = "O(N) for N watched keys in both databases."},
};

}  // namespace

CommandRows KeyspaceCommands() {
  return kCommands;
}

}  // namespace redstart
