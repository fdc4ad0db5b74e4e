// SYNC and REPLCONF: how a connection becomes a reader of the effect stream.
//
// The RDB file is made in memory under all locks; its bytes and the stream's first ones meet
// without a gap, because the session is attached to the journal in the same hold of the locks.

#include <memory>
#include <string>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/persistence/persistence.h"

namespace redstart {
namespace {

// SYNC. The answer comes later, from the feed: a file, then the stream.
void Sync(Call& call, Args, ReplyBuilder&) {
  Session& session = call.session();
  if (session.reads_journal.load(std::memory_order_relaxed)) return;  // It is one already.
  auto feed = std::make_shared<ReplicaFeed>(session.id(), session.mailbox(),
                                            /*with_stream=*/!session.wants_rdb_only);
  session.StartFeed(feed);
  call.services().persistence->FeedReplica(std::move(feed));
  call.dispatcher().stats().full_syncs.Add();
}

// REPLCONF option value [option value ...]
void ReplConf(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() % 2 == 0) return reply.Fail(error::kSyntax);
  Session& session = call.session();
  ArgReader in(args.subspan(1));
  while (!in.done()) {
    const std::string_view option = in.Bytes();
    if (SameWord(option, "listening-port")) {
      in.Integer();
    } else if (SameWord(option, "rdb-only")) {
      const bool only =
          in.Integer({.min = 0,
                      .max = 1,
                      .otherwise = "ERR value is out of range, must be between 0 and 1"}) == 1;
      if (in.ok()) session.wants_rdb_only = only;
    } else if (SameWord(option, "ack") || SameWord(option, "getack")) {
      return;  // Never answered, whoever sends it.
    } else if (SameWord(option, "capa") || SameWord(option, "ip-address")) {
      in.Bytes();
    } else {
      return reply.FailWith({"ERR Unrecognized REPLCONF option: ", option});
    }
    if (!in.ok()) return reply.Fail(in.error());
  }
  reply.Ok();
}

constexpr CommandSpec kCommands[] = {
    {.name = "SYNC",
     .arity = 1,
     .flags = kAdmin | kNoScript | kNoAsyncLoading | kNoMulti,
     .group = CommandGroup::kServer,
     .run = Sync,
     .since = "1.0.0",
     .summary = "Turns the connection into a reader of the effect stream.",
     .complexity = "O(N), where N is the number of keys"},
    {.name = "REPLCONF",
     .args = "[option value ...]",
     .arity = -1,
     .flags = kAdmin | kNoScript | kLoading | kStale | kAllowBusy,
     .group = CommandGroup::kServer,
     .run = ReplConf,
     .since = "3.0.0",
     .summary = "Tells what a reader of the effect stream can do.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows SyncCommands() {
  return kCommands;
}

}  // namespace redstart
