// PING, ECHO, SELECT, AUTH, HELLO, RESET and QUIT: what a client says about its own connection.

#include <limits>

#include "server/commands/client_list.h"
#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/call.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/exec/session_registry.h"

namespace redstart {
namespace {

// The only user, until there are access control lists.
constexpr std::string_view kDefaultUser = "default";

// Compares in a time that depends on the guess alone, so that it says nothing about the password.
bool SamePassword(std::string_view guess, std::string_view password) {
  size_t difference = guess.size() ^ password.size();
  for (size_t i = 0; i < guess.size(); ++i) {
    const char expected = password.empty() ? '\0' : password[i % password.size()];
    difference |= static_cast<unsigned char>(guess[i] ^ expected);
  }
  return difference == 0;
}

// Logs the session in, or answers with the error.
bool Authenticate(Call& call, std::string_view user, std::string_view password,
                  ReplyBuilder& reply) {
  const std::string& required = call.config().requirepass;
  if (user == kDefaultUser && (required.empty() || SamePassword(password, required))) {
    call.session().authenticated = true;
    return true;
  }
  call.dispatcher().stats().auth_failures.Add();
  reply.Fail(error::kWrongPassword);
  return false;
}

// PING [message]
void Ping(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 2) return reply.Fail(error::WrongArity("ping"));
  const Session& session = call.session();
  if (session.subscription_count() > 0 && reply.resp_version() == 2) {
    // What a RESP2 subscriber receives always looks like a message.
    reply.Array(2);
    reply.Bulk("pong");
    return reply.Bulk(args.size() == 1 ? "" : args[1]);
  }
  if (args.size() == 1) return reply.Simple("PONG");
  reply.Bulk(args[1]);
}

// ECHO message
void Echo(Call&, Args args, ReplyBuilder& reply) {
  reply.Bulk(args[1]);
}

// SELECT index
void Select(Call& call, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(1));
  const int64_t database = in.Integer(
      {.min = std::numeric_limits<int>::min(),
       .max = std::numeric_limits<int>::max(),
       .otherwise = "ERR value is out of range, value must between -2147483648 and 2147483647"});
  if (!in.ok()) return reply.Fail(in.error());
  if (database < 0 || database >= call.config().databases) {
    return reply.Fail(error::kDatabaseRange);
  }
  call.session().database.store(static_cast<int>(database), std::memory_order_relaxed);
  reply.Ok();
}

// AUTH [username] password
void Auth(Call& call, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::kSyntax);
  if (args.size() == 2 && call.config().requirepass.empty()) {
    return reply.Fail(
        "ERR AUTH <password> called without any password configured for the default user. Are you "
        "sure your configuration is correct?");
  }
  const std::string_view user = args.size() == 2 ? kDefaultUser : args[1];
  if (Authenticate(call, user, args.back(), reply)) reply.Ok();
}

// All that AUTH is given is secret.
bool IsSecretOfAuth(Args, size_t position) {
  return position > 0;
}

// What HELLO's arguments ask for.
struct Hello {
  int64_t version = 0;
  std::optional<std::string_view> user;
  std::string_view password;
  std::optional<std::string_view> name;
};

// False if the arguments are wrong and the error has been written.
bool ReadHello(Args args, Hello* hello, ReplyBuilder& reply) {
  if (args.size() >= 2) {
    const std::optional<int64_t> version = ParseInt64(args[1]);
    if (!version) {
      reply.Fail("ERR Protocol version is not an integer or out of range");
      return false;
    }
    if (*version < 2 || *version > 3) {
      reply.Fail("NOPROTO unsupported protocol version");
      return false;
    }
    hello->version = *version;
  }
  for (size_t i = 2; i < args.size(); ++i) {
    const size_t more = args.size() - 1 - i;
    if (SameWord(args[i], "AUTH") && more >= 2) {
      hello->user = args[i + 1];
      hello->password = args[i + 2];
      i += 2;
    } else if (SameWord(args[i], "SETNAME") && more >= 1) {
      hello->name = args[++i];
      if (!IsClientLabel(*hello->name)) {
        reply.Fail(error::kBadClientName);
        return false;
      }
    } else {
      reply.FailWith({"ERR Syntax error in HELLO option '", args[i], "'"});
      return false;
    }
  }
  return true;
}

// The two words behind AUTH.
bool IsSecretOfHello(Args args, size_t position) {
  for (size_t i = 2; i < position; ++i) {
    if (SameWord(args[i], "AUTH")) return position <= i + 2;
    if (SameWord(args[i], "SETNAME")) ++i;
  }
  return false;
}

// HELLO [protover [AUTH username password] [SETNAME clientname]]
void SayHello(Call& call, Args args, ReplyBuilder& reply) {
  Hello hello;
  if (!ReadHello(args, &hello, reply)) return;
  if (hello.user && !Authenticate(call, *hello.user, hello.password, reply)) return;
  Session& session = call.session();
  if (!session.authenticated) {
    return reply.Fail(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO "
        "<proto> AUTH <user> <pass> option can be used to authenticate the client and select the "
        "RESP protocol version at the same time");
  }
  if (hello.name) {
    call.services().sessions->SetLabel(&session, &Session::Labels::name, *hello.name);
  }
  if (hello.version != 0) {
    session.resp_version.store(static_cast<uint8_t>(hello.version), std::memory_order_relaxed);
    reply.set_resp_version(static_cast<int>(hello.version));
  }
  reply.Map(7);
  reply.Bulk("server");
  reply.Bulk("redis");
  reply.Bulk("version");
  reply.Bulk(kRedisVersion);
  reply.Bulk("proto");
  reply.Integer(session.resp_version.load(std::memory_order_relaxed));
  reply.Bulk("id");
  reply.Integer(static_cast<int64_t>(session.id()));
  reply.Bulk("mode");
  reply.Bulk("standalone");
  reply.Bulk("role");
  reply.Bulk("master");
  reply.Bulk("modules");
  reply.EmptyArray();
}

// RESET
void Reset(Call& call, Args, ReplyBuilder& reply) {
  Session& session = call.session();
  if (session.reads_journal.load(std::memory_order_relaxed)) {
    return reply.Fail("ERR can only reset normal client connections");
  }
  call.dispatcher().Leave(session);
  session.Reset(call.config().requirepass.empty());
  // What the client library said about itself stays true.
  if (!session.labels().name.empty()) {
    call.services().sessions->SetLabel(&session, &Session::Labels::name, "");
  }
  reply.Simple("RESET");
}

// QUIT
void Quit(Call& call, Args, ReplyBuilder& reply) {
  call.session().close_after_reply = true;
  reply.Ok();
}

constexpr uint32_t kAnyTime = kNoScript | kLoading | kStale | kFast | kNoAuth | kAllowBusy;
constexpr CommandSpec kCommands[] = {
    {.name = "PING",
     .args = "[message]",
     .arity = -1,
     .flags = kFast | kSentinel | kTellsHealth | kForSubscribers,
     .group = CommandGroup::kConnection,
     .run = Ping,
     .since = "1.0.0",
     .summary = "Asks the server whether it is alive.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:all_succeeded"},
    {.name = "ECHO",
     .args = "message",
     .arity = 2,
     .flags = kLoading | kStale | kFast,
     .group = CommandGroup::kConnection,
     .run = Echo,
     .since = "1.0.0",
     .summary = "Answers with its argument.",
     .complexity = "O(1)"},
    {.name = "SELECT",
     .args = "index",
     .arity = 2,
     .flags = kLoading | kStale | kFast,
     .group = CommandGroup::kConnection,
     .run = Select,
     .since = "1.0.0",
     .summary = "Chooses the database that the connection uses from here on.",
     .complexity = "O(1)"},
    {.name = "AUTH",
     .args = "[username@6.0.0] password",
     .arity = -2,
     .flags = kAnyTime | kSentinel,
     .group = CommandGroup::kConnection,
     .run = Auth,
     .since = "1.0.0",
     .history = "6.0.0 a user name before the password",
     .summary = "Logs the connection in.",
     .complexity = "O(N) where N is the number of passwords of the user",
     .is_secret = IsSecretOfAuth},
    {.name = "HELLO",
     .args = "[arguments: protover [AUTH username password] [SETNAME clientname]]",
     .arity = -1,
     .flags = kAnyTime | kSentinel,
     .group = CommandGroup::kConnection,
     .run = SayHello,
     .since = "6.0.0",
     .history = "6.2.0 the version may be left out, to ask about the connection",
     .summary = "Chooses the protocol version, and may log in and name the connection as well.",
     .complexity = "O(1)",
     .is_secret = IsSecretOfHello},
    {.name = "RESET",
     .arity = 1,
     .flags = kAnyTime | kNeverQueued | kForSubscribers,
     .group = CommandGroup::kConnection,
     .run = Reset,
     .since = "6.2.0",
     .summary = "Puts the connection into the state of a new one.",
     .complexity = "O(1)"},
    {.name = "QUIT",
     .arity = -1,
     .flags = kAnyTime | kNeverQueued | kForSubscribers,
     .group = CommandGroup::kConnection,
     .run = Quit,
     .since = "1.0.0",
     .deprecated = "7.2.0 closing the connection",
     .summary = "Closes the connection.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows ConnectionCommands() {
  return kCommands;
}

}  // namespace redstart
