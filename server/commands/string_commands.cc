// GET, SET and their relatives: commands that read or replace whole string values.

#include "server/commands/command_families.h"
#include "server/commands/expire_options.h"
#include "server/commands/string_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

// Answers with what was looked up. False if that was an error.
bool ReplyWithFound(const Found<StringRef>& found, ReplyBuilder& reply) {
  if (found.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return false;
  }
  if (found) {
    ReplyWithString(*found, reply);
  } else {
    reply.Null();
  }
  return true;
}

// GET key
void Get(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ReplyWithFound(keys.Find<StringRef>(args[1]), reply);
}

// MGET key [key ...]
void MGet(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  reply.Array(args.size() - 1);
  for (const std::string_view key : args.subspan(1)) {
    const auto found = keys.Find<StringRef>(key);
    if (found && !found.IsWrongType()) {
      ReplyWithString(*found, reply);
    } else {
      reply.Null();
    }
  }
}

struct SetOptions {
  ExpireOption expire;
  bool if_absent = false;
  bool if_present = false;
  bool get = false;
};

SetOptions ReadSetOptions(ArgReader& in) {
  SetOptions options;
  while (in.ok() && !in.done()) {
    if (!options.if_present && in.Word("NX")) {
      options.if_absent = true;
    } else if (!options.if_absent && in.Word("XX")) {
      options.if_present = true;
    } else if (in.Word("GET")) {
      options.get = true;
    } else if (!options.expire.Read(in, ExpireOption::Kind::kKeepTtl)) {
      in.Fail(error::kSyntax);
    }
  }
  return options;
}

void RecordDeadline(WriteKeys& keys, std::string_view key, std::string_view value,
                    uint64_t deadline) {
  keys.Effect({"SET", key, value, "PXAT", FormatInt64(static_cast<int64_t>(deadline))});
}

// Whoever repeats the SET has no use for the old value.
void RecordWithoutGet(WriteKeys& keys, Args args) {
  std::vector<std::string_view> effect;
  for (size_t i = 0; i < args.size(); ++i) {
    if (i < 3 || !SameWord(args[i], "GET")) effect.push_back(args[i]);
  }
  keys.Effect(effect);
}

// SET key value [NX | XX] [GET] [EX | PX | EXAT | PXAT time | KEEPTTL]
void Set(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view key = args[1];
  ArgReader in(args.subspan(3));
  const SetOptions options = ReadSetOptions(in);
  if (!in.ok()) return reply.Fail(in.error());
  WriteKeys::PutOptions put = {.keep_deadline =
                                   options.expire.kind == ExpireOption::Kind::kKeepTtl};
  const bool has_deadline = options.expire.HasDeadline();
  if (has_deadline) {
    const auto deadline = options.expire.Deadline(keys.now_ms(), "set", reply);
    if (!deadline) return;
    put.deadline = *deadline;
  }
  // Before the value is replaced, and also if the condition will not hold.
  if (options.get && !ReplyWithFound(keys.Read<StringRef>(key), reply)) return;
  if (options.if_absent || options.if_present) {
    const bool is_there = keys.FindEntry(key) != nullptr;
    if (is_there == options.if_absent) {
      if (!options.get) reply.Null();
      return;
    }
  }
  keys.Put(key, args[2], put);
  keys.Changed(key, Event::kString, "set");
  if (has_deadline) keys.Notify(key, Event::kGeneric, "expire");
  // PXAT says already what everybody else is to do, so such a command is passed on as it is.
  if (has_deadline && options.expire.kind != ExpireOption::Kind::kUnixMilliseconds) {
    RecordDeadline(keys, key, args[2], put.deadline);
  } else if (!has_deadline && options.get) {
    RecordWithoutGet(keys, args);
  }
  if (!options.get) reply.Ok();
}

// SETEX key seconds value, PSETEX key milliseconds value
template <ExpireOption::Kind kUnit>
void SetWithTtl(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const ExpireOption expire = {.kind = kUnit, .amount = args[2]};
  const auto deadline = expire.Deadline(
      keys.now_ms(), kUnit == ExpireOption::Kind::kSeconds ? "setex" : "psetex", reply);
  if (!deadline) return;
  keys.Put(args[1], args[3], {.deadline = *deadline});
  keys.Changed(args[1], Event::kString, "set");
  keys.Notify(args[1], Event::kGeneric, "expire");
  RecordDeadline(keys, args[1], args[3], *deadline);
  reply.Ok();
}

// SETNX key value
void SetNx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (keys.FindEntry(args[1]) != nullptr) return reply.Integer(0);
  keys.Put(args[1], args[2]);
  keys.Changed(args[1], Event::kString, "set");
  reply.Integer(1);
}

void PutAll(WriteKeys& keys, Args args) {
  for (size_t i = 1; i < args.size(); i += 2) {
    keys.Put(args[i], args[i + 1]);
    keys.Changed(args[i], Event::kString, "set");
  }
}

// MSET key value [key value ...]
void MSet(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() % 2 == 0) return reply.Fail(error::WrongArity("mset"));
  PutAll(keys, args);
  reply.Ok();
}

// MSETNX key value [key value ...]
void MSetNx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() % 2 == 0) return reply.Fail(error::WrongArity("msetnx"));
  for (size_t i = 1; i < args.size(); i += 2) {
    if (keys.FindEntry(args[i]) != nullptr) return reply.Integer(0);
  }
  PutAll(keys, args);
  reply.Integer(1);
}

// GETSET key value
void GetSet(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (!ReplyWithFound(keys.Read<StringRef>(args[1]), reply)) return;
  keys.Put(args[1], args[2]);
  keys.Changed(args[1], Event::kString, "set");
  keys.Effect({"SET", args[1], args[2]});
}

// GETDEL key
void GetDel(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (!ReplyWithFound(keys.Read<StringRef>(args[1]), reply)) return;
  if (!keys.Delete(args[1])) return;
  keys.Changed(args[1], Event::kGeneric, "del");
  keys.Effect({"DEL", args[1]});
}

void ChangeDeadline(WriteKeys& keys, std::string_view key, const ExpireOption& expire,
                    uint64_t deadline) {
  if (expire.IsAbsolute() && keys.IsOver(deadline)) {
    keys.Delete(key);
    keys.Changed(key, Event::kGeneric, "del");
    keys.Effect({keys.config().lazyfree_lazy_expire ? "UNLINK" : "DEL", key});
    return;
  }
  keys.SetDeadline(key, deadline);
  keys.Changed(key, Event::kGeneric, "expire");
  keys.Effect({"PEXPIREAT", key, FormatInt64(static_cast<int64_t>(deadline))});
}

// GETEX key [EX | PX | EXAT | PXAT time | PERSIST]
void GetEx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view key = args[1];
  ArgReader in(args.subspan(2));
  ExpireOption expire;
  while (in.ok() && !in.done()) {
    if (!expire.Read(in, ExpireOption::Kind::kPersist)) in.Fail(error::kSyntax);
  }
  if (!in.ok()) return reply.Fail(in.error());
  const auto found = keys.Read<StringRef>(key);
  if (!found || found.IsWrongType()) {
    ReplyWithFound(found, reply);
    return;
  }
  // The time is looked at only now: for a key that is not there a wrong one is no error.
  std::optional<uint64_t> deadline;
  if (expire.HasDeadline()) {
    deadline = expire.Deadline(keys.now_ms(), "getex", reply);
    if (!deadline) return;
  }
  ReplyWithString(*found, reply);
  if (deadline) {
    ChangeDeadline(keys, key, expire, *deadline);
  } else if (expire.kind == ExpireOption::Kind::kPersist && found.entry().has_deadline()) {
    keys.SetDeadline(key, Entry::kNever);
    keys.Changed(key, Event::kGeneric, "persist");
    keys.Effect({"PERSIST", key});
  }
}

// SET only reads the key if GET is given. As on Redis, that is any argument behind the value.
uint16_t SetKeyFlags(Args args) {
  const bool reads = std::any_of(args.begin() + 3, args.end(),
                                 [](std::string_view arg) { return SameWord(arg, "GET"); });
  return reads ? kKeyReadWrite | kKeyAccess | kKeyUpdate : kKeyOverwrite | kKeyUpdate;
}

constexpr KeySpec kSetKey[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyUpdate | kKeyVariableFlags}};
constexpr KeySpec kOverwritePairs[] = {
    {.flags = kKeyOverwrite | kKeyUpdate, .last = -1, .step = 2}};
constexpr KeySpec kInsertPairs[] = {{.flags = kKeyOverwrite | kKeyInsert, .last = -1, .step = 2}};

constexpr CommandSpec kCommands[] = {
    {.name = "GET",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kString,
     .run = Get,
     .since = "1.0.0",
     .summary = "Answers with the string at a key.",
     .complexity = "O(1)"},
    {.name = "MGET",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kReadAllKeys,
     .flags = kReadOnly | kFast,
     .group = CommandGroup::kString,
     .run = MGet,
     .since = "1.0.0",
     .summary = "Answers with the strings at several keys, all of the same instant.",
     .complexity = "O(N), N being the number of keys",
     .tips = "request_policy:multi_shard"},
    {.name = "SET",
     .args = "key value [condition@2.6.12: NX | XX] [GET@6.2.0] [expiration: EX seconds@2.6.12 | "
             "PX milliseconds@2.6.12 | EXAT unix-time-seconds@6.2.0 | PXAT "
             "unix-time-milliseconds@6.2.0 | KEEPTTL@6.0.0]",
     .arity = -3,
     .keys = kSetKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = Set,
     .since = "1.0.0",
     .history = "2.6.12 options EX, PX, NX and XX\n"
                "6.0.0 option KEEPTTL\n"
                "6.2.0 options GET, EXAT and PXAT\n"
                "7.0.0 NX together with GET",
     .summary = "Makes a key hold a string, whatever it held before, or creates it.",
     .complexity = "O(1)",
     .key_flags = SetKeyFlags},
    {.name = "SETNX",
     .args = "key value",
     .arity = 3,
     .keys = kOverwriteNewFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kString,
     .run = SetNx,
     .since = "1.0.0",
     .deprecated = "2.6.12 SET with NX",
     .summary = "Sets a key to a string if there is no such key yet.",
     .complexity = "O(1)"},
    {.name = "SETEX",
     .args = "key seconds value",
     .arity = 4,
     .keys = kOverwriteFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = SetWithTtl<ExpireOption::Kind::kSeconds>,
     .since = "2.0.0",
     .deprecated = "2.6.12 SET with EX",
     .summary = "Sets a key to a string and its time to live in seconds.",
     .complexity = "O(1)"},
    {.name = "PSETEX",
     .args = "key milliseconds value",
     .arity = 4,
     .keys = kOverwriteFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = SetWithTtl<ExpireOption::Kind::kMilliseconds>,
     .since = "2.6.0",
     .deprecated = "2.6.12 SET with PX",
     .summary = "Sets a key to a string and its time to live in milliseconds.",
     .complexity = "O(1)"},
    {.name = "MSET",
     .args = "<data: key value> ...",
     .arity = -3,
     .keys = kOverwritePairs,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = MSet,
     .since = "1.0.1",
     .summary = "Sets several keys to strings at one instant.",
     .complexity = "O(N), N being the number of keys",
     .tips = "request_policy:multi_shard response_policy:all_succeeded"},
    {.name = "MSETNX",
     .args = "<data: key value> ...",
     .arity = -3,
     .keys = kInsertPairs,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kString,
     .run = MSetNx,
     .since = "1.0.1",
     .summary = "Sets several keys to strings at one instant, but only if none of them exists.",
     .complexity = "O(N), N being the number of keys"},
    {.name = "GETSET",
     .args = "key value",
     .arity = 3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kString,
     .run = GetSet,
     .since = "1.0.0",
     .deprecated = "6.2.0 SET with GET",
     .summary = "Sets a key to a string and answers with the one before.",
     .complexity = "O(1)"},
    {.name = "GETDEL",
     .args = "key",
     .arity = 2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kString,
     .run = GetDel,
     .since = "6.2.0",
     .summary = "Answers with the string at a key and deletes the key.",
     .complexity = "O(1)"},
    {.name = "GETEX",
     .args = "key [expiration: EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT "
             "unix-time-milliseconds | PERSIST]",
     .arity = -2,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kString,
     .run = GetEx,
     .since = "6.2.0",
     .summary = "Answers with the string at a key and changes the key's deadline.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows StringCommands() {
  return kCommands;
}

}  // namespace redstart
