// EVAL, EVALSHA, their read-only forms, and SCRIPT.

#include "absl/strings/ascii.h"
#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/scripting/eval.h"
#include "server/scripting/eval_thread.h"
#include "storage/base/sha1.h"

namespace redstart {
namespace {

constexpr uint32_t kEvalFlags =
    kNoScript | kSkipMonitor | kMayReplicate | kNoMandatoryKeys | kStale | kNeedsWhole;
constexpr uint32_t kEvalReadFlags =
    kNoScript | kSkipMonitor | kReadOnly | kNoMandatoryKeys | kStale | kNeedsWhole;

// EVAL script numkeys [key [key ...]] [arg [arg ...]], and EVALSHA with a digest; EVAL_RO and
// EVALSHA_RO refuse writes.
template <bool kByDigest, bool kReadOnlyForm>
void RunEval(Call& call, Args args, ReplyBuilder& reply) {
  Eval(call, {.by_digest = kByDigest, .read_only = kReadOnlyForm}, args, reply);
}

template <bool kByDigest, bool kReadOnlyForm>
uint32_t FlagsOfEval(const Services& services, Args args) {
  return EvalFlags(services, {.by_digest = kByDigest, .read_only = kReadOnlyForm},
                   kReadOnlyForm ? kEvalReadFlags : kEvalFlags, args);
}

// SCRIPT LOAD script
void Load(Call& call, Args args, ReplyBuilder& reply) {
  EvalThread& thread = call.services().scripts->ThreadOf(call.dispatcher());
  const std::string digest = ToHex(Sha1(args[2]));
  std::string error;
  if (thread.Find(digest) == nullptr && thread.Load(digest, args[2], &error) == nullptr) {
    return reply.FailWith({"ERR ", error});
  }
  reply.Bulk(digest);
}

// SCRIPT EXISTS sha1 [sha1 ...]
void Exists(Call& call, Args args, ReplyBuilder& reply) {
  const ScriptCache& cache = call.services().scripts->cache();
  reply.Array(args.size() - 2);
  for (const std::string_view digest : args.subspan(2)) {
    const std::string lower =
        absl::AsciiStrToLower(absl::string_view(digest.data(), digest.size()));
    reply.Integer(cache.Find(lower) != nullptr ? 1 : 0);
  }
}

// SCRIPT FLUSH [ASYNC | SYNC]
void Flush(Call& call, Args args, ReplyBuilder& reply) {
  const bool known =
      args.size() == 2 ||
      (args.size() == 3 && (SameWord(args[2], "SYNC") || SameWord(args[2], "ASYNC")));
  if (!known) return reply.Fail("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  call.services().scripts->cache().Flush();
  reply.Ok();
}

// SCRIPT DEBUG YES | SYNC | NO
void Debug(Call&, Args args, ReplyBuilder& reply) {
  if (SameWord(args[2], "NO")) return reply.Ok();
  if (SameWord(args[2], "YES") || SameWord(args[2], "SYNC")) {
    return reply.Fail("ERR This server has no debugger for scripts");
  }
  reply.Fail("ERR Use SCRIPT DEBUG YES/SYNC/NO");
}

// SCRIPT KILL
void Kill(Call& call, Args, ReplyBuilder& reply) {
  const std::string_view error = call.services().state->script.Kill(RunningScript::Kind::kEval);
  if (!error.empty()) return reply.Fail(error);
  reply.Ok();
}

// SCRIPT HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "DEBUG (YES|SYNC|NO)",
      "    Whether scripts of this connection are debugged. There is no debugger: only NO.",
      "EXISTS <sha1> [<sha1> ...]",
      "    Which of these scripts are known.",
      "FLUSH [ASYNC|SYNC]",
      "    Forget all scripts.",
      "KILL",
      "    End the script that runs, if it has written nothing yet.",
      "LOAD <script>",
      "    Make a script known without running it.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr KeySpec kEvalKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate, .index = 2, .first = 1, .counted = true}};
constexpr KeySpec kEvalReadKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .first = 1, .counted = true}};
constexpr auto kGroup = CommandGroup::kScripting;
constexpr std::string_view kCost = "Depends on the script that is executed.";
constexpr std::string_view kEvalSyntax = "script numkeys [key [key ...]] [arg [arg ...]]";
constexpr std::string_view kEvalShaSyntax = "sha1 numkeys [key [key ...]] [arg [arg ...]]";
constexpr CommandSpec kCommands[] = {
    {.name = "EVAL",
     .args = kEvalSyntax,
     .arity = -3,
     .keys = kEvalKeys,
     .flags = kEvalFlags,
     .group = kGroup,
     .run = RunEval<false, false>,
     .since = "2.6.0",
     .summary = "Runs a Lua script.",
     .complexity = kCost,
     .flags_of = FlagsOfEval<false, false>},
    {.name = "EVALSHA",
     .args = kEvalShaSyntax,
     .arity = -3,
     .keys = kEvalKeys,
     .flags = kEvalFlags,
     .group = kGroup,
     .run = RunEval<true, false>,
     .since = "2.6.0",
     .summary = "Runs a Lua script by its SHA-1 digest.",
     .complexity = kCost,
     .flags_of = FlagsOfEval<true, false>},
    {.name = "EVALSHA_RO",
     .args = kEvalShaSyntax,
     .arity = -3,
     .keys = kEvalReadKeys,
     .flags = kEvalReadFlags,
     .group = kGroup,
     .run = RunEval<true, true>,
     .since = "7.0.0",
     .summary = "Runs a Lua script that only reads by its SHA-1 digest.",
     .complexity = kCost,
     .flags_of = FlagsOfEval<true, true>},
    {.name = "EVAL_RO",
     .args = kEvalSyntax,
     .arity = -3,
     .keys = kEvalReadKeys,
     .flags = kEvalReadFlags,
     .group = kGroup,
     .run = RunEval<false, true>,
     .since = "7.0.0",
     .summary = "Runs a Lua script that only reads.",
     .complexity = kCost,
     .flags_of = FlagsOfEval<false, true>},
    {.name = "SCRIPT",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "2.6.0",
     .summary = "Commands about scripts.",
     .complexity = "Depends on subcommand."},
    {.name = "SCRIPT DEBUG",
     .args = "<mode: YES | SYNC | NO>",
     .arity = 3,
     .flags = kNoScript,
     .group = kGroup,
     .run = Debug,
     .since = "3.2.0",
     .summary = "Sets the debug mode of this connection's scripts.",
     .complexity = "O(1)"},
    {.name = "SCRIPT EXISTS",
     .args = "sha1 [sha1 ...]",
     .arity = -3,
     .flags = kNoScript,
     .group = kGroup,
     .run = Exists,
     .since = "2.6.0",
     .summary = "Tells which scripts are known.",
     .complexity = "O(N) with N being the number of scripts to check",
     .tips = "request_policy:all_shards response_policy:agg_logical_and"},
    {.name = "SCRIPT FLUSH",
     .args = "[flush-type@6.2.0: ASYNC | SYNC]",
     .arity = -2,
     .flags = kNoScript,
     .group = kGroup,
     .run = Flush,
     .since = "2.6.0",
     .history = "6.2.0 modes ASYNC and SYNC",
     .summary = "Forgets all scripts.",
     .complexity = "O(N) with N being the number of scripts known",
     .tips = "request_policy:all_nodes response_policy:all_succeeded"},
    {.name = "SCRIPT HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "SCRIPT KILL",
     .arity = 2,
     .flags = kNoScript | kAllowBusy,
     .group = kGroup,
     .run = Kill,
     .since = "2.6.0",
     .summary = "Ends the script that is running.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:one_succeeded"},
    {.name = "SCRIPT LOAD",
     .args = "script",
     .arity = 3,
     .flags = kNoScript | kStale,
     .group = kGroup,
     .run = Load,
     .since = "2.6.0",
     .summary = "Makes a script known without running it.",
     .complexity = "O(N) with N being the length of the script",
     .tips = "request_policy:all_nodes response_policy:all_succeeded"},
};

}  // namespace

CommandRows ScriptCommands() {
  return kCommands;
}

}  // namespace redstart
