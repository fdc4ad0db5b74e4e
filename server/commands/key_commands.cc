// DEL, EXISTS, TYPE, RENAME and their relatives: commands on keys whatever they hold.

#include "server/commands/command_families.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"

namespace redstart {
namespace {

// DEL key [key ...], UNLINK key [key ...]. What is large is freed in the background for both.
void Delete(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  int64_t deleted = 0;
  for (const std::string_view key : args.subspan(1)) {
    if (!keys.Delete(key)) continue;
    keys.Changed(key, Event::kGeneric, "del");
    ++deleted;
  }
  reply.Integer(deleted);
}

// EXISTS key [key ...]. A key that is named twice counts twice.
void Exists(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  int64_t found = 0;
  for (const std::string_view key : args.subspan(1)) found += keys.Peek(key) != nullptr;
  reply.Integer(found);
}

// TOUCH key [key ...]
void Touch(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  int64_t touched = 0;
  for (const std::string_view key : args.subspan(1)) touched += keys.Touch(key);
  reply.Integer(touched);
}

// TYPE key
void Type(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(args[1]);
  reply.Simple(entry == nullptr ? "none" : TypeName(entry->type()));
}

enum class Renamed { kNoSource, kSameKey, kTargetExists, kDone };

Renamed MoveValue(WriteKeys& keys, std::string_view from, std::string_view to, bool overwrite) {
  if (keys.FindEntry(from) == nullptr) return Renamed::kNoSource;
  if (from == to) return Renamed::kSameKey;
  if (keys.Exists(to)) {
    if (!overwrite) return Renamed::kTargetExists;
    keys.Delete(to);
  }
  keys.Transplant(from, keys.database(), to, /*move=*/true);
  keys.Changed(from, Event::kGeneric, "rename_from");
  keys.AlsoChanged(to, Event::kGeneric, "rename_to");
  return Renamed::kDone;
}

// RENAME key newkey. Renaming a key to itself changes nothing, not even for those who WATCH it.
void Rename(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Renamed result = MoveValue(keys, args[1], args[2], /*overwrite=*/true);
  if (result == Renamed::kNoSource) return reply.Fail(error::kNoSuchKey);
  reply.Ok();
}

// RENAMENX key newkey
void RenameNx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Renamed result = MoveValue(keys, args[1], args[2], /*overwrite=*/false);
  if (result == Renamed::kNoSource) return reply.Fail(error::kNoSuchKey);
  reply.Integer(result == Renamed::kDone ? 1 : 0);
}

constexpr std::string_view kSumOfShards = "request_policy:multi_shard response_policy:agg_sum";
constexpr KeySpec kSourceAndTarget[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete},
    {.flags = kKeyOverwrite | kKeyUpdate, .index = 2},
};
constexpr KeySpec kSourceAndNewTarget[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete},
    {.flags = kKeyOverwrite | kKeyInsert, .index = 2},
};

constexpr CommandSpec kCommands[] = {
    {.name = "DEL",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kRemoveAllKeys,
     .flags = kWrite,
     .run = Delete,
     .since = "1.0.0",
     .summary = "Removes keys with their values.",
     .complexity = "O(N) for N keys. Long values are freed in the background.",
     .tips = kSumOfShards},
    {.name = "UNLINK",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kRemoveAllKeys,
     .flags = kWrite | kFast,
     .run = Delete,
     .since = "4.0.0",
     .summary = "Removes keys and frees their values in the background.",
     .complexity = "O(N) for N keys. Long values are freed in the background.",
     .tips = kSumOfShards},
    {.name = "EXISTS",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kPeekAllKeys,
     .flags = kReadOnly | kFast,
     .run = Exists,
     .since = "1.0.0",
     .history = "3.0.3 several keys",
     .summary = "Counts how many of the keys exist.",
     .complexity = "O(N) for N keys.",
     .tips = kSumOfShards},
    {.name = "TOUCH",
     .args = "key [key ...]",
     .arity = -2,
     .keys = kPeekAllKeys,
     .flags = kReadOnly | kFast,
     .run = Touch,
     .since = "3.2.1",
     .summary = "Marks keys as just used and counts those that exist.",
     .complexity = "O(N) for N keys.",
     .tips = kSumOfShards},
    {.name = "TYPE",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .run = Type,
     .since = "1.0.0",
     .summary = "Tells what kind of value a key holds.",
     .complexity = "O(1)"},
    {.name = "RENAME",
     .args = "key newkey",
     .arity = 3,
     .keys = kSourceAndTarget,
     .flags = kWrite,
     .run = Rename,
     .since = "1.0.0",
     .summary = "Gives a key another name, replacing what has that name.",
     .complexity = "O(1)"},
    {.name = "RENAMENX",
     .args = "key newkey",
     .arity = 3,
     .keys = kSourceAndNewTarget,
     .flags = kWrite | kFast,
     .run = RenameNx,
     .since = "1.0.0",
     .history = "3.2.0 both names may be the same",
     .summary = "Gives a key another name unless that name is taken.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows KeyCommands() {
  return kCommands;
}

}  // namespace redstart
