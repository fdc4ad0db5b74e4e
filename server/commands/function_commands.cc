// FCALL, FCALL_RO and FUNCTION.

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "server/scripting/eval.h"
#include "server/scripting/function_registry.h"
#include "server/scripting/library_source.h"
#include "server/scripting/script_engine.h"
#include "storage/base/glob.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr uint32_t kCallFlags =
    kNoScript | kSkipMonitor | kMayReplicate | kNoMandatoryKeys | kStale | kNeedsWhole;
constexpr uint32_t kCallReadFlags =
    kNoScript | kSkipMonitor | kReadOnly | kNoMandatoryKeys | kStale | kNeedsWhole;

FunctionRegistry& Functions(const Call& call) {
  return call.services().scripts->functions();
}

// FCALL function numkeys [key [key ...]] [arg [arg ...]]; FCALL_RO refuses writes.
template <bool kReadOnlyForm>
void FCall(Call& call, Args args, ReplyBuilder& reply) {
  call.dispatcher().ShowScript(call.session(), args);
  FunctionRegistry& functions = Functions(call);
  const Function* function = functions.Find(args[1]);
  if (function == nullptr) return reply.Fail("ERR Function not found");
  if (!ParseInt64(args[2])) return reply.Fail("ERR Bad number of keys provided");
  const int key_count = ReadKeyCount(args, reply);
  if (key_count < 0) return;
  ScriptRun run(call, functions.session(),
                {.name = function->name,
                 .flags = function->flags,
                 .read_only = kReadOnlyForm,
                 .is_function = true},
                args);
  if (!run.MayBegin(reply)) return;
  const auto keys = static_cast<size_t>(key_count);
  functions.Run(*function, run, args.subspan(3, keys), args.subspan(3 + keys), call, reply);
}

template <bool kReadOnlyForm>
uint32_t FlagsOfFCall(const Services& services, Args args) {
  const uint32_t flags = kReadOnlyForm ? kCallReadFlags : kCallFlags;
  if (args.size() < 2) return flags;
  const auto declared = services.scripts->functions().FlagsOf(args[1]);
  return declared ? CommandFlagsOf(flags, *declared) : flags;
}

// FUNCTION LOAD [REPLACE] function-code
void Load(Call& call, Args args, ReplyBuilder& reply) {
  bool may_replace = false;
  for (const std::string_view option : args.subspan(2, args.size() - 3)) {
    if (!SameWord(option, "REPLACE")) {
      return reply.FailWith({"ERR Unknown option given: ", option});
    }
    may_replace = true;
  }
  std::string error;
  const auto name =
      Functions(call).Load(args.back(), may_replace, FunctionRegistry::kLoadLimitMs, &error);
  if (!name) return reply.FailWith({"ERR ", error});
  call.whole().Changed(1);
  reply.Bulk(*name);
}

// FUNCTION DELETE library-name
void Delete(Call& call, Args args, ReplyBuilder& reply) {
  if (!Functions(call).Delete(args[2])) return reply.Fail("ERR Library not found");
  call.whole().Changed(1);
  reply.Ok();
}

// FUNCTION FLUSH [ASYNC | SYNC]
void Flush(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::UnknownSubcommandOrArity(args[1], "function"));
  if (args.size() == 3 && !SameWord(args[2], "SYNC") && !SameWord(args[2], "ASYNC")) {
    return reply.Fail("ERR FUNCTION FLUSH only supports SYNC|ASYNC option");
  }
  Functions(call).Clear();
  call.whole().Changed(1);
  reply.Ok();
}

void ReplyWithFunction(const Function& function, ReplyBuilder& reply) {
  constexpr std::pair<uint32_t, std::string_view> kNames[] = {
      {kScriptNoWrites, "no-writes"},
      {kScriptAllowOom, "allow-oom"},
      {kScriptAllowStale, "allow-stale"},
      {kScriptNoCluster, "no-cluster"},
      {kScriptAllowCrossSlot, "allow-cross-slot-keys"},
  };
  reply.Map(3);
  reply.Bulk("name");
  reply.Bulk(function.name);
  reply.Bulk("description");
  if (function.description) {
    reply.Bulk(*function.description);
  } else {
    reply.Null();
  }
  reply.Bulk("flags");
  const size_t handle = reply.BeginSet();
  size_t count = 0;
  for (const auto& [flag, name] : kNames) {
    if ((function.flags & flag) == 0) continue;
    reply.Simple(name);
    ++count;
  }
  reply.EndSet(handle, count);
}

// FUNCTION LIST [LIBRARYNAME library-name-pattern] [WITHCODE]
void List(Call& call, Args args, ReplyBuilder& reply) {
  bool with_code = false;
  std::optional<std::string_view> pattern;
  for (size_t i = 2; i < args.size(); ++i) {
    if (!with_code && SameWord(args[i], "WITHCODE")) {
      with_code = true;
    } else if (!pattern && SameWord(args[i], "LIBRARYNAME")) {
      if (i + 1 >= args.size()) return reply.Fail("ERR library name argument was not given");
      pattern = args[++i];
    } else {
      return reply.FailWith({"ERR Unknown argument ", args[i]});
    }
  }
  const size_t handle = reply.BeginArray();
  size_t count = 0;
  for (const auto& [name, library] : Functions(call).libraries()) {
    if (pattern && !GlobMatches(*pattern, name, GlobCase::kInsensitive)) continue;
    ++count;
    reply.Map(with_code ? 4 : 3);
    reply.Bulk("library_name");
    reply.Bulk(name);
    reply.Bulk("engine");
    reply.Bulk("LUA");
    reply.Bulk("functions");
    reply.Array(library->functions.size());
    for (const auto& [key, function] : library->functions) ReplyWithFunction(function, reply);
    if (!with_code) continue;
    reply.Bulk("library_code");
    reply.Bulk(library->source);
  }
  reply.EndArray(handle, count);
}

// FUNCTION DUMP
void Dump(Call& call, Args, ReplyBuilder& reply) {
  reply.Bulk(DumpSources(Functions(call).Sources()));
}

// FUNCTION RESTORE serialized-value [FLUSH | APPEND | REPLACE]
void Restore(Call& call, Args args, ReplyBuilder& reply) {
  using Policy = FunctionRegistry::Policy;
  if (args.size() > 4) return reply.Fail(error::UnknownSubcommandOrArity(args[1], "function"));
  Policy policy = Policy::kAppend;
  if (args.size() == 4) {
    if (SameWord(args[3], "REPLACE")) {
      policy = Policy::kReplace;
    } else if (SameWord(args[3], "FLUSH")) {
      policy = Policy::kFlush;
    } else if (!SameWord(args[3], "APPEND")) {
      return reply.Fail(
          "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.");
    }
  }
  const std::string error = Functions(call).Restore(args[2], policy);
  if (!error.empty()) return reply.FailWith({"ERR ", error});
  call.whole().Changed(1);
  reply.Ok();
}

// FUNCTION STATS
void Stats(Call& call, Args, ReplyBuilder& reply) {
  using Kind = RunningScript::Kind;
  const RunningScript& script = call.services().state->script;
  if (script.busy() == Kind::kEval) return reply.Fail(RunningScript::ErrorWhile(Kind::kEval));
  reply.Map(2);
  reply.Bulk("running_script");
  if (script.busy() == Kind::kNone) {
    reply.Null();
  } else {
    const RunningScript::Facts facts = script.facts();
    reply.Map(3);
    reply.Bulk("name");
    reply.Bulk(facts.name);
    reply.Bulk("command");
    reply.Array(facts.command.size());
    for (const std::string& word : facts.command) reply.Bulk(word);
    reply.Bulk("duration_ms");
    reply.Integer(static_cast<int64_t>(call.now_ms() - facts.started_ms));
  }
  const FunctionRegistry::Usage usage = Functions(call).usage();
  reply.Bulk("engines");
  reply.Map(1);
  reply.Bulk("LUA");
  reply.Map(2);
  reply.Bulk("libraries_count");
  reply.Integer(static_cast<int64_t>(usage.libraries));
  reply.Bulk("functions_count");
  reply.Integer(static_cast<int64_t>(usage.functions));
}

// FUNCTION KILL
void Kill(Call& call, Args, ReplyBuilder& reply) {
  const std::string_view error = call.services().state->script.Kill(RunningScript::Kind::kFunction);
  if (!error.empty()) return reply.Fail(error);
  reply.Ok();
}

// FUNCTION HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "DELETE <library>",
      "    Delete a library and its functions.",
      "DUMP",
      "    All libraries as one payload for RESTORE.",
      "FLUSH [ASYNC|SYNC]",
      "    Delete all libraries.",
      "KILL",
      "    End the function that runs, if it has written nothing yet.",
      "LIST [LIBRARYNAME <pattern>] [WITHCODE]",
      "    The libraries and their functions.",
      "LOAD [REPLACE] <code>",
      "    Add a library.",
      "RESTORE <payload> [FLUSH|APPEND|REPLACE]",
      "    Add the libraries of a payload: instead of all others, beside them (the default), or",
      "    instead of those of the same names.",
      "STATS",
      "    The function that runs, and how many there are.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr KeySpec kCallKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate, .index = 2, .first = 1, .counted = true}};
constexpr KeySpec kCallReadKeys[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .index = 2, .first = 1, .counted = true}};
constexpr auto kGroup = CommandGroup::kScripting;
constexpr std::string_view kCallSyntax = "function numkeys [key [key ...]] [arg [arg ...]]";
constexpr std::string_view kToAll = "request_policy:all_shards response_policy:all_succeeded";
constexpr uint32_t kChanges = kNoScript | kWrite | kNeedsWhole;
constexpr CommandSpec kCommands[] = {
    {.name = "FCALL",
     .args = kCallSyntax,
     .arity = -3,
     .keys = kCallKeys,
     .flags = kCallFlags,
     .group = kGroup,
     .run = FCall<false>,
     .since = "7.0.0",
     .summary = "Calls a function.",
     .complexity = "Depends on the function that is executed.",
     .flags_of = FlagsOfFCall<false>},
    {.name = "FCALL_RO",
     .args = kCallSyntax,
     .arity = -3,
     .keys = kCallReadKeys,
     .flags = kCallReadFlags,
     .group = kGroup,
     .run = FCall<true>,
     .since = "7.0.0",
     .summary = "Calls a function that only reads.",
     .complexity = "Depends on the function that is executed.",
     .flags_of = FlagsOfFCall<true>},
    {.name = "FUNCTION",
     .arity = -2,
     .flags = kContainer,
     .group = kGroup,
     .since = "7.0.0",
     .summary = "Commands about functions.",
     .complexity = "Depends on subcommand."},
    {.name = "FUNCTION DELETE",
     .args = "library-name",
     .arity = 3,
     .flags = kChanges,
     .group = kGroup,
     .run = Delete,
     .since = "7.0.0",
     .summary = "Deletes a library and its functions.",
     .complexity = "O(1)",
     .tips = kToAll},
    {.name = "FUNCTION DUMP",
     .arity = 2,
     .flags = kNoScript | kNeedsWhole,
     .group = kGroup,
     .run = Dump,
     .since = "7.0.0",
     .summary = "Answers with all libraries as one payload.",
     .complexity = "O(N) where N is the number of functions"},
    {.name = "FUNCTION FLUSH",
     .args = "[flush-type: ASYNC | SYNC]",
     .arity = -2,
     .flags = kChanges,
     .group = kGroup,
     .run = Flush,
     .since = "7.0.0",
     .summary = "Deletes all libraries and their functions.",
     .complexity = "O(N) where N is the number of functions deleted",
     .tips = kToAll},
    {.name = "FUNCTION HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = kGroup,
     .run = Help,
     .since = "7.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "FUNCTION KILL",
     .arity = 2,
     .flags = kNoScript | kAllowBusy,
     .group = kGroup,
     .run = Kill,
     .since = "7.0.0",
     .summary = "Ends the function that is running.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:one_succeeded"},
    {.name = "FUNCTION LIST",
     .args = "[LIBRARYNAME library-name-pattern] [WITHCODE]",
     .arity = -2,
     .flags = kNoScript | kNeedsWhole,
     .group = kGroup,
     .run = List,
     .since = "7.0.0",
     .summary = "Tells about all libraries.",
     .complexity = "O(N) where N is the number of functions",
     .tips = "nondeterministic_output_order"},
    {.name = "FUNCTION LOAD",
     .args = "[REPLACE] function-code",
     .arity = -3,
     .flags = kChanges | kDenyOom,
     .group = kGroup,
     .run = Load,
     .since = "7.0.0",
     .summary = "Adds a library.",
     .complexity = "O(1) (considering compilation time is redundant)",
     .tips = kToAll},
    {.name = "FUNCTION RESTORE",
     .args = "serialized-value [policy: FLUSH | APPEND | REPLACE]",
     .arity = -3,
     .flags = kChanges | kDenyOom,
     .group = kGroup,
     .run = Restore,
     .since = "7.0.0",
     .summary = "Adds the libraries of a payload.",
     .complexity = "O(N) where N is the number of functions on the payload",
     .tips = kToAll},
    {.name = "FUNCTION STATS",
     .arity = 2,
     .flags = kNoScript | kAllowBusy,
     .group = kGroup,
     .run = Stats,
     .since = "7.0.0",
     .summary = "Tells about the function that runs, and the engines.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output request_policy:all_shards response_policy:special"},
};

}  // namespace

CommandRows FunctionCommands() {
  return kCommands;
}

}  // namespace redstart
