// SCAN, KEYS and RANDOMKEY: finding keys that the client does not name.

#include <optional>
#include <string>

#include "server/commands/command_families.h"
#include "server/commands/scan_options.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "storage/base/glob.h"

namespace redstart {
namespace {

// SCAN cursor [MATCH pattern] [COUNT count] [TYPE type]
void Scan(KeyWalk& walk, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> cursor = ParseCursor(args[1]);
  if (!cursor) return reply.Fail(error::kInvalidCursor);
  ScanOptions options;
  const std::string_view error = options.Read(args.subspan(2), ScanKind::kKeys);
  if (!error.empty()) return reply.Fail(error);

  ScanReply found;
  const uint64_t next = walk.Step(*cursor, options.count, [&](const Entry& entry) {
    if (options.type && !SameWord(*options.type, TypeName(entry.type()))) return;
    if (options.Matches(entry.key())) found.Add(entry.key());
  });
  found.Write(next, reply);
}

// KEYS pattern
void Keys(WholeKeyspace& keyspace, Args args, ReplyBuilder& reply) {
  const std::string_view pattern = args[1];
  const bool all = pattern == "*";
  size_t found = 0;
  const size_t handle = reply.BeginArray();
  keyspace.ForEach([&](const Entry& entry) {
    if (!all && !GlobMatches(pattern, entry.key())) return;
    reply.Bulk(entry.key());
    ++found;
  });
  reply.EndArray(handle, found);
}

// RANDOMKEY
void RandomKey(KeyWalk& walk, Args, ReplyBuilder& reply) {
  const std::optional<std::string> key = walk.RandomKey();
  if (!key) return reply.Null();
  reply.Bulk(*key);
}

constexpr CommandSpec kCommands[] = {
    {.name = "SCAN",
     .args = "cursor [MATCH pattern] [COUNT count] [TYPE type@6.0.0]",
     .arity = -2,
     .flags = kReadOnly | kTouchesArbitraryKeys,
     .run = Scan,
     .since = "2.8.0",
     .history = "6.0.0 option TYPE",
     .summary = "Visits the keys of the database a few at a time.",
     .complexity = "O(1) for every call, O(N) for N keys from cursor 0 back to cursor 0.",
     .tips = "nondeterministic_output request_policy:special response_policy:special"},
    {.name = "KEYS",
     .args = "pattern",
     .arity = 2,
     .flags = kReadOnly,
     .categories = kCategoryDangerous,
     .run = Keys,
     .since = "1.0.0",
     .summary = "Lists all keys whose names match a pattern.",
     .complexity = "O(N) for N keys in the database.",
     .tips = "request_policy:all_shards nondeterministic_output_order"},
    {.name = "RANDOMKEY",
     .arity = 1,
     .flags = kReadOnly | kTouchesArbitraryKeys,
     .run = RandomKey,
     .since = "1.0.0",
     .summary = "Picks a key at random.",
     .complexity = "O(1)",
     .tips = "request_policy:all_shards response_policy:special nondeterministic_output"},
};

}  // namespace

CommandRows ScanCommands() {
  return kCommands;
}

}  // namespace redstart
