// DEBUG: what Redis's own tests need to look inside, and to make things happen that take long
// otherwise. Allowed by enable-debug-command. On Redis DEBUG is one command that looks at its
// arguments itself, so its subcommands are not listed, and they say for themselves that a number of
// arguments is wrong.

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <string>
#include <thread>

#include "server/commands/command_families.h"
#include "server/commands/config_file_rewrite.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "server/observe/log.h"
#include "storage/access_clock.h"
#include "storage/disk/value_codec.h"
#include "storage/value.h"

namespace redstart {
namespace {

// Whether there are `count` arguments; otherwise the error has been written.
bool HasCount(Args args, size_t count, ReplyBuilder& reply) {
  if (args.size() == count) return true;
  reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  return false;
}

// DEBUG and anything that is no subcommand
void Unknown(Call&, Args args, ReplyBuilder& reply) {
  reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
}

// DEBUG LOG message
void Log(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  logging::Warning("DEBUG LOG: {}", args[2]);
  reply.Ok();
}

// DEBUG OBJECT key
void Object(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  const Entry* entry = keys.PeekAtStored(args[2]);
  if (entry == nullptr) return reply.Fail(error::kNoSuchKey);
  const auto compression =
      keys.config().rdbcompression ? RdbCompression::kOn : RdbCompression::kOff;
  std::string serialized;
  AppendRdbValue(*entry, compression, &serialized);
  reply.Simple(fmt::format(
      "Value at:{} refcount:1 encoding:{} serializedlength:{} lru:{} lru_seconds_idle:{}",
      static_cast<const void*>(entry), EncodingName(*entry), serialized.size(), entry->access(),
      LruIdleSeconds(entry->access(), keys.now_ms())));
}

// DEBUG POPULATE count [prefix] [size]. Keys that are there stay as they are.
void Populate(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() < 3 || args.size() > 5) {
    return reply.Fail(error::UnknownSubcommandOrArity(args[1], args[0]));
  }
  const ArgReader::Range positive = {
      .min = 0, .otherwise = error::kMustBePositive, .malformed = error::kMustBePositive};
  ArgReader in(args.subspan(2));
  const int64_t count = in.Integer(positive);
  const std::string_view prefix = in.done() ? std::string_view("key") : in.Bytes();
  const auto size = in.done() ? size_t{0} : static_cast<size_t>(in.Integer(positive));
  if (!in.ok()) return reply.Fail(in.error());
  for (int64_t i = 0; i < count; ++i) {
    const std::string key = fmt::format("{}:{}", prefix, i);
    if (keys.Exists(key)) continue;
    std::string text = fmt::format("value:{}", i);
    if (size > 0) text.resize(size, '\0');
    keys.Put(key, text, {.may_be_integer = false});
    keys.AlsoChanged(key, Event::kString, "set");
  }
  keys.SuppressEffect();
  reply.Ok();
}

void ReplyWithAttribute(ReplyBuilder& reply) {
  if (reply.resp_version() >= 3) {
    reply.Attribute(1);
    reply.Bulk("key-popularity");
    reply.Array(2);
    reply.Bulk("key:123");
    reply.Integer(90);
  }
  reply.Bulk("Some real reply following the attribute");
}

void ReplyWithPush(ReplyBuilder& reply) {
  if (reply.resp_version() < 3) {
    return reply.Fail("ERR RESP2 is not supported by this command");
  }
  reply.Push(2);
  reply.Bulk("server-cpu-usage");
  reply.Integer(42);
  reply.Bulk("Some real reply following the push reply");
}

void ReplyWithNumbers(ReplyBuilder& reply) {
  for (int i = 0; i < 3; ++i) reply.Integer(i);
}

// A reply of each type; clients' tests know their content.
constexpr struct {
  std::string_view name;
  void (*write)(ReplyBuilder& reply);
} kReplies[] = {
    {"string", [](ReplyBuilder& reply) { reply.Bulk("Hello World"); }},
    {"integer", [](ReplyBuilder& reply) { reply.Integer(12345); }},
    {"double", [](ReplyBuilder& reply) { reply.Double(3.141); }},
    {"bignum",
     [](ReplyBuilder& reply) { reply.BigNumber("1234567999999999999999999999999999999"); }},
    {"null", [](ReplyBuilder& reply) { reply.Null(); }},
    {"array",
     [](ReplyBuilder& reply) {
       reply.Array(3);
       ReplyWithNumbers(reply);
     }},
    {"set",
     [](ReplyBuilder& reply) {
       reply.Set(3);
       ReplyWithNumbers(reply);
     }},
    {"map",
     [](ReplyBuilder& reply) {
       reply.Map(3);
       for (int i = 0; i < 3; ++i) {
         reply.Integer(i);
         reply.Bool(i == 1);
       }
     }},
    {"attrib", ReplyWithAttribute},
    {"push", ReplyWithPush},
    {"verbatim", [](ReplyBuilder& reply) { reply.Verbatim("This is a verbatim\nstring"); }},
    {"true", [](ReplyBuilder& reply) { reply.Bool(true); }},
    {"false", [](ReplyBuilder& reply) { reply.Bool(false); }},
};

// DEBUG PROTOCOL type
void Protocol(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  for (const auto& known : kReplies) {
    if (SameWord(args[2], known.name)) return known.write(reply);
  }
  reply.Fail(
      "ERR Wrong protocol type name. Please use one of the following: "
      "string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false");
}

// DEBUG SET-ACTIVE-EXPIRE 0|1
void SetActiveExpire(Call& call, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  call.services().state->active_expiry = std::atoi(std::string(args[2]).c_str()) != 0;
  reply.Ok();
}

// DEBUG SET-DISABLE-DENY-SCRIPTS 0|1
void SetDisableDenyScripts(Call& call, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  call.services().state->scripts_may_call_all = std::atoi(std::string(args[2]).c_str()) != 0;
  reply.Ok();
}

// DEBUG PAUSE-CRON 0|1
void PauseCron(Call& call, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  call.services().state->cron_paused = std::atoi(std::string(args[2]).c_str()) != 0;
  reply.Ok();
}

// DEBUG REPLYBUFFER PEAK-RESET-TIME|RESIZING value. Clients have no reply buffers that would be
// resized: whatever is asked for is so already.
void ReplyBufferSettings(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 4, reply)) return;
  if (!SameWord(args[2], "PEAK-RESET-TIME") && !SameWord(args[2], "RESIZING")) {
    return reply.Fail(error::kSyntax);
  }
  reply.Ok();
}

// DEBUG SLEEP seconds. Every shard is locked meanwhile.
void Sleep(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 3, reply)) return;
  constexpr double kLongest = 1e9;
  const double seconds = std::strtod(std::string(args[2]).c_str(), nullptr);
  if (seconds > 0) {
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(seconds, kLongest)));
  }
  reply.Ok();
}

// DEBUG CONFIG-REWRITE-FORCE-ALL
void RewriteWholeConfig(Call& call, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 2, reply)) return;
  const std::string& path = call.services().state->config_file;
  if (path.empty() || !RewriteConfigFile(path, call.config(), RewriteScope::kEverything).ok()) {
    return reply.Fail("ERR CONFIG-REWRITE-FORCE-ALL failed");
  }
  reply.Ok();
}

// DEBUG HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  if (!HasCount(args, 2, reply)) return;
  static constexpr std::string_view kLines[] = {
      "CONFIG-REWRITE-FORCE-ALL",
      "    CONFIG REWRITE with every option, also those at their default.",
      "DIGEST",
      "    A fingerprint of all data.",
      "DIGEST-VALUE <key> [<key> ...]",
      "    A fingerprint of each key's value.",
      "ERROR <message>",
      "    Answer with the error <message>.",
      "HTSTATS <database>",
      "    How large the tables of a database are.",
      "HTSTATS-KEY <key>",
      "    The size of the table of a large collection.",
      "LISTPACK <key>",
      "    Write the elements of a listpack to the log.",
      "LOG <message>",
      "    Write <message> to the log.",
      "OBJECT <key>",
      "    How the value of <key> is stored.",
      "PAUSE-CRON <0|1>",
      "    Whether what happens by itself (expiry, save points, the end after a signal) waits.",
      "PANIC",
      "    End the server at once, as an error that nobody expected does.",
      "POPULATE <count> [<prefix>] [<size>]",
      "    Create <count> keys <prefix>:<number> with strings as values, of <size> bytes if given.",
      "PROTOCOL <type>",
      "    A reply of this type: string, integer, double, bignum, null, array, set, map,",
      "    attrib, push, verbatim, true, false.",
      "QUICKLIST <key> [<0|1>]",
      "    Write the nodes of a large list to the log.",
      "QUICKLIST-PACKED-THRESHOLD <size>",
      "    Elements of large lists from this size on are nodes of their own (default 1gb).",
      "RELOAD [MERGE] [NOFLUSH] [NOSAVE]",
      "    Save the data set (not with NOSAVE), forget it (not with NOFLUSH) and load it again; "
      "MERGE:",
      "    keys that are there already are replaced.",
      "REPLYBUFFER <PEAK-RESET-TIME|RESIZING> <value>",
      "    Nothing: clients have no reply buffers of their own whose size could change.",
      "SEGFAULT",
      "    Crash the server.",
      "SET-ACTIVE-EXPIRE <0|1>",
      "    Whether expired keys are deleted before somebody asks for them (default 1).",
      "SET-DISABLE-DENY-SCRIPTS <0|1>",
      "    Whether scripts may call commands that are not for scripts (default 0).",
      "SLEEP <seconds>",
      "    Keep every key locked for that long; fractions are fine.",
  };
  ReplyWithHelp("debug", kLines, reply);
}

constexpr KeySpec kKey[] = {{.flags = kKeyReadOnly, .index = 2}};
constexpr uint32_t kFlags = kAdmin | kNoScript | kLoading | kStale | kProtected | kDebugGuarded;
constexpr uint32_t kHidden = kFlags | kUnlisted;
constexpr auto kGroup = CommandGroup::kServer;
constexpr CommandSpec kCommands[] = {
    {.name = "DEBUG",
     .arity = -2,
     .flags = kFlags,
     .group = kGroup,
     .run = Unknown,
     .since = "1.0.0",
     .is_internal = true,
     .summary = "Commands for debugging.",
     .complexity = "Depends on subcommand."},
    {.name = "DEBUG CONFIG-REWRITE-FORCE-ALL",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = RewriteWholeConfig,
     .since = "1.0.0",
     .summary = "Rewrites the configuration file with every option.",
     .complexity = "O(1)"},
    {.name = "DEBUG HELP",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = Help,
     .since = "1.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "DEBUG LOG",
     .args = "message",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = Log,
     .since = "1.0.0",
     .summary = "Writes a line to the log.",
     .complexity = "O(1)"},
    {.name = "DEBUG OBJECT",
     .args = "key",
     .arity = -2,
     .keys = kKey,
     .flags = kHidden,
     .group = kGroup,
     .run = Object,
     .since = "1.0.0",
     .summary = "Tells how a value is stored.",
     .complexity = "O(N) where N is the size of the value"},
    {.name = "DEBUG PAUSE-CRON",
     .args = "value",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = PauseCron,
     .since = "1.0.0",
     .summary = "Holds up what happens by itself.",
     .complexity = "O(1)"},
    {.name = "DEBUG POPULATE",
     .args = "count [prefix] [size]",
     .arity = -2,
     .flags = kHidden | kNeedsWhole,
     .group = kGroup,
     .run = Populate,
     .since = "1.0.0",
     .summary = "Creates keys with made-up values.",
     .complexity = "O(N) where N is the number of keys"},
    {.name = "DEBUG PROTOCOL",
     .args = "type",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = Protocol,
     .since = "1.0.0",
     .summary = "Answers with a reply of the type asked for.",
     .complexity = "O(1)"},
    {.name = "DEBUG REPLYBUFFER",
     .args = "setting value",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = ReplyBufferSettings,
     .since = "7.0.0",
     .summary = "Does nothing, for there are no reply buffers to be resized.",
     .complexity = "O(1)"},
    {.name = "DEBUG SET-ACTIVE-EXPIRE",
     .args = "value",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = SetActiveExpire,
     .since = "1.0.0",
     .summary = "Turns the deletion of expired keys in the background off and on.",
     .complexity = "O(1)"},
    {.name = "DEBUG SET-DISABLE-DENY-SCRIPTS",
     .args = "value",
     .arity = -2,
     .flags = kHidden,
     .group = kGroup,
     .run = SetDisableDenyScripts,
     .since = "1.0.0",
     .summary = "Lets scripts call commands that are not for scripts.",
     .complexity = "O(1)"},
    {.name = "DEBUG SLEEP",
     .args = "seconds",
     .arity = -2,
     .flags = kHidden | kNeedsWhole,
     .group = kGroup,
     .run = Sleep,
     .since = "1.0.0",
     .summary = "Stops all commands that use keys for some time.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows DebugCommands() {
  return kCommands;
}

}  // namespace redstart
