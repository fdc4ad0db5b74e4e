// INCR and its relatives: strings as numbers.

#include <cmath>
#include <limits>

#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

void IncrementKey(WriteKeys& keys, std::string_view key, int64_t increment, ReplyBuilder& reply) {
  auto counter = keys.Edit<StringEditor>(key);
  if (counter.IsWrongType()) return reply.Fail(error::kWrongType);
  const std::optional<int64_t> before = counter ? counter->value().AsInteger() : 0;
  if (!before) return reply.Fail(error::kNotInteger);
  int64_t after;
  if (__builtin_add_overflow(*before, increment, &after)) return reply.Fail(error::kOverflow);
  if (counter) {
    counter->AssignInteger(after);
  } else {
    char text[kMaxInt64Chars];
    keys.Put(key, {text, static_cast<size_t>(FormatInt64(after, text) - text)});
  }
  keys.Changed(key, Event::kString, "incrby");
  reply.Integer(after);
}

// INCR key
void Incr(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  IncrementKey(keys, args[1], 1, reply);
}

// DECR key
void Decr(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  IncrementKey(keys, args[1], -1, reply);
}

// INCRBY key increment
void IncrBy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<int64_t> increment = ParseInt64(args[2]);
  if (!increment) return reply.Fail(error::kNotInteger);
  IncrementKey(keys, args[1], *increment, reply);
}

// DECRBY key decrement
void DecrBy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<int64_t> decrement = ParseInt64(args[2]);
  if (!decrement) return reply.Fail(error::kNotInteger);
  if (*decrement == std::numeric_limits<int64_t>::min()) {
    return reply.Fail(error::kDecrementOverflow);
  }
  IncrementKey(keys, args[1], -*decrement, reply);
}

// INCRBYFLOAT key increment
void IncrByFloat(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::string_view key = args[1];
  const auto found = keys.Find<StringRef>(key);
  if (found.IsWrongType()) return reply.Fail(error::kWrongType);
  IntegerText scratch;
  const std::optional<long double> before =
      found ? ParseLongDouble(found->View(&scratch)) : std::optional<long double>(0);
  const std::optional<long double> increment = ParseLongDouble(args[2]);
  if (!before || !increment) return reply.Fail(error::kNotFloat);
  const long double after = *before + *increment;
  if (!std::isfinite(after)) return reply.Fail(error::kNanOrInfinity);
  const std::string text = FormatLongDouble(after);
  keys.Put(key, text, {.keep_deadline = true, .may_be_integer = false});
  keys.Changed(key, Event::kString, "incrbyfloat");
  // The sum, not the increment: another machine may round differently.
  keys.Effect({"SET", key, text, "KEEPTTL"});
  reply.Bulk(text);
}

constexpr uint32_t kFlags = kWrite | kDenyOom | kFast;
constexpr CommandSpec kCommands[] = {
    {.name = "INCR",
     .args = "key",
     .arity = 2,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kFlags,
     .group = CommandGroup::kString,
     .run = Incr,
     .since = "1.0.0",
     .summary = "Adds one to the integer at a key; a missing key counts as 0.",
     .complexity = "O(1)"},
    {.name = "DECR",
     .args = "key",
     .arity = 2,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kFlags,
     .group = CommandGroup::kString,
     .run = Decr,
     .since = "1.0.0",
     .summary = "Takes one from the integer at a key; a missing key counts as 0.",
     .complexity = "O(1)"},
    {.name = "INCRBY",
     .args = "key increment",
     .arity = 3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kFlags,
     .group = CommandGroup::kString,
     .run = IncrBy,
     .since = "1.0.0",
     .summary = "Adds a number to the integer at a key; a missing key counts as 0.",
     .complexity = "O(1)"},
    {.name = "DECRBY",
     .args = "key decrement",
     .arity = 3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kFlags,
     .group = CommandGroup::kString,
     .run = DecrBy,
     .since = "1.0.0",
     .summary = "Takes a number from the integer at a key; a missing key counts as 0.",
     .complexity = "O(1)"},
    {.name = "INCRBYFLOAT",
     .args = "key increment#d",
     .arity = 3,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kFlags,
     .group = CommandGroup::kString,
     .run = IncrByFloat,
     .since = "2.6.0",
     .summary = "Adds a floating point number to the number at a key; a missing key counts as 0.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows CounterCommands() {
  return kCommands;
}

}  // namespace redstart
