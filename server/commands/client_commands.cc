// CLIENT: what clients are connected, what they say about themselves, and how to be rid of them.

#include <limits>

#include "server/commands/client_list.h"
#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/blocking.h"
#include "server/exec/call.h"
#include "server/exec/client_pause.h"
#include "server/exec/errors.h"
#include "server/exec/session_registry.h"

namespace redstart {
namespace {

size_t TotalBytes(Args args) {
  size_t bytes = 0;
  for (const std::string_view arg : args) bytes += arg.size();
  return bytes;
}

// The line of a client, with its end, as `call` with `args` sees it.
std::string LineOf(const Session& client, const Call& call, Args args) {
  const bool is_caller = &client == &call.session();
  return DescribeClient(client, call.now_ms(), is_caller ? TotalBytes(args) : 0).append("\n");
}

// CLIENT ID
void Id(Call& call, Args, ReplyBuilder& reply) {
  reply.Integer(static_cast<int64_t>(call.session().id()));
}

// CLIENT INFO
void Info(Call& call, Args args, ReplyBuilder& reply) {
  reply.Verbatim(LineOf(call.session(), call, args));
}

// CLIENT LIST [TYPE normal|master|replica|pubsub] [ID client-id [client-id ...]]
void List(Call& call, Args args, ReplyBuilder& reply) {
  SessionRegistry& sessions = *call.services().sessions;
  std::string lines;
  // A client that was killed is gone, though its thread may not have closed it yet.
  const auto add = [&](const Session& client) {
    if (!client.close_requested()) lines += LineOf(client, call, args);
  };
  if (args.size() > 3 && SameWord(args[2], "ID")) {
    for (const std::string_view text : args.subspan(3)) {
      const std::optional<int64_t> id = ParseInt64(text);
      if (!id) return reply.Fail("ERR Invalid client ID");
      sessions.Visit(static_cast<uint64_t>(*id), add);
    }
  } else if (args.size() == 4 && SameWord(args[2], "TYPE")) {
    const std::optional<ClientKind> kind = ParseClientKind(args[3]);
    if (!kind) return reply.FailWith({"ERR Unknown client type '", args[3], "'"});
    sessions.ForEach([&](const Session& client) {
      if (KindOf(client) == *kind) add(client);
    });
  } else if (args.size() == 2) {
    sessions.ForEach(add);
  } else {
    return reply.Fail(error::kSyntax);
  }
  reply.Verbatim(lines);
}

// CLIENT GETNAME
void GetName(Call& call, Args, ReplyBuilder& reply) {
  const std::string& name = call.session().labels().name;
  if (name.empty()) return reply.Null();
  reply.Bulk(name);
}

// CLIENT SETNAME connection-name
void SetName(Call& call, Args args, ReplyBuilder& reply) {
  if (!IsClientLabel(args[2])) return reply.Fail(error::kBadClientName);
  call.services().sessions->SetLabel(&call.session(), &Session::Labels::name, args[2]);
  reply.Ok();
}

// CLIENT SETINFO LIB-NAME libname | LIB-VER libver
void SetInfo(Call& call, Args args, ReplyBuilder& reply) {
  std::string Session::Labels::*label = nullptr;
  if (SameWord(args[2], "LIB-NAME")) label = &Session::Labels::library_name;
  if (SameWord(args[2], "LIB-VER")) label = &Session::Labels::library_version;
  if (label == nullptr) return reply.FailWith({"ERR Unrecognized option '", args[2], "'"});
  if (!IsClientLabel(args[3])) {
    return reply.FailWith(
        {"ERR ", args[2], " cannot contain spaces, newlines or special characters."});
  }
  call.services().sessions->SetLabel(&call.session(), label, args[3]);
  reply.Ok();
}

// Which clients CLIENT KILL is to end. What is not set matches all.
struct KillFilter {
  std::optional<uint64_t> id;
  std::optional<std::string_view> address;
  std::optional<std::string_view> local_address;
  std::optional<ClientKind> kind;
  std::optional<std::string_view> user;
  bool skip_caller = true;

  bool Matches(const Session& client) const {
    if (id && client.id() != *id) return false;
    if (address && client.peer().address != *address) return false;
    if (local_address && client.peer().local_address != *local_address) return false;
    if (kind && KindOf(client) != *kind) return false;
    return !user || client.labels().user == *user;
  }
};

// Reads one option with its value. False if it is wrong and the error has been written.
bool ReadKillOption(std::string_view option, std::string_view value, KillFilter* filter,
                    ReplyBuilder& reply) {
  if (SameWord(option, "ID")) {
    const std::optional<int64_t> id = ParseInt64(value);
    if (!id || *id < 1) {
      reply.Fail("ERR client-id should be greater than 0");
      return false;
    }
    filter->id = static_cast<uint64_t>(*id);
  } else if (SameWord(option, "TYPE")) {
    filter->kind = ParseClientKind(value);
    if (!filter->kind) {
      reply.FailWith({"ERR Unknown client type '", value, "'"});
      return false;
    }
  } else if (SameWord(option, "ADDR")) {
    filter->address = value;
  } else if (SameWord(option, "LADDR")) {
    filter->local_address = value;
  } else if (SameWord(option, "USER")) {
    filter->user = value;
    if (value != Session::Labels().user) {
      reply.FailWith({"ERR No such user '", value, "'"});
      return false;
    }
  } else if (SameWord(option, "SKIPME") && (SameWord(value, "YES") || SameWord(value, "NO"))) {
    filter->skip_caller = SameWord(value, "YES");
  } else {
    reply.Fail(error::kSyntax);
    return false;
  }
  return true;
}

// Ends all clients that match; the caller only after its reply. Returns how many there were.
int64_t KillMatching(Call& call, const KillFilter& filter) {
  int64_t killed = 0;
  call.services().sessions->ForEach([&](Session& client) {
    const bool is_caller = &client == &call.session();
    if (client.close_requested() || !filter.Matches(client)) return;
    if (is_caller && filter.skip_caller) return;
    ++killed;
    if (is_caller) {
      client.close_after_reply = true;
    } else {
      client.RequestClose();
    }
  });
  return killed;
}

// CLIENT KILL ip:port | [ID client-id] [TYPE ...] [USER username] [ADDR ip:port] [LADDR ip:port]
// [SKIPME YES|NO]
void Kill(Call& call, Args args, ReplyBuilder& reply) {
  KillFilter filter;
  if (args.size() == 3) {
    filter.address = args[2];
    filter.skip_caller = false;
    if (KillMatching(call, filter) == 0) return reply.Fail("ERR No such client");
    return reply.Ok();
  }
  for (size_t i = 2; i < args.size(); i += 2) {
    if (i + 1 == args.size()) return reply.Fail(error::kSyntax);
    if (!ReadKillOption(args[i], args[i + 1], &filter, reply)) return;
  }
  reply.Integer(KillMatching(call, filter));
}

// CLIENT REPLY ON|OFF|SKIP
void Reply(Call& call, Args args, ReplyBuilder& reply) {
  ReplyMode& mode = call.session().reply_mode;
  if (SameWord(args[2], "ON")) {
    mode = ReplyMode::kOn;
    reply.Ok();
  } else if (SameWord(args[2], "OFF")) {
    mode = ReplyMode::kOff;
  } else if (SameWord(args[2], "SKIP")) {
    if (mode != ReplyMode::kOff) mode = ReplyMode::kSkipNext;
  } else {
    reply.Fail(error::kSyntax);
  }
}

// CLIENT UNBLOCK client-id [TIMEOUT|ERROR]
void Unblock(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 4) {
    return reply.Fail(error::UnknownSubcommandOrArity(args[1], "client"));
  }
  if (args.size() == 4 && !SameWord(args[3], "TIMEOUT") && !SameWord(args[3], "ERROR")) {
    return reply.Fail("ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR");
  }
  const std::optional<int64_t> id = ParseInt64(args[2]);
  if (!id) return reply.Fail(error::kNotInteger);
  const bool with_error = args.size() == 4 && SameWord(args[3], "ERROR");
  const bool did =
      Blocking::Unblock(call.services().sessions, static_cast<uint64_t>(*id), with_error);
  reply.Integer(did ? 1 : 0);
}

void Switch(std::atomic<bool>* value, std::string_view word, ReplyBuilder& reply) {
  if (!SameWord(word, "ON") && !SameWord(word, "OFF")) return reply.Fail(error::kSyntax);
  value->store(SameWord(word, "ON"), std::memory_order_relaxed);
  reply.Ok();
}

// CLIENT NO-EVICT ON|OFF
void NoEvict(Call& call, Args args, ReplyBuilder& reply) {
  Switch(&call.session().no_evict, args[2], reply);
}

// CLIENT NO-TOUCH ON|OFF
void NoTouch(Call& call, Args args, ReplyBuilder& reply) {
  Switch(&call.session().no_touch, args[2], reply);
}

// CLIENT CACHING YES|NO
void Caching(Call&, Args, ReplyBuilder& reply) {
  reply.Fail(
      "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or "
      "OPTOUT mode enabled");
}

// CLIENT PAUSE timeout [WRITE|ALL]. Every shard is locked: what has not been executed by now waits.
void Pause(Call& call, Args args, ReplyBuilder& reply) {
  using Who = ClientPause::Who;
  if (args.size() > 4) return reply.Fail(error::UnknownSubcommandOrArity(args[1], "client"));
  Who who = Who::kEverybody;
  if (args.size() == 4 && SameWord(args[3], "WRITE")) {
    who = Who::kWriters;
  } else if (args.size() == 4 && !SameWord(args[3], "ALL")) {
    return reply.Fail("ERR CLIENT PAUSE mode must be WRITE or ALL");
  }
  const std::optional<int64_t> timeout = ParseInt64(args[2]);
  if (!timeout) return reply.Fail(error::kTimeoutNotInteger);
  if (*timeout < 0) return reply.Fail(error::kTimeoutNegative);
  const auto now = static_cast<int64_t>(call.now_ms());
  if (*timeout > std::numeric_limits<int64_t>::max() - now) {
    return reply.Fail(error::kTimeoutRange);
  }
  call.services().pause->Begin(who, static_cast<uint64_t>(now + *timeout), call.now_ms());
  reply.Ok();
}

// CLIENT UNPAUSE
void Unpause(Call& call, Args, ReplyBuilder& reply) {
  call.services().pause->End();
  call.services().sessions->ResumeAll(WaitReason::kPaused);
  reply.Ok();
}

// CLIENT GETREDIR
void GetRedir(Call&, Args, ReplyBuilder& reply) {
  reply.Integer(-1);  // Tracking is off.
}

// CLIENT TRACKINGINFO
void TrackingInfo(Call&, Args, ReplyBuilder& reply) {
  reply.Map(3);
  reply.Bulk("flags");
  reply.Set(1);
  reply.Bulk("off");
  reply.Bulk("redirect");
  reply.Integer(-1);
  reply.Bulk("prefixes");
  reply.EmptyArray();
}

// CLIENT HELP
void Help(Call&, Args, ReplyBuilder& reply) {
  static constexpr std::string_view kLines[] = {
      "CACHING (YES|NO)",
      "    Whether the keys of the next command are tracked.",
      "GETNAME",
      "    Name of this connection.",
      "GETREDIR",
      "    Id of the client that gets this connection's invalidation messages.",
      "ID",
      "    Id of this connection.",
      "INFO",
      "    The line of CLIENT LIST that is about this connection.",
      "KILL <ip:port>",
      "    End the connection from <ip:port>.",
      "KILL <option> <value> [<option> <value> [...]]",
      "    End all connections to which every option applies:",
      "    * ADDR (<ip:port>|<unixsocket>:0)",
      "      They come from this address.",
      "    * ID <client-id>",
      "      The one with this id.",
      "    * LADDR (<ip:port>|<unixsocket>:0)",
      "      They were made to this address of ours.",
      "    * SKIPME (YES|NO)",
      "      Leave this connection alone (default: yes).",
      "    * TYPE (NORMAL|MASTER|REPLICA|PUBSUB)",
      "      They are of this type.",
      "    * USER <username>",
      "      They are logged in as this user.",
      "LIST [TYPE (NORMAL|MASTER|REPLICA|PUBSUB) | ID <client-id> [<client-id> ...]]",
      "    One line about each connection, of this type or with these ids.",
      "NO-EVICT (ON|OFF)",
      "    Whether this connection is spared when clients take too much memory.",
      "NO-TOUCH (ON|OFF)",
      "    Whether keys that this connection reads keep their LRU or LFU state.",
      "PAUSE <timeout> [WRITE|ALL]",
      "    Let clients that write, or all (default: all), wait for <timeout> milliseconds.",
      "REPLY (ON|OFF|SKIP)",
      "    Whether this connection gets replies; SKIP leaves out the next one.",
      "SETINFO <option> <value>",
      "    What the client library says about itself:",
      "    * LIB-NAME: its name.",
      "    * LIB-VER: its version.",
      "SETNAME <name>",
      "    Name this connection.",
      "TRACKINGINFO",
      "    How keys are tracked for this connection.",
      "UNBLOCK <clientid> [TIMEOUT|ERROR]",
      "    End the wait of a client in a blocking command.",
      "UNPAUSE",
      "    Let clients go on before a pause is over.",
  };
  ReplyWithHelp("client", kLines, reply);
}

constexpr uint32_t kSession = kNoScript | kLoading | kStale | kSentinel;
constexpr uint32_t kOthers = kSession | kAdmin;
constexpr auto kGroup = CommandGroup::kConnection;
constexpr std::string_view kPerClient = "O(N) where N is the number of clients";
constexpr std::string_view kOnAllNodes = "request_policy:all_nodes response_policy:all_succeeded";
constexpr CommandSpec kCommands[] = {
    {.name = "CLIENT",
     .arity = -2,
     .flags = kSentinel | kContainer,
     .group = kGroup,
     .since = "2.4.0",
     .summary = "Commands about client connections.",
     .complexity = "Depends on subcommand."},
    {.name = "CLIENT CACHING",
     .args = "<mode: YES | NO>",
     .arity = 3,
     .flags = kSession,
     .group = kGroup,
     .run = Caching,
     .since = "6.0.0",
     .summary = "Says whether the keys of the next command are tracked.",
     .complexity = "O(1)"},
    {.name = "CLIENT GETNAME",
     .arity = 2,
     .flags = kSession,
     .group = kGroup,
     .run = GetName,
     .since = "2.6.9",
     .summary = "Returns the connection's name.",
     .complexity = "O(1)"},
    {.name = "CLIENT GETREDIR",
     .arity = 2,
     .flags = kSession,
     .group = kGroup,
     .run = GetRedir,
     .since = "6.0.0",
     .summary = "Returns the id of the client that gets the connection's invalidation messages.",
     .complexity = "O(1)"},
    {.name = "CLIENT HELP",
     .arity = 2,
     .flags = kLoading | kStale | kSentinel,
     .group = kGroup,
     .run = Help,
     .since = "5.0.0",
     .summary = "Describes the subcommands.",
     .complexity = "O(1)"},
    {.name = "CLIENT ID",
     .arity = 2,
     .flags = kSession,
     .group = kGroup,
     .run = Id,
     .since = "5.0.0",
     .summary = "Returns the connection's id, which no other connection has or had.",
     .complexity = "O(1)"},
    {.name = "CLIENT INFO",
     .arity = 2,
     .flags = kSession,
     .group = kGroup,
     .run = Info,
     .since = "6.2.0",
     .summary = "Describes the connection as CLIENT LIST does.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "CLIENT KILL",
     .args = "<filter: old-format=ip:port!2.8.12 | <new-format: [ID client-id@2.8.12] | [TYPE "
             "<client-type@2.8.12: normal#t | master#t@3.2.0 | slave#t | replica#t@5.0.0 | "
             "pubsub#t>] | [USER username] | [ADDR addr=ip:port] | [LADDR laddr=ip:port@6.2.0] | "
             "[SKIPME <skipme: YES | NO>]> ...>",
     .arity = -3,
     .flags = kOthers,
     .group = kGroup,
     .run = Kill,
     .since = "2.4.0",
     .history = "2.8.12 filters beside the address alone\n"
                "2.8.12 filter ID\n"
                "3.2.0 type master\n"
                "5.0.0 type replica, the new name of slave\n"
                "6.2.0 filter LADDR",
     .summary = "Ends connections.",
     .complexity = kPerClient},
    {.name = "CLIENT LIST",
     .args = "[TYPE <client-type@5.0.0: normal#t | master#t | replica#t | pubsub#t>] [ID "
             "client-id@6.2.0 [client-id ...]]",
     .arity = -2,
     .flags = kOthers,
     .group = kGroup,
     .run = List,
     .since = "2.4.0",
     .history = "2.8.12 field id\n"
                "5.0.0 filter TYPE\n"
                "6.0.0 field user\n"
                "6.2.0 fields argv-mem, tot-mem, laddr and redir; filter ID\n"
                "7.0.0 fields resp, multi-mem, rbs and rbp\n"
                "7.0.3 field ssub",
     .summary = "Describes the connected clients, one line each.",
     .complexity = kPerClient,
     .tips = "nondeterministic_output"},
    {.name = "CLIENT NO-EVICT",
     .args = "<enabled: ON | OFF>",
     .arity = 3,
     .flags = kOthers,
     .group = kGroup,
     .run = NoEvict,
     .since = "7.0.0",
     .summary = "Says whether the connection may be ended when clients take too much memory.",
     .complexity = "O(1)"},
    {.name = "CLIENT NO-TOUCH",
     .args = "<enabled: ON | OFF>",
     .arity = 3,
     .flags = kNoScript | kLoading | kStale,
     .group = kGroup,
     .run = NoTouch,
     .since = "7.2.0",
     .summary = "Says whether the connection's reads count as uses of keys.",
     .complexity = "O(1)"},
    {.name = "CLIENT PAUSE",
     .args = "timeout#i [mode@6.2.0: WRITE | ALL]",
     .arity = -3,
     .flags = kOthers | kNeedsWhole,
     .group = kGroup,
     .run = Pause,
     .since = "3.0.0",
     .history = "6.2.0 the mode, so that writes alone can be paused",
     .summary = "Lets clients wait for some time.",
     .complexity = "O(1)"},
    {.name = "CLIENT REPLY",
     .args = "<action: ON | OFF | SKIP>",
     .arity = 3,
     .flags = kSession,
     .group = kGroup,
     .run = Reply,
     .since = "3.2.0",
     .summary = "Says whether the connection gets replies.",
     .complexity = "O(1)"},
    {.name = "CLIENT SETINFO",
     .args = "<attr: lib-name#t libname | lib-ver#t libver>",
     .arity = 4,
     .flags = kSession,
     .group = kGroup,
     .run = SetInfo,
     .since = "7.2.0",
     .summary = "Tells the server about the client's library.",
     .complexity = "O(1)",
     .tips = kOnAllNodes},
    {.name = "CLIENT SETNAME",
     .args = "connection-name",
     .arity = 3,
     .flags = kSession,
     .group = kGroup,
     .run = SetName,
     .since = "2.6.9",
     .summary = "Names the connection.",
     .complexity = "O(1)",
     .tips = kOnAllNodes},
    {.name = "CLIENT TRACKINGINFO",
     .arity = 2,
     .flags = kSession,
     .group = kGroup,
     .run = TrackingInfo,
     .since = "6.2.0",
     .summary = "Describes how keys are tracked for the connection.",
     .complexity = "O(1)"},
    {.name = "CLIENT UNBLOCK",
     .args = "client-id [unblock-type: TIMEOUT | ERROR]",
     .arity = -3,
     .flags = kOthers,
     .group = kGroup,
     .run = Unblock,
     .since = "5.0.0",
     .summary = "Ends the wait of a client in a blocking command.",
     .complexity = "O(log N) where N is the number of clients"},
    {.name = "CLIENT UNPAUSE",
     .arity = 2,
     .flags = kOthers,
     .group = kGroup,
     .run = Unpause,
     .since = "6.2.0",
     .summary = "Lets clients go on before a pause is over.",
     .complexity = "O(N) where N is the number of paused clients"},
};

}  // namespace

CommandRows ClientCommands() {
  return kCommands;
}

}  // namespace redstart
