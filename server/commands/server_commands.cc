// TIME, MONITOR and SHUTDOWN.

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/monitor_feed.h"

namespace redstart {
namespace {

// TIME
void Time(Call& call, Args, ReplyBuilder& reply) {
  constexpr uint64_t kMicros = 1'000'000;
  reply.Array(2);
  reply.Bulk(FormatInt64(static_cast<int64_t>(call.now_us() / kMicros)));
  reply.Bulk(FormatInt64(static_cast<int64_t>(call.now_us() % kMicros)));
}

// MONITOR
void Monitor(Call& call, Args, ReplyBuilder& reply) {
  if (!call.may_wait()) return reply.Fail("ERR MONITOR isn't allowed for DENY BLOCKING client");
  Session& session = call.session();
  // Whoever reads the effect stream, or watches already, is not told twice.
  if (session.reads_journal || session.is_monitor) return;
  call.services().monitors->Add(&session);
  reply.Ok();
}

// SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]
void Shutdown(Call& call, Args args, ReplyBuilder& reply) {
  int flags = kShutdownDefault;
  bool abort = false;
  for (ArgReader in(args.subspan(1)); !in.done();) {
    if (in.Word("SAVE")) {
      flags |= kShutdownSave;
    } else if (in.Word("NOSAVE")) {
      flags |= kShutdownNoSave;
    } else if (in.Word("NOW")) {
      flags |= kShutdownNow;
    } else if (in.Word("FORCE")) {
      flags |= kShutdownForce;
    } else if (in.Word("ABORT")) {
      abort = true;
    } else {
      return reply.Fail(error::kSyntax);
    }
  }
  const bool contradicts = (flags & kShutdownSave) != 0 && (flags & kShutdownNoSave) != 0;
  if (contradicts || (abort && flags != kShutdownDefault)) return reply.Fail(error::kSyntax);
  ServerControl* control = call.services().control;
  if (abort) {
    if (control->AbortShutdown()) return reply.Ok();
    return reply.Fail("ERR No shutdown in progress.");
  }
  // No reply if it works: the client sees the connection end.
  if (!control->Shutdown(flags)) reply.Fail("ERR Errors trying to SHUTDOWN. Check logs.");
}

constexpr CommandSpec kCommands[] = {
    {.name = "TIME",
     .arity = 1,
     .flags = kLoading | kStale | kFast,
     .group = CommandGroup::kServer,
     .run = Time,
     .since = "2.6.0",
     .summary = "Returns the server's clock: seconds since 1970 and microseconds.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "MONITOR",
     .arity = 1,
     .flags = kAdmin | kNoScript | kLoading | kStale,
     .group = CommandGroup::kServer,
     .run = Monitor,
     .since = "1.0.0",
     .summary = "Shows every command that the server executes.",
     .complexity = "O(1)"},
    {.name = "SHUTDOWN",
     .args = "[save-selector: NOSAVE | SAVE] [NOW@7.0.0] [FORCE@7.0.0] [ABORT@7.0.0]",
     .arity = -1,
     .flags = kAdmin | kNoScript | kLoading | kStale | kNoMulti | kSentinel | kAllowBusy,
     .group = CommandGroup::kServer,
     .run = Shutdown,
     .since = "1.0.0",
     .history = "7.0.0 NOW, FORCE and ABORT",
     .summary = "Ends the server.",
     .complexity = "O(N) when saving, where N is the number of all keys, otherwise O(1)"},
};

}  // namespace

CommandRows ServerCommands() {
  return kCommands;
}

}  // namespace redstart
