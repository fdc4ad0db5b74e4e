// Hashes: fields with values under one key.

#include <cmath>
#include <limits>
#include <string>

#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/scan_options.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/hash_editor.h"

namespace redstart {
namespace {

enum class Part : uint8_t { kFields, kValues, kBoth };

// The value of a field; one that has expired is deleted after the command.
std::optional<Element> FindField(const ReadKeys& keys, std::string_view key, const HashView& hash,
                                 std::string_view field) {
  const std::optional<HashView::Held> held = hash.Lookup(field);
  if (!held) return std::nullopt;
  if (held->IsExpired(keys.now_ms())) {
    keys.NoteExpiredField(key, field);
    return std::nullopt;
  }
  return held->value;
}

void ReplyWithField(const ReadKeys& keys, std::string_view key, const HashView& hash,
                    std::string_view field, ReplyBuilder& reply) {
  const std::optional<Element> value = FindField(keys, key, hash, field);
  if (!value) return reply.Null();
  ReplyWithElement(*value, reply);
}

// Sets fields and values, and tells how many fields are new. Otherwise the error has been written.
std::optional<int64_t> SetFields(WriteKeys& keys, Args args, std::string_view command,
                                 ReplyBuilder& reply) {
  if (args.size() % 2 != 0) {
    reply.Fail(error::WrongArity(command));
    return std::nullopt;
  }
  auto hash = keys.EditOrCreate<HashEditor>(args[1]);
  if (hash.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return std::nullopt;
  }
  const Args pairs = args.subspan(2);
  hash->PrepareFor(pairs);
  int64_t added = 0;
  for (size_t i = 0; i < pairs.size(); i += 2) added += hash->Set(pairs[i], pairs[i + 1]);
  hash.Changed(Event::kHash, "hset", pairs.size() / 2);
  return added;
}

// HSET key field value [field value ...]
void HSet(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (const auto added = SetFields(keys, args, "hset", reply)) reply.Integer(*added);
}

// HMSET key field value [field value ...]
void HMSet(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (SetFields(keys, args, "hmset", reply)) reply.Ok();
}

// HSETNX key field value
void HSetNx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto hash = keys.EditOrCreateHash(args[1], args.subspan(2, 1));
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  if (hash->view().Find(args[2])) return reply.Integer(0);
  hash->PrepareFor(args.subspan(2));
  hash->Set(args[2], args[3]);
  hash.Changed(Event::kHash, "hset");
  reply.Integer(1);
}

// HGET key field
void HGet(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  ReplyWithField(keys, args[1], *hash, args[2], reply);
}

// HMGET key field [field ...]
void HMGet(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const Args fields = args.subspan(2);
  reply.Array(fields.size());
  for (const std::string_view field : fields) ReplyWithField(keys, args[1], *hash, field, reply);
}

// HGETALL key, HKEYS key, HVALS key
template <Part kPart>
void GetAll(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  if (kPart == Part::kBoth) {
    reply.Map(hash->ShownSize());
  } else {
    reply.Array(hash->ShownSize());
  }
  hash->ForEach([&](const Element& field, const Element& value) {
    if (kPart != Part::kValues) ReplyWithElement(field, reply);
    if (kPart != Part::kFields) ReplyWithElement(value, reply);
  });
}

// HDEL key field [field ...]
void HDel(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto hash = keys.Edit<HashEditor>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!hash) return reply.Integer(0);
  int64_t deleted = 0;
  for (const std::string_view field : args.subspan(2)) deleted += hash->Erase(field);
  if (deleted > 0) hash.Changed(Event::kHash, "hdel", static_cast<uint64_t>(deleted));
  reply.Integer(deleted);
}

// HLEN key
void HLen(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(static_cast<int64_t>(hash->size()));
}

// HSTRLEN key field
void HStrLen(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const std::optional<Element> value = FindField(keys, args[1], *hash, args[2]);
  reply.Integer(value ? static_cast<int64_t>(value->size()) : 0);
}

// HEXISTS key field
void HExists(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(FindField(keys, args[1], *hash, args[2]) ? 1 : 0);
}

// HINCRBY key field increment
void HIncrBy(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<int64_t> increment = ParseInt64(args[3]);
  if (!increment) return reply.Fail(error::kNotInteger);
  auto hash = keys.EditOrCreateHash(args[1], args.subspan(2, 1));
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const std::optional<Element> value = hash->view().Find(args[2]);
  const std::optional<int64_t> before = value ? value->AsInteger() : 0;
  if (!before) return reply.Fail(error::kHashValueNotInteger);
  int64_t after;
  if (__builtin_add_overflow(*before, *increment, &after)) return reply.Fail(error::kOverflow);
  IntegerText text;
  hash->Set(args[2], Element(after).View(&text), HashEditor::OldDeadline::kKeep);
  hash.Changed(Event::kHash, "hincrby");
  reply.Integer(after);
}

// HINCRBYFLOAT key field increment
void HIncrByFloat(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<long double> increment = ParseLongDouble(args[3]);
  if (!increment) return reply.Fail(error::kNotFloat);
  if (!std::isfinite(*increment)) return reply.Fail(error::kNanOrInfinityGiven);
  auto hash = keys.EditOrCreateHash(args[1], args.subspan(2, 1));
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  const std::optional<HashView::Held> held = hash->view().Lookup(args[2]);
  const bool has_deadline = held && held->deadline != HashView::kNever;
  IntegerText scratch;
  const std::optional<long double> before = held ? ParseLongDouble(held->value.View(&scratch)) : 0;
  if (!before) return reply.Fail(error::kHashValueNotFloat);
  const long double after = *before + *increment;
  if (!std::isfinite(after)) return reply.Fail(error::kNanOrInfinity);
  const std::string text = FormatLongDouble(after);
  hash->Set(args[2], text, HashEditor::OldDeadline::kKeep);
  hash.Changed(Event::kHash, "hincrbyfloat");
  // The sum, not the increment: another machine may round differently. HSET would take a deadline
  // away; without one it is what every version understands.
  if (has_deadline) {
    keys.Effect({"HSETEX", args[1], "KEEPTTL", "FIELDS", "1", args[2], text});
  } else {
    keys.Effect({"HSET", args[1], args[2], text});
  }
  reply.Bulk(text);
}

void ReplyWithRandomFields(const HashView& hash, int64_t count, bool with_values,
                           ReplyBuilder& reply) {
  const bool repeats = count < 0;
  const uint64_t wanted = repeats ? -static_cast<uint64_t>(count) : static_cast<uint64_t>(count);
  const uint64_t shown = hash.ShownSize();
  const uint64_t given = repeats ? wanted : std::min<uint64_t>(wanted, shown);
  if (given == 0 || shown == 0) return reply.EmptyArray();
  const bool nested = with_values && reply.resp_version() >= 3;
  reply.Array(with_values && !nested ? given * 2 : given);
  const auto visit = [&](const Element& field, const Element& value) {
    if (nested) reply.Array(2);
    ReplyWithElement(field, reply);
    if (with_values) ReplyWithElement(value, reply);
  };
  if (repeats) {
    hash.VisitRandomTimes(given, visit);
  } else {
    hash.VisitRandomDistinct(given, visit);
  }
}

// As on Redis, a choice among all fields deletes those that have expired.
void NoteExpired(const ReadKeys& keys, std::string_view key, const HashView& hash) {
  const uint64_t earliest = hash.EarliestDeadline();
  if (earliest != HashView::kNever && earliest < keys.now_ms()) keys.NoteExpiredFields(key);
}

// HRANDFIELD key [count [WITHVALUES]]
void HRandField(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() == 2) {
    const auto hash = keys.Find<HashView>(args[1]);
    if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
    if (!hash) return reply.Null();
    NoteExpired(keys, args[1], *hash);
    if (hash->ShownSize() == 0) return reply.Null();
    return hash->VisitRandom(
        [&](const Element& field, const Element&) { ReplyWithElement(field, reply); });
  }
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  ArgReader in(args.subspan(2));
  const int64_t count = in.Integer({.min = -kMax, .otherwise = error::kCountRange});
  if (!in.ok()) return reply.Fail(in.error());
  const bool with_values = in.Word("WITHVALUES");
  if (!in.done()) return reply.Fail(error::kSyntax);
  if (with_values && (count < -kMax / 2 || count > kMax / 2)) {
    return reply.Fail(error::kValueRange);
  }
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  if (hash) NoteExpired(keys, args[1], *hash);
  ReplyWithRandomFields(*hash, count, with_values, reply);
}

// HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]
void HScan(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> cursor = ParseCursor(args[2]);
  if (!cursor) return reply.Fail(error::kInvalidCursor);
  const auto hash = keys.Find<HashView>(args[1]);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  ScanReply found;
  // As on Redis, wrong options are no error where there is nothing to scan.
  if (!hash) return found.Write(0, reply);
  ScanOptions options;
  const std::string_view error = options.Read(args.subspan(3), ScanKind::kHash);
  if (!error.empty()) return reply.Fail(error);
  const uint64_t next =
      hash->Scan(*cursor, options.count, [&](const Element& field, const Element& value) {
        if (!options.Matches(field)) return;
        found.Add(field);
        if (!options.no_values) found.Add(value);
      });
  found.Write(next, reply);
}

constexpr uint32_t kWriteFlags = kWrite | kDenyOom | kFast;
constexpr uint32_t kReadFlags = kReadOnly | kFast;
constexpr CommandSpec kCommands[] = {
    {.name = "HSET",
     .args = "key field value [field value ...]",
     .arity = -4,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HSet,
     .since = "2.0.0",
     .summary = "Sets fields of a hash, which is created if it is not there.",
     .complexity = "O(N), N being the number of fields"},
    {.name = "HMSET",
     .args = "key field value [field value ...]",
     .arity = -4,
     .keys = kUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HMSet,
     .since = "2.0.0",
     .summary = "Does what HSET does, and answers OK.",
     .complexity = "O(N), N being the number of fields"},
    {.name = "HSETNX",
     .args = "key field value",
     .arity = 4,
     .keys = kInsertFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HSetNx,
     .since = "2.0.0",
     .summary = "Sets a field of a hash if there is no such field yet.",
     .complexity = "O(1)"},
    {.name = "HGET",
     .args = "key field",
     .arity = 3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = HGet,
     .since = "2.0.0",
     .summary = "Answers with the value of a field.",
     .complexity = "O(1)"},
    {.name = "HMGET",
     .args = "key field [field ...]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = HMGet,
     .since = "2.0.0",
     .summary = "Answers with the values of several fields.",
     .complexity = "O(N), N being the number of fields"},
    {.name = "HGETALL",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kHash,
     .run = GetAll<Part::kBoth>,
     .since = "2.0.0",
     .summary = "Answers with all fields of a hash and their values.",
     .complexity = "O(N), N being the size of the hash",
     .tips = "nondeterministic_output_order"},
    {.name = "HDEL",
     .args = "key field [field ...]",
     .arity = -3,
     .keys = kDeleteInFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kHash,
     .run = HDel,
     .since = "2.0.0",
     .summary = "Deletes fields of a hash, and the hash with its last one.",
     .complexity = "O(N), N being the number of fields"},
    {.name = "HLEN",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = HLen,
     .since = "2.0.0",
     .summary = "Counts the fields of a hash.",
     .complexity = "O(1)"},
    {.name = "HSTRLEN",
     .args = "key field",
     .arity = 3,
     .keys = kPeekFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = HStrLen,
     .since = "3.2.0",
     .summary = "Answers with the length of a field's value.",
     .complexity = "O(1)"},
    {.name = "HEXISTS",
     .args = "key field",
     .arity = 3,
     .keys = kPeekFirstKey,
     .flags = kReadFlags,
     .group = CommandGroup::kHash,
     .run = HExists,
     .since = "2.0.0",
     .summary = "Tells whether a hash has a field.",
     .complexity = "O(1)"},
    {.name = "HKEYS",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kHash,
     .run = GetAll<Part::kFields>,
     .since = "2.0.0",
     .summary = "Answers with all fields of a hash.",
     .complexity = "O(N), N being the size of the hash",
     .tips = "nondeterministic_output_order"},
    {.name = "HVALS",
     .args = "key",
     .arity = 2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kHash,
     .run = GetAll<Part::kValues>,
     .since = "2.0.0",
     .summary = "Answers with all values of a hash.",
     .complexity = "O(N), N being the size of the hash",
     .tips = "nondeterministic_output_order"},
    {.name = "HINCRBY",
     .args = "key field increment",
     .arity = 4,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HIncrBy,
     .since = "2.0.0",
     .summary = "Adds a number to the integer in a field; a missing field counts as 0.",
     .complexity = "O(1)"},
    {.name = "HINCRBYFLOAT",
     .args = "key field increment",
     .arity = 4,
     .keys = kAccessAndUpdateFirstKey,
     .flags = kWriteFlags,
     .group = CommandGroup::kHash,
     .run = HIncrByFloat,
     .since = "2.6.0",
     .summary = "Adds a floating point number to the one in a field; a missing field counts as 0.",
     .complexity = "O(1)"},
    {.name = "HRANDFIELD",
     .args = "key [count [WITHVALUES]]",
     .arity = -2,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kHash,
     .run = HRandField,
     .since = "6.2.0",
     .summary = "Picks fields of a hash at random.",
     .complexity = "O(N), N being the number of fields picked",
     .tips = "nondeterministic_output"},
    {.name = "HSCAN",
     .args = "key cursor [MATCH pattern] [COUNT count] [NOVALUES]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = CommandGroup::kHash,
     .run = HScan,
     .since = "2.8.0",
     .summary = "Visits the fields of a hash a few at a time.",
     .complexity = "O(1) for every call, O(N) for N fields from cursor 0 back to cursor 0",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows HashCommands() {
  return kCommands;
}

}  // namespace redstart
