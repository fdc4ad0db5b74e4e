// SAVE, BGSAVE, BGREWRITEAOF, LASTSAVE, DEBUG RELOAD, DEBUG LOADAOF and DEBUG AOF-FLUSH-SLEEP: the
// data set and its files.

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/function_store.h"
#include "server/exec/keyspace_access.h"
#include "server/observe/log.h"
#include "server/persistence/persistence.h"

namespace redstart {
namespace {

// SAVE
void Save(Call& call, Args, ReplyBuilder& reply) {
  Persistence& persistence = *call.services().persistence;
  if (persistence.is_saving()) return reply.Fail(error::kSaveInProgress);
  if (!persistence.SaveNow(call.whole().locks())) return reply.Fail("ERR");
  reply.Ok();
}

// BGSAVE [SCHEDULE]. SCHEDULE: if the append-only file is being rewritten, once that is done.
void BgSave(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1));
  const bool may_wait = !in.done() && in.Word("SCHEDULE");
  if (!in.done()) return reply.Fail(error::kSyntax);
  switch (call.services().persistence->SaveInBackground(!call.holds_locks(), may_wait)) {
    case Persistence::Outcome::kStarted:
      return reply.Simple("Background saving started");
    case Persistence::Outcome::kScheduled:
      return reply.Simple("Background saving scheduled");
    case Persistence::Outcome::kBusy:
      return reply.Fail(
          "ERR Another child process is active (AOF?): can't BGSAVE right now. Use BGSAVE SCHEDULE "
          "in order to schedule a BGSAVE whenever possible.");
    case Persistence::Outcome::kInProgress:
    case Persistence::Outcome::kFailed:
      return reply.Fail(error::kSaveInProgress);
  }
}

// BGREWRITEAOF
void BgRewriteAof(Call& call, Args, ReplyBuilder& reply) {
  switch (call.services().persistence->RewriteAof(!call.holds_locks() && call.may_wait())) {
    case Persistence::Outcome::kStarted:
      return reply.Simple("Background append only file rewriting started");
    case Persistence::Outcome::kScheduled:
      return reply.Simple("Background append only file rewriting scheduled");
    case Persistence::Outcome::kInProgress:
      return reply.Fail("ERR Background append only file rewriting already in progress");
    case Persistence::Outcome::kBusy:
    case Persistence::Outcome::kFailed:
      return reply.Fail(
          "ERR Can't execute an AOF background rewriting. Please check the server logs for more "
          "information.");
  }
}

// DEBUG LOADAOF
void LoadAof(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() != 2) return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  if (call.services().state->loading) return reply.Fail(error::kLoading);
  if (!call.may_wait()) return reply.Fail("ERR DEBUG LOADAOF is not allowed in a transaction");
  call.services().persistence->ReloadAof(call.session().BeginWait(WaitReason::kDeferred));
}

// DEBUG AOF-FLUSH-SLEEP microseconds
void SleepBeforeWrites(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t micros = in.Integer({.min = 0, .otherwise = error::kMustBePositive});
  if (!in.ok() || !in.done()) {
    return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  }
  call.services().persistence->aof().writer().SetWriteDelay(static_cast<uint64_t>(micros));
  reply.Ok();
}

// LASTSAVE
void LastSave(Call& call, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(call.services().persistence->facts().last_save_s));
}

// DEBUG RELOAD [MERGE] [NOFLUSH] [NOSAVE]
void Reload(Call& call, Args args, ReplyBuilder& reply) {
  bool save = true;
  bool flush = true;
  bool merge = false;
  for (ArgReader in(args.subspan(2)); !in.done();) {
    if (in.Word("MERGE")) {
      merge = true;
    } else if (in.Word("NOFLUSH")) {
      flush = false;
    } else if (in.Word("NOSAVE")) {
      save = false;
    } else {
      return reply.Fail("ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.");
    }
  }
  if (call.services().state->loading) return reply.Fail(error::kLoading);
  Persistence& persistence = *call.services().persistence;
  if (save && !persistence.Save(call.whole().locks())) return reply.Fail("ERR");
  if (flush) {
    call.whole().FlushAll();
    call.services().functions->Clear();
  }
  const absl::Status status = persistence.Reload(call.whole().locks(), merge);
  if (!status.ok()) {
    const absl::string_view reason = status.message();
    logging::Warning("DEBUG RELOAD: {}", std::string_view(reason.data(), reason.size()));
    return reply.Fail("ERR Error trying to load the RDB dump, check server logs.");
  }
  logging::Notice("DB reloaded by DEBUG RELOAD");
  reply.Ok();
}

constexpr CommandSpec kCommands[] = {
    {.name = "SAVE",
     .arity = 1,
     .flags = kAdmin | kNoScript | kNoAsyncLoading | kNoMulti | kNeedsWhole,
     .group = CommandGroup::kServer,
     .run = Save,
     .since = "1.0.0",
     .summary = "Writes the data set to its file; every client waits meanwhile.",
     .complexity = "O(N) where N is the total number of keys in all databases"},
    {.name = "BGSAVE",
     .args = "[SCHEDULE@3.2.2]",
     .arity = -1,
     .flags = kAdmin | kNoScript | kNoAsyncLoading,
     .group = CommandGroup::kServer,
     .run = BgSave,
     .since = "1.0.0",
     .history = "3.2.2 option SCHEDULE",
     .summary = "Writes the data set to its file while clients go on.",
     .complexity = "O(1)"},
    {.name = "BGREWRITEAOF",
     .arity = 1,
     .flags = kAdmin | kNoScript | kNoAsyncLoading,
     .group = CommandGroup::kServer,
     .run = BgRewriteAof,
     .since = "1.0.0",
     .summary = "Replaces the append-only file by a shorter one while clients go on.",
     .complexity = "O(1)"},
    {.name = "LASTSAVE",
     .arity = 1,
     .flags = kLoading | kStale | kFast,
     .group = CommandGroup::kServer,
     .categories = kCategoryAdmin | kCategoryDangerous,
     .run = LastSave,
     .since = "1.0.0",
     .summary = "Returns when the data set was saved last, in seconds since 1970.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "DEBUG AOF-FLUSH-SLEEP",
     .args = "microseconds",
     .arity = -2,
     .flags = kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded | kUnlisted,
     .group = CommandGroup::kServer,
     .run = SleepBeforeWrites,
     .since = "1.0.0",
     .summary = "Makes each write to the append-only file take longer.",
     .complexity = "O(1)"},
    {.name = "DEBUG LOADAOF",
     .arity = -2,
     .flags = kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded | kUnlisted,
     .group = CommandGroup::kServer,
     .run = LoadAof,
     .since = "1.0.0",
     .summary = "Forgets the data set and loads the append-only file.",
     .complexity = "O(N) where N is the number of commands in the file"},
    {.name = "DEBUG RELOAD",
     .args = "[option ...]",
     .arity = -2,
     .flags = kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded | kUnlisted |
              kNeedsWhole,
     .group = CommandGroup::kServer,
     .run = Reload,
     .since = "1.0.0",
     .summary = "Saves the data set, forgets it and loads it again.",
     .complexity = "O(N) where N is the total number of keys in all databases"},
};

}  // namespace

CommandRows PersistenceCommands() {
  return kCommands;
}

}  // namespace redstart
