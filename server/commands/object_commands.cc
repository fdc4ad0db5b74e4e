// OBJECT: how a value is held and how it was used.

#include <limits>

#include "server/commands/command_families.h"
#include "server/commands/help_reply.h"
#include "server/exec/call.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/access_clock.h"
#include "storage/value.h"

namespace redstart {
namespace {

// OBJECT ENCODING key
void Encoding(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(args[2]);
  if (entry == nullptr) return reply.Null();
  reply.Bulk(EncodingName(*entry));
}

// OBJECT FREQ key
void Frequency(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(args[2]);
  if (entry == nullptr) return reply.Null();
  if (!UsesLfu(keys.config().maxmemory_policy)) return reply.Fail(error::kFrequencyNotTracked);
  reply.Integer(LfuCounter(entry->access(), keys.now_ms(), keys.config().lfu_decay_time));
}

// OBJECT IDLETIME key
void IdleTime(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(args[2]);
  if (entry == nullptr) return reply.Null();
  if (UsesLfu(keys.config().maxmemory_policy)) return reply.Fail(error::kIdleTimeNotTracked);
  reply.Integer(static_cast<int64_t>(LruIdleSeconds(entry->access(), keys.now_ms())));
}

// Whether Redis would take the value from its pool of small integers. It does without where every
// value needs an access clock of its own.
bool IsPooledOnRedis(const Entry& entry, const Config& config) {
  constexpr int64_t kPoolSize = 10'000;
  const MaxmemoryPolicy policy = config.maxmemory_policy;
  const bool needs_clock = UsesLfu(policy) || policy == MaxmemoryPolicy::kVolatileLru ||
                           policy == MaxmemoryPolicy::kAllkeysLru;
  if (config.maxmemory != 0 && needs_clock) return false;
  if (entry.type() != ValueType::kString || !entry.string().is_integer()) return false;
  return entry.string().integer() >= 0 && entry.string().integer() < kPoolSize;
}

// OBJECT REFCOUNT key
void RefCount(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(args[2]);
  if (entry == nullptr) return reply.Null();
  // Every value belongs to one key; clients that look for pooled integers see what Redis shows.
  reply.Integer(IsPooledOnRedis(*entry, keys.config()) ? std::numeric_limits<int32_t>::max() : 1);
}

// OBJECT HELP
void Help(Call&, Args args, ReplyBuilder& reply) {
  constexpr std::string_view kLines[] = {
      "ENCODING <key>",
      "    How the value of the key is held in memory.",
      "FREQ <key>",
      "    How often the key was used of late, on a logarithmic scale from 0 to 255.",
      "IDLETIME <key>",
      "    Seconds since the key was last used.",
      "REFCOUNT <key>",
      "    References to the value of the key.",
  };
  ReplyWithHelp(args[0], kLines, reply);
}

constexpr CommandSpec kCommands[] = {
    {.name = "OBJECT",
     .arity = -2,
     .flags = kContainer,
     .group = CommandGroup::kGeneric,
     .since = "2.2.3",
     .summary = "Looks behind values: how they are held and used.",
     .complexity = "Depends on the subcommand."},
    {.name = "OBJECT ENCODING",
     .args = "key",
     .arity = 3,
     .keys = kReadSecondArgument,
     .flags = kReadOnly,
     .group = CommandGroup::kGeneric,
     .run = Encoding,
     .since = "2.2.3",
     .summary = "Names the form in which a value is held.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "OBJECT FREQ",
     .args = "key",
     .arity = 3,
     .keys = kReadSecondArgument,
     .flags = kReadOnly,
     .group = CommandGroup::kGeneric,
     .run = Frequency,
     .since = "4.0.0",
     .summary = "Answers with the logarithmic counter of a key's uses.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "OBJECT HELP",
     .arity = 2,
     .flags = kLoading | kStale,
     .group = CommandGroup::kGeneric,
     .run = Help,
     .since = "6.2.0",
     .summary = "Explains the subcommands.",
     .complexity = "O(1)"},
    {.name = "OBJECT IDLETIME",
     .args = "key",
     .arity = 3,
     .keys = kReadSecondArgument,
     .flags = kReadOnly,
     .group = CommandGroup::kGeneric,
     .run = IdleTime,
     .since = "2.2.3",
     .summary = "Answers with the seconds since a key was last used.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "OBJECT REFCOUNT",
     .args = "key",
     .arity = 3,
     .keys = kReadSecondArgument,
     .flags = kReadOnly,
     .group = CommandGroup::kGeneric,
     .run = RefCount,
     .since = "2.2.3",
     .summary = "Answers with the number of references to a value.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows ObjectCommands() {
  return kCommands;
}

}  // namespace redstart
