// SYNC and REPLCONF: how a connection becomes a reader of the effect stream.
//
// The file's instant and the stream's beginning are one: the feed is attached to the journal in the
// hold of all locks in which the snapshot begins.

#include <memory>
#include <string>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/exec/session_registry.h"
#include "server/persistence/persistence.h"

namespace redstart {
namespace {

// SYNC. The answer comes later, from the feed: a file, then the stream.
void Sync(Call& call, Args, ReplyBuilder&) {
  Session& session = call.session();
  if (session.reads_journal.load(std::memory_order_relaxed)) return;  // It is one already.
  auto feed = std::make_shared<ReplicaFeed>(session.id(), session.mailbox(),
                                            /*with_stream=*/!session.wants_rdb_only);
  call.services().sessions->StartFeed(&session, feed);
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
      const int64_t port = in.Integer({.min = 0, .max = 65535});
      if (in.ok() && session.feed() == nullptr) session.replica_port = static_cast<uint16_t>(port);
    } else if (SameWord(option, "rdb-only")) {
      const bool only =
          in.Integer({.min = 0,
                      .max = 1,
                      .otherwise = "ERR value is out of range, must be between 0 and 1"}) == 1;
      if (in.ok()) session.wants_rdb_only = only;
    } else if (SameWord(option, "ack")) {
      const int64_t offset = in.Integer();
      if (in.ok() && session.feed() != nullptr) {
        session.feed()->acked_offset.store(offset, std::memory_order_relaxed);
        session.feed()->acked_ms.store(call.now_ms(), std::memory_order_relaxed);
      }
      return;  // Never answered, whoever sends it.
    } else if (SameWord(option, "getack")) {
      return;
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
     .arity = -1,
     .flags = kAdmin | kNoScript | kLoading | kStale | kAllowBusy,
     .group = CommandGroup::kServer,
     .run = ReplConf,
     .since = "3.0.0",
     .is_internal = true,
     .summary = "Tells what a reader of the effect stream can do.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows SyncCommands() {
  return kCommands;
}

}  // namespace redstart
