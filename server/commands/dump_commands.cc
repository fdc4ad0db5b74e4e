// DUMP and RESTORE: a value as a portable payload, and back.

#include <utility>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/access_clock.h"
#include "storage/base/number.h"
#include "storage/disk/value_codec.h"

namespace redstart {
namespace {

// DUMP key
void Dump(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.FindEntry(args[1]);
  if (entry == nullptr) return reply.Null();
  reply.Bulk(DumpPayloadOf(
      *entry, keys.config().rdbcompression ? RdbCompression::kOn : RdbCompression::kOff));
}

struct RestoreOptions {
  bool replace = false;
  bool absolute_ttl = false;
  std::optional<int64_t> idle_seconds;
  std::optional<int64_t> frequency;
};

RestoreOptions ReadRestoreOptions(ArgReader& in) {
  RestoreOptions options;
  while (in.ok() && !in.done()) {
    const bool has_more = in.remaining() > 1;
    if (in.Word("REPLACE")) {
      options.replace = true;
    } else if (in.Word("ABSTTL")) {
      options.absolute_ttl = true;
    } else if (has_more && !options.frequency && in.Word("IDLETIME")) {
      options.idle_seconds = in.Integer({.min = 0, .otherwise = error::kInvalidIdleTime});
    } else if (has_more && !options.idle_seconds && in.Word("FREQ")) {
      options.frequency = in.Integer({.min = 0, .max = 255, .otherwise = error::kInvalidFrequency});
    } else {
      in.Fail(error::kSyntax);
    }
  }
  return options;
}

// The one of the two that the policy in force has no use for is ignored.
void RestoreAccessClock(WriteKeys& keys, std::string_view key, const RestoreOptions& options) {
  if (UsesLfu(keys.config().maxmemory_policy)) {
    if (!options.frequency) return;
    keys.SetAccessClock(key,
                        LfuWithCounter(static_cast<uint8_t>(*options.frequency), keys.now_ms()));
  } else if (options.idle_seconds) {
    const auto idle = static_cast<uint32_t>(*options.idle_seconds);
    keys.SetAccessClock(key, (LruClock(keys.now_ms()) - idle) & kAccessClockMask);
  }
}

// The key that was to be replaced is gone, and the new value would expire at once.
void RecordDeletion(WriteKeys& keys, std::string_view key) {
  keys.Changed(key, Event::kGeneric, "del");
  keys.Effect({keys.config().lazyfree_lazy_server_del ? "UNLINK" : "DEL", key});
}

void RecordWithDeadline(WriteKeys& keys, Args args, uint64_t deadline) {
  const std::string milliseconds = FormatInt64(static_cast<int64_t>(deadline));
  std::vector<std::string_view> effect(args.begin(), args.end());
  effect[2] = milliseconds;
  effect.push_back("ABSTTL");
  keys.Effect(effect);
}

// RESTORE key ttl serialized-value [REPLACE] [ABSTTL] [IDLETIME seconds] [FREQ frequency]
void Restore(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view key = args[1];
  ArgReader in(args.subspan(4));
  const RestoreOptions options = ReadRestoreOptions(in);
  if (!in.ok()) return reply.Fail(in.error());
  if (!options.replace && keys.FindEntry(key) != nullptr) return reply.Fail(error::kBusyKey);
  ArgReader ttl_in(args.subspan(2));
  const int64_t ttl = ttl_in.Integer({.min = 0, .otherwise = error::kInvalidTtl});
  if (!ttl_in.ok()) return reply.Fail(ttl_in.error());
  const auto body = CheckDumpPayload(args[3]);
  if (!body) return reply.Fail(error::kBadPayload);
  auto value = DecodeDumpBody(*body, keys.limits());
  if (!value) return reply.Fail(error::kBadFormat);

  uint64_t deadline = Entry::kNever;
  bool is_over = false;
  if (ttl != 0) {
    deadline = static_cast<uint64_t>(ttl) + (options.absolute_ttl ? 0 : keys.now_ms());
    // Past an int64 it has wrapped around on Redis, and lies in the past.
    is_over = keys.IsOver(deadline) || deadline > std::numeric_limits<int64_t>::max();
  }
  const bool deleted = options.replace && keys.Delete(key);
  if (is_over) {
    if (deleted) RecordDeletion(keys, key);
    return reply.Ok();
  }
  keys.Add(key, std::move(*value), deadline);
  RestoreAccessClock(keys, key, options);
  keys.Changed(key, Event::kGeneric, "restore");
  if (ttl != 0 && !options.absolute_ttl) RecordWithDeadline(keys, args, deadline);
  reply.Ok();
}

constexpr std::string_view kRestoreArgs =
    "key ttl serialized-value [REPLACE@3.0.0] [ABSTTL@5.0.0] [IDLETIME seconds@5.0.0] [FREQ "
    "frequency@5.0.0]";
constexpr std::string_view kRestoreComplexity =
    "O(M), M being the size of the payload; for sorted sets O(M*log(M))";

constexpr CommandSpec kCommands[] = {
    {.name = "DUMP",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kGeneric,
     .run = Dump,
     .since = "2.6.0",
     .summary = "Answers with the value at a key as a payload for RESTORE.",
     .complexity = "O(M), M being the size of the value",
     .tips = "nondeterministic_output"},
    {.name = "RESTORE",
     .args = kRestoreArgs,
     .arity = -4,
     .keys = kOverwriteFirstKey,
     .flags = kWrite | kDenyOom,
     .group = CommandGroup::kGeneric,
     .categories = kCategoryDangerous,
     .run = Restore,
     .since = "2.6.0",
     .history = "3.0.0 option REPLACE\n"
                "5.0.0 option ABSTTL\n"
                "5.0.0 options IDLETIME and FREQ",
     .summary = "Creates a key from a payload that DUMP made.",
     .complexity = kRestoreComplexity},
    {.name = "RESTORE-ASKING",
     .args = kRestoreArgs,
     .arity = -4,
     .keys = kOverwriteFirstKey,
     .flags = kWrite | kDenyOom | kAsking,
     .group = CommandGroup::kServer,
     .categories = kCategoryKeyspace | kCategoryDangerous,
     .run = Restore,
     .since = "3.0.0",
     .history = "3.0.0 option REPLACE\n"
                "5.0.0 option ABSTTL\n"
                "5.0.0 options IDLETIME and FREQ",
     .is_internal = true,
     .summary = "RESTORE for the nodes of a cluster, while a slot is on its way.",
     .complexity = kRestoreComplexity},
};

}  // namespace

CommandRows DumpCommands() {
  return kCommands;
}

}  // namespace redstart
