// HGETEX, HGETDEL and HSETEX: fields of hashes read or written together with their deadlines
// (Redis 8.0).

#include <algorithm>
#include <string>

#include "absl/container/inlined_vector.h"
#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/hash_field_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/hash_editor.h"

namespace redstart {
namespace {

using Words = absl::InlinedVector<std::string_view, 16>;

// EX, PX, EXAT and PXAT.
struct TimeWord {
  std::string_view word;
  int64_t unit_ms;
  bool relative;
};
constexpr TimeWord kTimeWords[] = {
    {"EX", 1000, true}, {"PX", 1, true}, {"EXAT", 1000, false}, {"PXAT", 1, false}};

const TimeWord* FindTimeWord(std::string_view word) {
  for (const TimeWord& known : kTimeWords) {
    if (SameWord(word, known.word)) return &known;
  }
  return nullptr;
}

void ReplyWithNulls(size_t count, ReplyBuilder& reply) {
  reply.Array(count);
  for (; count > 0; --count) reply.Null();
}

// HGETDEL key FIELDS numfields field [field ...]
void HGetDel(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (keys.Read<HashView>(args[1]).IsWrongType()) return reply.Fail(error::kWrongType);
  const auto fields = ReadFieldNames(args.subspan(2), error::kFieldCountPositive, reply);
  if (!fields) return;
  auto hash = keys.EditHash(args[1], *fields);
  if (!hash) return ReplyWithNulls(fields->size(), reply);
  reply.Array(fields->size());
  Words effect = {"HDEL", args[1]};
  for (const std::string_view field : *fields) {
    const std::optional<Element> value = hash->view().Find(field);
    if (!value) {
      reply.Null();
      continue;
    }
    ReplyWithElement(*value, reply);
    hash->Erase(field);
    effect.push_back(field);
  }
  if (effect.size() == 2) return;
  keys.Effect(effect);
  hash.Changed(Event::kHash, "hdel", effect.size() - 2);
}

// What HGETEX is to do with the deadlines of the fields that it reads.
struct DeadlineChange {
  enum class Kind : uint8_t { kNothing, kSet, kPersist };
  Kind kind = Kind::kNothing;
  int64_t deadline = 0;
  size_t words = 0;  // That say so.
};

// Nothing if the error has been written.
std::optional<DeadlineChange> ReadDeadlineChange(Args args, uint64_t now_ms, ReplyBuilder& reply) {
  if (SameWord(args[0], "PERSIST"))
    return DeadlineChange{DeadlineChange::Kind::kPersist, 0, /*words=*/1};
  const TimeWord* word = FindTimeWord(args[0]);
  if (word == nullptr) return DeadlineChange{};
  const auto deadline =
      ReadFieldDeadline(args[1], {"hgetex", word->unit_ms, word->relative}, now_ms, reply);
  if (!deadline) return std::nullopt;
  return DeadlineChange{DeadlineChange::Kind::kSet, *deadline, /*words=*/2};
}

// Does it to one field, and adds the field to those that have changed.
void ChangeDeadline(WriteKeys& keys, EditGuard<HashEditor>& hash, std::string_view key,
                    std::string_view field, const DeadlineChange& change, Words* changed) {
  if (change.kind == DeadlineChange::Kind::kNothing) return;
  if (change.kind == DeadlineChange::Kind::kPersist) {
    if (hash->view().Lookup(field)->deadline == HashView::kNever) return;
    hash->SetDeadline(field, HashView::kNever);
  } else if (keys.IsOver(change.deadline)) {
    keys.Aside({"HDEL", key, field});
    hash->Erase(field);
  } else {
    hash->SetDeadline(field, static_cast<uint64_t>(std::max<int64_t>(change.deadline, 1)));
  }
  changed->push_back(field);
}

void TellDeadlines(WriteKeys& keys, EditGuard<HashEditor>& hash, std::string_view key,
                   const DeadlineChange& change, const Words& changed) {
  if (changed.empty()) return;
  if (change.kind == DeadlineChange::Kind::kSet && keys.IsOver(change.deadline)) {
    keys.SuppressEffect();
    keys.ShardOf(key).expired_fields.Add(changed.size());
    return hash.Changed(Event::kHash, "hdel", changed.size());
  }
  const bool sets = change.kind == DeadlineChange::Kind::kSet;
  const std::string deadline = FormatInt64(change.deadline);
  const std::string count = FormatInt64(static_cast<int64_t>(changed.size()));
  Words effect = {sets ? "HPEXPIREAT" : "HPERSIST", key};
  if (sets) effect.push_back(deadline);
  effect.insert(effect.end(), {"FIELDS", count});
  effect.insert(effect.end(), changed.begin(), changed.end());
  keys.Effect(effect);
  hash.Changed(Event::kHash, sets ? "hexpire" : "hpersist", changed.size());
}

// HGETEX key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT unix-time-milliseconds |
// PERSIST] FIELDS numfields field [field ...]
void HGetEx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (keys.Read<HashView>(args[1]).IsWrongType()) return reply.Fail(error::kWrongType);
  const auto change = ReadDeadlineChange(args.subspan(2), keys.now_ms(), reply);
  if (!change) return;
  const auto fields =
      ReadFieldNames(args.subspan(2 + change->words), error::kFieldCountPositive, reply);
  if (!fields) return;
  auto hash = keys.EditHash(args[1], *fields);
  if (!hash) return ReplyWithNulls(fields->size(), reply);
  reply.Array(fields->size());
  Words changed;
  for (const std::string_view field : *fields) {
    const std::optional<Element> value = hash->view().Find(field);
    if (!value) {
      reply.Null();
      continue;
    }
    ReplyWithElement(*value, reply);
    ChangeDeadline(keys, hash, args[1], field, *change, &changed);
  }
  TellDeadlines(keys, hash, args[1], *change, changed);
}

// The arguments of HSETEX.
struct SetOptions {
  bool if_all_exist = false;    // FXX
  bool if_none_exists = false;  // FNX
  bool keep_deadlines = false;
  std::optional<int64_t> deadline;
  size_t time_at = 0;  // Where EX and its like stand.
  Args pairs;

  // False if the error has been written.
  bool Read(Args args, uint64_t now_ms, ReplyBuilder& reply);

 private:
  bool ReadTime(Args args, size_t at, const TimeWord& word, uint64_t now_ms, ReplyBuilder& reply);
  bool ReadPairs(Args rest, ReplyBuilder& reply);
};

bool SetOptions::Read(Args args, uint64_t now_ms, ReplyBuilder& reply) {
  for (size_t i = 2; i < args.size(); ++i) {
    const std::string_view word = args[i];
    if (SameWord(word, "FIELDS")) return ReadPairs(args.subspan(i + 1), reply);
    if (const TimeWord* time = FindTimeWord(word)) {
      if (!ReadTime(args, i++, *time, now_ms, reply)) return false;
    } else if (SameWord(word, "KEEPTTL")) {
      if (deadline || keep_deadlines) return reply.Fail(error::kFieldTimeTwice), false;
      keep_deadlines = true;
    } else if (SameWord(word, "FXX") || SameWord(word, "FNX")) {
      if (if_all_exist || if_none_exists) return reply.Fail(error::kFieldConditionTwice), false;
      (SameWord(word, "FXX") ? if_all_exist : if_none_exists) = true;
    } else {
      reply.FailWith({"ERR unknown argument: ", error::Quotable(word)});
      return false;
    }
  }
  reply.Fail(error::kFieldsMissing);
  return false;
}

bool SetOptions::ReadTime(Args args, size_t at, const TimeWord& word, uint64_t now_ms,
                          ReplyBuilder& reply) {
  if (deadline || keep_deadlines) return reply.Fail(error::kFieldTimeTwice), false;
  if (at + 1 == args.size()) return reply.Fail(error::kFieldTimeMissing), false;
  deadline =
      ReadFieldDeadline(args[at + 1], {"hsetex", word.unit_ms, word.relative}, now_ms, reply);
  time_at = at;
  return deadline.has_value();
}

bool SetOptions::ReadPairs(Args rest, ReplyBuilder& reply) {
  if (rest.size() < 2) return reply.Fail(error::WrongArity("hsetex")), false;
  ArgReader in(rest);
  const int64_t count = in.Integer({.min = 1,
                                    .max = std::numeric_limits<int32_t>::max(),
                                    .otherwise = error::kFieldCountInvalid,
                                    .malformed = error::kFieldCountInvalid});
  if (!in.ok()) return reply.Fail(in.error()), false;
  if (static_cast<uint64_t>(count) * 2 != in.remaining())
    return reply.Fail(error::WrongArity("hsetex")), false;
  pairs = rest.subspan(1);
  return true;
}

// Whether FXX or FNX allow the fields to be set.
bool Allows(const SetOptions& options, const HashView& hash) {
  for (size_t i = 0; i < options.pairs.size(); i += 2) {
    const bool is_there = hash.Lookup(options.pairs[i]).has_value();
    if (options.if_all_exist && !is_there) return false;
    if (options.if_none_exists && is_there) return false;
  }
  return true;
}

// The new deadline is past: what is there of the fields goes.
void DeletePairs(WriteKeys& keys, EditGuard<HashEditor>& hash, std::string_view key, Args pairs) {
  for (size_t i = 0; i < pairs.size(); i += 2) {
    if (hash->Erase(pairs[i])) keys.Aside({"HDEL", key, pairs[i]});
  }
  keys.SuppressEffect();
  keys.ShardOf(key).expired_fields.Add(pairs.size() / 2);
  keys.Notify(key, Event::kHash, "hset");
  hash.Changed(Event::kHash, "hdel", pairs.size() / 2);
}

void SetPairs(WriteKeys& keys, EditGuard<HashEditor>& hash, Args args, const SetOptions& options) {
  const auto old_deadline = options.keep_deadlines || options.deadline
                                ? HashEditor::OldDeadline::kKeep
                                : HashEditor::OldDeadline::kDrop;
  hash->PrepareFor(options.pairs);
  for (size_t i = 0; i < options.pairs.size(); i += 2) {
    hash->Set(options.pairs[i], options.pairs[i + 1], old_deadline);
    if (options.deadline) {
      hash->SetDeadline(options.pairs[i],
                        static_cast<uint64_t>(std::max<int64_t>(*options.deadline, 1)));
    }
  }
  if (options.deadline) {
    const std::string deadline = FormatInt64(*options.deadline);
    Words effect(args.begin(), args.end());
    effect[options.time_at] = "PXAT";
    effect[options.time_at + 1] = deadline;
    keys.Effect(effect);
  }
  hash.Changed(Event::kHash, "hset", options.pairs.size() / 2);
  if (options.deadline) keys.Notify(args[1], Event::kHash, "hexpire");
}

// HSETEX key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds |
// PXAT unix-time-milliseconds | KEEPTTL] FIELDS numfields field value [field value ...]
void HSetEx(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  SetOptions options;
  if (!options.Read(args, keys.now_ms(), reply)) return;
  // What has expired does not exist; without a condition it is just overwritten.
  Words fields;
  if (options.if_all_exist || options.if_none_exists) {
    for (size_t i = 0; i < options.pairs.size(); i += 2) fields.push_back(options.pairs[i]);
  }
  auto hash = keys.EditOrCreateHash(args[1], fields);
  if (hash.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!Allows(options, hash->view())) return reply.Integer(0);
  if (options.deadline && keys.IsOver(*options.deadline)) {
    DeletePairs(keys, hash, args[1], options.pairs);
  } else {
    SetPairs(keys, hash, args, options);
  }
  reply.Integer(1);
}

constexpr std::string_view kComplexity = "O(N), N being the number of fields named";
constexpr CommandSpec kCommands[] = {
    {.name = "HGETDEL",
     .args = "key FIELDS numfields field [field ...]",
     .arity = -5,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kHash,
     .run = HGetDel,
     .since = "8.0.0",
     .summary = "Answers with the values of fields and deletes them.",
     .complexity = kComplexity},
    {.name = "HGETEX",
     .args = "key [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT "
             "unix-time-milliseconds | PERSIST] FIELDS numfields field [field ...]",
     .arity = -5,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kHash,
     .run = HGetEx,
     .since = "8.0.0",
     .summary =
         "Answers with the values of fields and gives them a deadline, or takes theirs away.",
     .complexity = kComplexity},
    {.name = "HSETEX",
     .args = "key [FNX | FXX] [EX seconds | PX milliseconds | EXAT unix-time-seconds | PXAT "
             "unix-time-milliseconds | KEEPTTL] FIELDS numfields field value [field value ...]",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = CommandGroup::kHash,
     .run = HSetEx,
     .since = "8.0.0",
     .summary = "Sets fields of a hash together with their deadline.",
     .complexity = kComplexity},
};

}  // namespace

CommandRows HashGetExCommands() {
  return kCommands;
}

}  // namespace redstart
