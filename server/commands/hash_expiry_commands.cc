// HEXPIRE, HTTL, HPERSIST and their relatives: the deadlines of fields of hashes (Redis 7.4).

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "server/commands/command_families.h"
#include "server/commands/hash_field_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/hash_editor.h"

namespace redstart {
namespace {

// What is answered for each field.
enum FieldReply : int8_t {
  kNoField = -2,
  kNoDeadline = -1,
  kConditionNotMet = 0,
  kDone = 1,
  kDeleted = 2,  // The deadline was past.
};

// When a deadline is to be set.
enum class Condition : uint8_t { kAlways, kNone, kSome, kLater, kEarlier };

struct ConditionWord {
  std::string_view word;
  Condition condition;
};
constexpr ConditionWord kConditions[] = {{"NX", Condition::kNone},
                                         {"XX", Condition::kSome},
                                         {"GT", Condition::kLater},
                                         {"LT", Condition::kEarlier}};

Condition ReadCondition(std::string_view word) {
  for (const ConditionWord& known : kConditions) {
    if (SameWord(word, known.word)) return known.condition;
  }
  return Condition::kAlways;
}

// A field without a deadline counts as one that stays longer than any.
bool Allows(Condition condition, uint64_t current, uint64_t deadline) {
  const bool has_deadline = current != HashView::kNever;
  switch (condition) {
    case Condition::kAlways:
      return true;
    case Condition::kNone:
      return !has_deadline;
    case Condition::kSome:
      return has_deadline;
    case Condition::kLater:
      return has_deadline && deadline > current;
    case Condition::kEarlier:
      return !has_deadline || deadline < current;
  }
  return true;
}

void ReplyForEach(Args fields, FieldReply answer, ReplyBuilder& reply) {
  reply.Array(fields.size());
  for (size_t i = 0; i < fields.size(); ++i) reply.Integer(answer);
}

// What a command of the family did: it is told to everybody as HPEXPIREAT of the fields that got
// the deadline, or as an HDEL for each that was deleted.
struct Changes {
  absl::InlinedVector<std::string_view, 8> fields;
  uint64_t deleted = 0;
};

void TellDeadlines(WriteKeys& keys, EditGuard<HashEditor>& hash, Args args, int64_t deadline,
                   const Changes& changes) {
  if (changes.deleted > 0) {
    keys.SuppressEffect();
    keys.ShardOf(args[1]).expired_fields.Add(changes.deleted);
    return hash.Changed(Event::kHash, "hdel", changes.deleted);
  }
  if (changes.fields.empty()) return;
  const std::string text = FormatInt64(deadline);
  const std::string count = FormatInt64(static_cast<int64_t>(changes.fields.size()));
  absl::InlinedVector<std::string_view, 12> effect = {"HPEXPIREAT", args[1], text};
  if (!SameWord(args[3], "FIELDS")) effect.push_back(args[3]);
  effect.insert(effect.end(), {"FIELDS", count});
  effect.insert(effect.end(), changes.fields.begin(), changes.fields.end());
  keys.Effect(effect);
  hash.Changed(Event::kHash, "hexpire", changes.fields.size());
}

FieldReply SetDeadline(WriteKeys& keys, EditGuard<HashEditor>& hash, std::string_view key,
                       std::string_view field, Condition condition, int64_t deadline,
                       Changes* changes) {
  const auto absolute = static_cast<uint64_t>(deadline);
  const std::optional<HashView::Held> held = hash->view().Lookup(field);
  if (!held) return kNoField;
  if (!Allows(condition, held->deadline, absolute)) return kConditionNotMet;
  if (keys.IsOver(deadline)) {
    keys.Aside({"HDEL", key, field});
    hash->Erase(field);
    ++changes->deleted;
    return kDeleted;
  }
  // 0 would mean that there is none.
  hash->SetDeadline(field, std::max<uint64_t>(absolute, 1));
  changes->fields.push_back(field);
  return kDone;
}

void Expire(WriteKeys& keys, Args args, const FieldTimeForm& form, ReplyBuilder& reply) {
  if (keys.Find<HashView>(args[1]).IsWrongType()) return reply.Fail(error::kWrongType);
  const auto deadline = ReadFieldDeadline(args[2], form, keys.now_ms(), reply);
  if (!deadline) return;
  const Condition condition = ReadCondition(args[3]);
  const size_t options = condition == Condition::kAlways ? 3 : 4;
  const auto fields = ReadFieldNames(args.subspan(options), error::kFieldCountToExpire, reply);
  if (!fields) return;
  auto hash = keys.EditHash(args[1], *fields);
  if (!hash) return ReplyForEach(*fields, kNoField, reply);
  reply.Array(fields->size());
  Changes changes;
  for (const std::string_view field : *fields) {
    reply.Integer(SetDeadline(keys, hash, args[1], field, condition, *deadline, &changes));
  }
  TellDeadlines(keys, hash, args, *deadline, changes);
}

// HEXPIRE key seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]
void HExpire(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Expire(keys, args, {"hexpire", 1000, /*relative=*/true}, reply);
}

// HPEXPIRE key milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]
void HPExpire(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Expire(keys, args, {"hpexpire", 1, /*relative=*/true}, reply);
}

// HEXPIREAT key unix-time-seconds [NX | XX | GT | LT] FIELDS numfields field [field ...]
void HExpireAt(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Expire(keys, args, {"hexpireat", 1000, /*relative=*/false}, reply);
}

// HPEXPIREAT key unix-time-milliseconds [NX | XX | GT | LT] FIELDS numfields field [field ...]
void HPExpireAt(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Expire(keys, args, {"hpexpireat", 1, /*relative=*/false}, reply);
}

enum class Time : uint8_t { kTtl, kDeadline };

// HTTL, HPTTL, HEXPIRETIME, HPEXPIRETIME key FIELDS numfields field [field ...]
template <Time kTime, int64_t kUnitMs>
void TimeOf(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const auto fields = ReadFieldNames(args.subspan(2), error::kFieldCountPositive, reply);
  if (!fields) return;
  reply.Array(fields->size());
  for (const std::string_view field : *fields) {
    const std::optional<HashView::Held> held = hash->Lookup(field);
    if (!held || held->IsExpired(keys.now_ms())) {
      reply.Integer(kNoField);
    } else if (held->deadline == HashView::kNever) {
      reply.Integer(kNoDeadline);
    } else {
      const uint64_t base = kTime == Time::kTtl ? keys.now_ms() : 0;
      // Begun seconds count as whole ones.
      reply.Integer((static_cast<int64_t>(held->deadline - base) + kUnitMs - 1) / kUnitMs);
    }
  }
}

// HPERSIST key FIELDS numfields field [field ...]
void HPersist(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto hash = keys.Edit<HashEditor>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const auto fields = ReadFieldNames(args.subspan(2), error::kFieldCountPositive, reply);
  if (!fields) return;
  if (!hash) return ReplyForEach(*fields, kNoField, reply);
  reply.Array(fields->size());
  bool changed = false;
  for (const std::string_view field : *fields) {
    const std::optional<HashView::Held> held = hash->view().Lookup(field);
    if (!held || held->IsExpired(keys.now_ms())) {
      reply.Integer(kNoField);
    } else if (held->deadline == HashView::kNever) {
      reply.Integer(kNoDeadline);
    } else {
      hash->SetDeadline(field, HashView::kNever);
      reply.Integer(kDone);
      changed = true;
    }
  }
  if (changed) hash.Changed(Event::kHash, "hpersist");
}

constexpr uint32_t kWriteFlags = kWrite | kDenyOom | kFast;
constexpr uint32_t kReadFlags = kReadOnly | kFast;
constexpr std::string_view kComplexity = "O(N), N being the number of fields named";
constexpr CommandSpec kCommands[] = {
    {.name = "HEXPIRE",
     .args = "key seconds [condition: NX | XX | GT | LT] <FIELDS numfields#i field [field ...]>",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HExpire,
     .since = "7.4.0",
     .summary = "Lets fields of a hash expire after so many seconds.",
     .complexity = kComplexity},
    {.name = "HEXPIREAT",
     .args = "key unix-time-seconds [condition: NX | XX | GT | LT] <FIELDS numfields#i field "
             "[field ...]>",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HExpireAt,
     .since = "7.4.0",
     .summary = "Lets fields of a hash expire at a time in seconds.",
     .complexity = kComplexity},
    {.name = "HEXPIRETIME",
     .args = "key <FIELDS numfields#i field [field ...]>",
     .arity = -5,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = TimeOf<Time::kDeadline, 1000>,
     .since = "7.4.0",
     .summary = "Answers with the times at which fields expire, in seconds.",
     .complexity = kComplexity},
    {.name = "HPERSIST",
     .args = "key <FIELDS numfields#i field [field ...]>",
     .arity = -5,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kHash,
     .run = HPersist,
     .since = "7.4.0",
     .summary = "Takes the deadlines of fields away.",
     .complexity = kComplexity},
    {.name = "HPEXPIRE",
     .args =
         "key milliseconds [condition: NX | XX | GT | LT] <FIELDS numfields#i field [field ...]>",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HPExpire,
     .since = "7.4.0",
     .summary = "Lets fields of a hash expire after so many milliseconds.",
     .complexity = kComplexity},
    {.name = "HPEXPIREAT",
     .args = "key unix-time-milliseconds [condition: NX | XX | GT | LT] <FIELDS numfields#i field "
             "[field ...]>",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HPExpireAt,
     .since = "7.4.0",
     .summary = "Lets fields of a hash expire at a time in milliseconds.",
     .complexity = kComplexity},
    {.name = "HPEXPIRETIME",
     .args = "key <FIELDS numfields#i field [field ...]>",
     .arity = -5,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = TimeOf<Time::kDeadline, 1>,
     .since = "7.4.0",
     .summary = "Answers with the times at which fields expire, in milliseconds.",
     .complexity = kComplexity},
    {.name = "HPTTL",
     .args = "key <FIELDS numfields#i field [field ...]>",
     .arity = -5,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = TimeOf<Time::kTtl, 1>,
     .since = "7.4.0",
     .summary = "Answers how long fields have still to live, in milliseconds.",
     .complexity = kComplexity,
     .tips = "nondeterministic_output"},
    {.name = "HTTL",
     .args = "key <FIELDS numfields#i field [field ...]>",
     .arity = -5,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = TimeOf<Time::kTtl, 1000>,
     .since = "7.4.0",
     .summary = "Answers how long fields have still to live, in seconds.",
     .complexity = kComplexity,
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows HashExpiryCommands() {
  return kCommands;
}

}  // namespace redstart
