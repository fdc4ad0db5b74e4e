// EXPIRE, TTL, PERSIST and their relatives: the deadlines of keys.

#include <algorithm>
#include <limits>

#include "absl/container/inlined_vector.h"
#include "server/commands/command_families.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"

namespace redstart {
namespace {

enum class Unit { kSeconds, kMilliseconds };

// How a command of the family reads its number.
struct TimeForm {
  std::string_view name;  // As in error texts.
  Unit unit;
  bool relative;
};

// When a deadline is to be set: NX, XX, GT, LT.
struct Condition {
  bool nx = false;
  bool xx = false;
  bool gt = false;
  bool lt = false;

  // `current` is Entry::kNever for a key without a deadline, which counts as later than any.
  bool Allows(uint64_t current, int64_t deadline) const {
    const bool has_deadline = current != Entry::kNever;
    const auto now_set = static_cast<int64_t>(current);
    if (nx && has_deadline) return false;
    if (xx && !has_deadline) return false;
    if (gt && (!has_deadline || deadline <= now_set)) return false;
    return !(lt && has_deadline && deadline >= now_set);
  }
};

// False if the error has been written.
bool ReadCondition(Args words, Condition* condition, ReplyBuilder& reply) {
  for (const std::string_view word : words) {
    if (SameWord(word, "NX")) {
      condition->nx = true;
    } else if (SameWord(word, "XX")) {
      condition->xx = true;
    } else if (SameWord(word, "GT")) {
      condition->gt = true;
    } else if (SameWord(word, "LT")) {
      condition->lt = true;
    } else {
      reply.FailWith({"ERR Unsupported option ", word});
      return false;
    }
  }
  if (condition->nx && (condition->xx || condition->gt || condition->lt)) {
    reply.Fail(error::kDeadlineNxConflict);
    return false;
  }
  if (condition->gt && condition->lt) {
    reply.Fail(error::kDeadlineGtLtConflict);
    return false;
  }
  return true;
}

// The absolute deadline in milliseconds, which may be long past or negative; nullopt if it does not
// fit 64 bits.
std::optional<int64_t> DeadlineOf(int64_t number, const TimeForm& form, uint64_t now_ms) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  if (form.unit == Unit::kSeconds) {
    if (number > kMax / 1000 || number < kMin / 1000) return std::nullopt;
    number *= 1000;
  }
  if (!form.relative) return number;
  const auto now = static_cast<int64_t>(now_ms);
  if (number > kMax - now) return std::nullopt;
  return number + now;
}

// The effect is always PEXPIREAT, so that it means the same whenever it is repeated.
void RecordDeadline(WriteKeys& keys, Args args, int64_t deadline) {
  const std::string text = FormatInt64(deadline);
  absl::InlinedVector<std::string_view, 4> effect = {"PEXPIREAT", args[1], text};
  effect.insert(effect.end(), args.begin() + 3, args.end());
  keys.Effect(effect);
}

void SetDeadline(WriteKeys& keys, Args args, const TimeForm& form, ReplyBuilder& reply) {
  Condition condition;
  if (!ReadCondition(args.subspan(3), &condition, reply)) return;
  const std::optional<int64_t> number = ParseInt64(args[2]);
  if (!number) return reply.Fail(error::kNotInteger);
  const std::optional<int64_t> deadline = DeadlineOf(*number, form, keys.now_ms());
  if (!deadline) return reply.Fail(error::InvalidExpire(form.name));
  const std::string_view key = args[1];
  const Entry* entry = keys.FindEntry(key);
  if (entry == nullptr || !condition.Allows(entry->deadline(), *deadline)) return reply.Integer(0);
  if (keys.IsOver(*deadline)) {
    keys.Delete(key);
    keys.Effect({keys.config().lazyfree_lazy_expire ? "UNLINK" : "DEL", key});
    keys.Changed(key, Event::kGeneric, "del");
  } else {
    // 0 would mean that there is none.
    keys.SetDeadline(key, static_cast<uint64_t>(std::max<int64_t>(*deadline, 1)));
    RecordDeadline(keys, args, *deadline);
    keys.Changed(key, Event::kGeneric, "expire");
  }
  reply.Integer(1);
}

// EXPIRE key seconds [NX | XX | GT | LT]
void Expire(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  SetDeadline(keys, args, {"expire", Unit::kSeconds, true}, reply);
}

// PEXPIRE key milliseconds [NX | XX | GT | LT]
void PExpire(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  SetDeadline(keys, args, {"pexpire", Unit::kMilliseconds, true}, reply);
}

// EXPIREAT key unix-time-seconds [NX | XX | GT | LT]
void ExpireAt(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  SetDeadline(keys, args, {"expireat", Unit::kSeconds, false}, reply);
}

// PEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT]
void PExpireAt(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  SetDeadline(keys, args, {"pexpireat", Unit::kMilliseconds, false}, reply);
}

// PERSIST key
void Persist(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const Entry* entry = keys.FindEntry(args[1]);
  if (entry == nullptr || !entry->has_deadline()) return reply.Integer(0);
  keys.SetDeadline(args[1], Entry::kNever);
  keys.Changed(args[1], Event::kGeneric, "persist");
  reply.Integer(1);
}

// -2: no such key; -1: no deadline. Seconds are rounded to the nearest.
void AnswerDeadline(const ReadKeys& keys, std::string_view key, Unit unit, bool relative,
                    ReplyBuilder& reply) {
  const Entry* entry = keys.Peek(key);
  if (entry == nullptr) return reply.Integer(-2);
  if (!entry->has_deadline()) return reply.Integer(-1);
  uint64_t time = entry->deadline();
  if (relative) time -= std::min(time, keys.now_ms());
  reply.Integer(static_cast<int64_t>(unit == Unit::kSeconds ? (time + 500) / 1000 : time));
}

// TTL key
void Ttl(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerDeadline(keys, args[1], Unit::kSeconds, true, reply);
}

// PTTL key
void PTtl(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerDeadline(keys, args[1], Unit::kMilliseconds, true, reply);
}

// EXPIRETIME key
void ExpireTime(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerDeadline(keys, args[1], Unit::kSeconds, false, reply);
}

// PEXPIRETIME key
void PExpireTime(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  AnswerDeadline(keys, args[1], Unit::kMilliseconds, false, reply);
}

constexpr CommandSpec kCommands[] = {
    {.name = "EXPIRE",
     .args = "key seconds [condition@7.0.0: NX | XX | GT | LT]",
     .arity = -3,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = Expire,
     .since = "1.0.0",
     .history = "7.0.0 options NX, XX, GT and LT",
     .summary = "Lets a key expire after some seconds.",
     .complexity = "O(1)"},
    {.name = "PEXPIRE",
     .args = "key milliseconds [condition@7.0.0: NX | XX | GT | LT]",
     .arity = -3,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = PExpire,
     .since = "2.6.0",
     .history = "7.0.0 options NX, XX, GT and LT",
     .summary = "Lets a key expire after some milliseconds.",
     .complexity = "O(1)"},
    {.name = "EXPIREAT",
     .args = "key unix-time-seconds [condition@7.0.0: NX | XX | GT | LT]",
     .arity = -3,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = ExpireAt,
     .since = "1.2.0",
     .history = "7.0.0 options NX, XX, GT and LT",
     .summary = "Lets a key expire at a Unix time in seconds.",
     .complexity = "O(1)"},
    {.name = "PEXPIREAT",
     .args = "key unix-time-milliseconds [condition@7.0.0: NX | XX | GT | LT]",
     .arity = -3,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = PExpireAt,
     .since = "2.6.0",
     .history = "7.0.0 options NX, XX, GT and LT",
     .summary = "Lets a key expire at a Unix time in milliseconds.",
     .complexity = "O(1)"},
    {.name = "PERSIST",
     .args = "key",
     .arity = 2,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .run = Persist,
     .since = "2.2.0",
     .summary = "Takes the deadline of a key away.",
     .complexity = "O(1)"},
    {.name = "TTL",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .run = Ttl,
     .since = "1.0.0",
     .history = "2.8.0 -2 tells that there is no key",
     .summary = "Seconds until a key expires.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "PTTL",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .run = PTtl,
     .since = "2.6.0",
     .history = "2.8.0 -2 tells that there is no key",
     .summary = "Milliseconds until a key expires.",
     .complexity = "O(1)",
     .tips = "nondeterministic_output"},
    {.name = "EXPIRETIME",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .run = ExpireTime,
     .since = "7.0.0",
     .summary = "The Unix time in seconds at which a key expires.",
     .complexity = "O(1)"},
    {.name = "PEXPIRETIME",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly | kFast,
     .run = PExpireTime,
     .since = "7.0.0",
     .summary = "The Unix time in milliseconds at which a key expires.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows ExpiryCommands() {
  return kCommands;
}

}  // namespace redstart
