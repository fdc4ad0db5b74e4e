// SAVE, BGSAVE, LASTSAVE and DEBUG RELOAD: the data set and its file.

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

// BGSAVE [SCHEDULE]. SCHEDULE matters on Redis while another child process runs; here nothing that
// could be in the way but another save.
void BgSave(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1));
  if (!in.done() && (!in.Word("SCHEDULE") || !in.done())) return reply.Fail(error::kSyntax);
  switch (call.services().persistence->SaveInBackground(!call.holds_locks())) {
    case Persistence::Outcome::kStarted:
      return reply.Simple("Background saving started");
    case Persistence::Outcome::kScheduled:
      return reply.Simple("Background saving scheduled");
    case Persistence::Outcome::kInProgress:
      return reply.Fail(error::kSaveInProgress);
  }
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
     .args = "[SCHEDULE]",
     .arity = -1,
     .flags = kAdmin | kNoScript | kNoAsyncLoading,
     .group = CommandGroup::kServer,
     .run = BgSave,
     .since = "1.0.0",
     .summary = "Writes the data set to its file while clients go on.",
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
