// Lists: sequences of elements under one key. What pops from several keys, or moves elements from
// one to another, and waits for them, stands in list_move_commands.cc.

#include <algorithm>
#include <limits>

#include "server/commands/command_families.h"
#include "server/commands/element_reply.h"
#include "server/commands/list_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/list_editor.h"

namespace redstart {
namespace {

template <ListEnd kEnd>
constexpr std::string_view kPushEvent = kEnd == ListEnd::kHead ? "lpush" : "rpush";

template <ListEnd kEnd, typename Guard>
void PushAll(Guard& list, Args elements, ReplyBuilder& reply) {
  list->PrepareFor(elements);
  for (const std::string_view element : elements) list->Push(kEnd, element);
  const size_t size = list->size();
  list.Changed(Event::kList, kPushEvent<kEnd>, elements.size());
  reply.Integer(static_cast<int64_t>(size));
}

// LPUSH key element [element ...], RPUSH
template <ListEnd kEnd>
void Push(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto list = keys.EditOrCreate<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  PushAll<kEnd>(list, args.subspan(2), reply);
}

// LPUSHX key element [element ...], RPUSHX
template <ListEnd kEnd>
void PushIfThere(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Integer(0);
  PushAll<kEnd>(list, args.subspan(2), reply);
}

// LPOP key [count], RPOP
template <ListEnd kEnd>
void Pop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 3)
    return reply.Fail(error::WrongArity(kEnd == ListEnd::kHead ? "lpop" : "rpop"));
  const bool has_count = args.size() == 3;
  size_t count = 1;
  if (has_count) {
    ArgReader in(args.subspan(2));
    count = static_cast<size_t>(in.Integer(
        {.min = 0, .otherwise = error::kMustBePositive, .malformed = error::kMustBePositive}));
    if (!in.ok()) return reply.Fail(in.error());
  }
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return has_count ? reply.NullArray() : reply.Null();
  if (count == 0) return reply.EmptyArray();
  count = std::min(count, list->size());
  if (has_count) reply.Array(count);
  PopElements(list, kEnd, count, reply);
}

// LLEN key
void LLen(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto list = keys.Find<ListView>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(static_cast<int64_t>(list->size()));
}

// LINDEX key index
void LIndex(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto list = keys.Find<ListView>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Null();
  const std::optional<int64_t> index = ParseInt64(args[2]);
  if (!index) return reply.Fail(error::kNotInteger);
  const std::optional<Element> element = list->At(*index);
  if (!element) return reply.Null();
  ReplyWithElement(*element, reply);
}

// The part of a list of `size` elements that start and stop name, both included and from the tail
// if negative.
struct Part {
  size_t begin = 0;
  size_t count = 0;
};
Part PartOf(int64_t size, int64_t start, int64_t stop) {
  if (start < 0) start = std::max<int64_t>(start + size, 0);
  if (stop < 0) stop += size;
  if (start > stop || start >= size) return {};
  stop = std::min(stop, size - 1);
  return {static_cast<size_t>(start), static_cast<size_t>(stop - start + 1)};
}

// LRANGE key start stop
void LRange(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t start = in.Integer();
  const int64_t stop = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  const auto list = keys.Find<ListView>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  const Part part = PartOf(static_cast<int64_t>(list->size()), start, stop);
  reply.Array(part.count);
  ReplyWithElements(*list, static_cast<int64_t>(part.begin), ListEnd::kTail, part.count, reply);
}

// LTRIM key start stop
void LTrim(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  ArgReader in(args.subspan(2));
  const int64_t start = in.Integer();
  const int64_t stop = in.Integer();
  if (!in.ok()) return reply.Fail(in.error());
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Ok();
  const size_t size = list->size();
  const Part kept = PartOf(static_cast<int64_t>(size), start, stop);
  const size_t end = kept.begin + kept.count;
  if (end < size) list->EraseRange(end, size - end);
  if (kept.begin > 0) list->EraseRange(0, kept.begin);
  list.Changed(Event::kList, "ltrim", size - kept.count);
  // Whoever watches the key hears of it; but there is nothing to repeat.
  if (kept.count == size) keys.SuppressEffect();
  reply.Ok();
}

// LSET key index element
void LSet(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Fail(error::kNoSuchKey);
  const std::optional<int64_t> index = ParseInt64(args[2]);
  if (!index) return reply.Fail(error::kNotInteger);
  list->PrepareFor(args.subspan(3, 1));
  if (!list->Set(*index, args[3])) return reply.Fail(error::kOutOfRange);
  list.Changed(Event::kList, "lset");
  reply.Ok();
}

// LINSERT key BEFORE|AFTER pivot element
void LInsert(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const bool after = SameWord(args[2], "AFTER");
  if (!after && !SameWord(args[2], "BEFORE")) return reply.Fail(error::kSyntax);
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Integer(0);
  list->PrepareFor(args.subspan(4, 1));
  if (!list->Insert(after ? ListEnd::kTail : ListEnd::kHead, args[3], args[4])) {
    return reply.Integer(-1);
  }
  const size_t size = list->size();
  list.Changed(Event::kList, "linsert");
  reply.Integer(static_cast<int64_t>(size));
}

// LREM key count element
void LRem(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<int64_t> count = ParseInt64(args[2]);
  if (!count) return reply.Fail(error::kNotInteger);
  auto list = keys.Edit<ListEditor>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return reply.Integer(0);
  const ListEnd from = *count < 0 ? ListEnd::kTail : ListEnd::kHead;
  const uint64_t most = *count < 0 ? -static_cast<uint64_t>(*count) : static_cast<uint64_t>(*count);
  const size_t removed = list->Remove(from, most == 0 ? SIZE_MAX : most, args[3]);
  if (removed > 0) list.Changed(Event::kList, "lrem", removed);
  reply.Integer(static_cast<int64_t>(removed));
}

struct PosOptions {
  int64_t rank = 1;
  std::optional<int64_t> count;
  int64_t max_length = 0;
};

// What LPOS is asked for behind key and element; otherwise the error has been written.
std::optional<PosOptions> ReadPosOptions(Args args, ReplyBuilder& reply) {
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  constexpr std::string_view kNegativeCount = "ERR COUNT can't be negative";
  constexpr std::string_view kNegativeLength = "ERR MAXLEN can't be negative";
  PosOptions options;
  ArgReader in(args);
  while (in.ok() && !in.done()) {
    if (in.remaining() < 2) {
      in.Fail(error::kSyntax);
    } else if (in.Word("RANK")) {
      options.rank = in.Integer({.min = -kMax, .otherwise = error::kCountRange});
      if (in.ok() && options.rank == 0) {
        in.Fail(
            "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or "
            "use negative to start from the end of the list");
      }
    } else if (in.Word("COUNT")) {
      options.count =
          in.Integer({.min = 0, .otherwise = kNegativeCount, .malformed = kNegativeCount});
    } else if (in.Word("MAXLEN")) {
      options.max_length =
          in.Integer({.min = 0, .otherwise = kNegativeLength, .malformed = kNegativeLength});
    } else {
      in.Fail(error::kSyntax);
    }
  }
  if (in.ok()) return options;
  reply.Fail(in.error());
  return std::nullopt;
}

// LPOS key element [RANK rank] [COUNT num-matches] [MAXLEN len]
void LPos(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<PosOptions> options = ReadPosOptions(args.subspan(3), reply);
  if (!options) return;
  const auto list = keys.Find<ListView>(args[1]);
  if (list.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!list) return options->count ? reply.EmptyArray() : reply.Null();
  const bool from_tail = options->rank < 0;
  const auto size = static_cast<int64_t>(list->size());
  const int64_t wanted = options->count.value_or(1);
  int64_t to_skip = (from_tail ? -options->rank : options->rank) - 1;
  int64_t seen = 0;
  std::vector<int64_t> found;
  list->Compare(from_tail ? -1 : 0, from_tail ? ListEnd::kHead : ListEnd::kTail, args[2],
                [&](bool is_equal) {
                  if (is_equal && to_skip-- <= 0)
                    found.push_back(from_tail ? size - 1 - seen : seen);
                  ++seen;
                  return (options->max_length == 0 || seen < options->max_length) &&
                         (wanted == 0 || static_cast<int64_t>(found.size()) < wanted);
                });
  if (!options->count) return found.empty() ? reply.Null() : reply.Integer(found[0]);
  reply.Array(found.size());
  for (const int64_t index : found) reply.Integer(index);
}

constexpr auto kGroup = CommandGroup::kList;
constexpr uint32_t kPushFlags = kWrite | kDenyOom | kFast;
constexpr CommandSpec kCommands[] = {
    {.name = "LPUSH",
     .args = "key element [element ...]",
     .arity = -3,
     .keys = kInsertFirstKey,
     .flags = kPushFlags,
     .group = kGroup,
     .run = Push<ListEnd::kHead>,
     .since = "1.0.0",
     .history = "2.4.0 several elements",
     .summary = "Puts elements at the head of a list, which is created if it is not there.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "RPUSH",
     .args = "key element [element ...]",
     .arity = -3,
     .keys = kInsertFirstKey,
     .flags = kPushFlags,
     .group = kGroup,
     .run = Push<ListEnd::kTail>,
     .since = "1.0.0",
     .history = "2.4.0 several elements",
     .summary = "Puts elements at the tail of a list, which is created if it is not there.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "LPUSHX",
     .args = "key element [element ...]",
     .arity = -3,
     .keys = kInsertFirstKey,
     .flags = kPushFlags,
     .group = kGroup,
     .run = PushIfThere<ListEnd::kHead>,
     .since = "2.2.0",
     .history = "4.0.0 several elements",
     .summary = "Puts elements at the head of a list if it is there.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "RPUSHX",
     .args = "key element [element ...]",
     .arity = -3,
     .keys = kInsertFirstKey,
     .flags = kPushFlags,
     .group = kGroup,
     .run = PushIfThere<ListEnd::kTail>,
     .since = "2.2.0",
     .history = "4.0.0 several elements",
     .summary = "Puts elements at the tail of a list if it is there.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "LPOP",
     .args = "key [count@6.2.0]",
     .arity = -2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = kGroup,
     .run = Pop<ListEnd::kHead>,
     .since = "1.0.0",
     .history = "6.2.0 the count",
     .summary = "Takes elements from the head of a list, and deletes it with its last one.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "RPOP",
     .args = "key [count@6.2.0]",
     .arity = -2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = kGroup,
     .run = Pop<ListEnd::kTail>,
     .since = "1.0.0",
     .history = "6.2.0 the count",
     .summary = "Takes elements from the tail of a list, and deletes it with its last one.",
     .complexity = "O(N), N being the number of elements"},
    {.name = "LLEN",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .group = kGroup,
     .run = LLen,
     .since = "1.0.0",
     .summary = "Counts the elements of a list.",
     .complexity = "O(1)"},
    {.name = "LINDEX",
     .args = "key index",
     .arity = 3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = LIndex,
     .since = "1.0.0",
     .summary = "Answers with the element at an index.",
     .complexity = "O(N), N being the elements between it and the nearer end"},
    {.name = "LSET",
     .args = "key index element",
     .arity = 4,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = LSet,
     .since = "1.0.0",
     .summary = "Replaces the element at an index.",
     .complexity = "O(N), N being the elements between it and the nearer end"},
    {.name = "LINSERT",
     .args = "key <where: BEFORE | AFTER> pivot element",
     .arity = 5,
     .keys = kInsertFirstKey,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = LInsert,
     .since = "2.2.0",
     .summary = "Puts an element before or behind another one.",
     .complexity = "O(N), N being the elements up to the other one"},
    {.name = "LRANGE",
     .args = "key start stop",
     .arity = 4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = LRange,
     .since = "1.0.0",
     .summary = "Answers with the elements between two indexes.",
     .complexity = "O(S+N), S being the elements before the first one and N those in between"},
    {.name = "LTRIM",
     .args = "key start stop",
     .arity = 4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = kGroup,
     .run = LTrim,
     .since = "1.0.0",
     .summary = "Removes all elements but those between two indexes.",
     .complexity = "O(N), N being the number of elements removed"},
    {.name = "LREM",
     .args = "key count element",
     .arity = 4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = kGroup,
     .run = LRem,
     .since = "1.0.0",
     .summary = "Removes the elements with a value, or the first or last few of them.",
     .complexity = "O(N), N being the size of the list"},
    {.name = "LPOS",
     .args = "key element [RANK rank] [COUNT num-matches] [MAXLEN len]",
     .arity = -3,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = LPos,
     .since = "6.0.6",
     .summary = "Answers with the indexes of elements with a value.",
     .complexity = "O(N), N being the number of elements looked at"},
};

}  // namespace

CommandRows ListCommands() {
  return kCommands;
}

}  // namespace redstart
