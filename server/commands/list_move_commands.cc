// Lists, continued: what pops from the first of several lists or moves an element from one to
// another, and what waits until there is something to pop.

#include <limits>
#include <string>

#include "server/commands/block_timeout.h"
#include "server/commands/command_families.h"
#include "server/commands/list_reply.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/list_editor.h"

namespace redstart {
namespace {

std::optional<ListEnd> ParseEnd(std::string_view word) {
  if (SameWord(word, "LEFT")) return ListEnd::kHead;
  if (SameWord(word, "RIGHT")) return ListEnd::kTail;
  return std::nullopt;
}

std::string_view PushEvent(ListEnd end) {
  return end == ListEnd::kHead ? "lpush" : "rpush";
}

std::string_view PopCommand(ListEnd end) {
  return end == ListEnd::kHead ? "LPOP" : "RPOP";
}

// Takes the element at an end of an open list out of it, to be put elsewhere.
std::string TakeElement(EditGuard<ListEditor>& list, ListEnd end) {
  const bool from_head = end == ListEnd::kHead;
  std::string element = list->view().At(from_head ? 0 : -1)->ToString();
  list->EraseRange(from_head ? 0 : list->size() - 1, 1);
  return element;
}

void PutElement(EditGuard<ListEditor>& list, ListEnd end, std::string_view element) {
  list->PrepareFor({&element, 1});
  list->Push(end, element);
}

struct Ends {
  ListEnd from;
  ListEnd to;
};

enum class Move : uint8_t {
  kDone,
  kRefused,   // The error has been written.
  kNoSource,  // Nothing has been said.
};

// Moves the element at the end `from` of one list to the end `to` of another one, or of the same,
// and answers with it.
Move MoveElement(WriteKeys& keys, std::string_view source, std::string_view target, Ends ends,
                 ReplyBuilder& reply) {
  auto from = keys.Edit<ListEditor>(source);
  if (from.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return Move::kRefused;
  }
  if (!from) return Move::kNoSource;
  if (source == target) {
    const std::string element = TakeElement(from, ends.from);
    PutElement(from, ends.to, element);
    from.Changed(Event::kList, PushEvent(ends.to), 0);
    from.Changed(Event::kList, PopEvent(ends.from));
    reply.Bulk(element);
    return Move::kDone;
  }
  auto to = keys.EditOrCreate<ListEditor>(target);
  if (to.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return Move::kRefused;
  }
  const std::string element = TakeElement(from, ends.from);
  PutElement(to, ends.to, element);
  to.Changed(Event::kList, PushEvent(ends.to), 0);
  from.Changed(Event::kList, PopEvent(ends.from));
  reply.Bulk(element);
  return Move::kDone;
}

// The two ends of LMOVE and BLMOVE; otherwise the error has been written.
std::optional<Ends> ReadEnds(Args args, ReplyBuilder& reply) {
  const std::optional<ListEnd> from = ParseEnd(args[3]);
  const std::optional<ListEnd> to = ParseEnd(args[4]);
  if (from && to) return Ends{*from, *to};
  reply.Fail(error::kSyntax);
  return std::nullopt;
}

constexpr Ends kRightToLeft = {ListEnd::kTail, ListEnd::kHead};

// LMOVE source destination LEFT|RIGHT LEFT|RIGHT
void LMove(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<Ends> ends = ReadEnds(args, reply);
  if (ends && MoveElement(keys, args[1], args[2], *ends, reply) == Move::kNoSource) reply.Null();
}

// RPOPLPUSH source destination
void RPopLPush(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (MoveElement(keys, args[1], args[2], kRightToLeft, reply) == Move::kNoSource) reply.Null();
}

Outcome MoveOrWait(WriteKeys& keys, Args args, Ends ends, std::string_view timeout,
                   ReplyBuilder& reply) {
  const std::optional<uint64_t> deadline = ReadTimeoutSeconds(timeout, keys.now_ms(), reply);
  if (!deadline) return kDone;
  const Move moved = MoveElement(keys, args[1], args[2], ends, reply);
  if (moved == Move::kDone) {
    if (args.size() == 4) {
      keys.Effect({"RPOPLPUSH", args[1], args[2]});
    } else {
      keys.Effect({"LMOVE", args[1], args[2], args[3], args[4]});
    }
  }
  if (moved != Move::kNoSource) return kDone;
  if (!keys.may_wait()) {
    reply.Null();
    return kDone;
  }
  return KeyWait{.type = ValueType::kList,
                 .first_key = 1,
                 .key_count = 1,
                 .deadline_ms = *deadline,
                 .pushes_to = 2};
}

// BLMOVE source destination LEFT|RIGHT LEFT|RIGHT timeout
Outcome BLMove(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<Ends> ends = ReadEnds(args, reply);
  if (!ends) return kDone;
  return MoveOrWait(keys, args, *ends, args[5], reply);
}

// BRPOPLPUSH source destination timeout
Outcome BRPopLPush(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  return MoveOrWait(keys, args, kRightToLeft, args[3], reply);
}

// BLPOP key [key ...] timeout, BRPOP
template <ListEnd kEnd>
Outcome PopOrWait(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> deadline = ReadTimeoutSeconds(args.back(), keys.now_ms(), reply);
  if (!deadline) return kDone;
  for (const std::string_view key : args.subspan(1, args.size() - 2)) {
    auto list = keys.Edit<ListEditor>(key);
    if (list.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return kDone;
    }
    if (!list) continue;
    reply.Array(2);
    reply.Bulk(key);
    PopElements(list, kEnd, 1, reply);
    keys.Effect({PopCommand(kEnd), key});
    return kDone;
  }
  if (!keys.may_wait()) {
    reply.NullArray();
    return kDone;
  }
  return KeyWait{.type = ValueType::kList,
                 .first_key = 1,
                 .key_count = args.size() - 2,
                 .deadline_ms = *deadline};
}

// What LMPOP and BLMPOP are asked for.
struct MultiPop {
  Args keys;
  ListEnd end;
  int64_t count = 1;
};

// Reads "numkeys key [key ...] LEFT|RIGHT [COUNT count]"; otherwise the error has been written.
std::optional<MultiPop> ReadMultiPop(Args args, ReplyBuilder& reply) {
  constexpr std::string_view kNoKeys = "ERR numkeys should be greater than 0";
  constexpr std::string_view kNoCount = "ERR count should be greater than 0";
  ArgReader in(args);
  const int64_t keys = in.Integer({.min = 1, .otherwise = kNoKeys, .malformed = kNoKeys});
  if (in.ok() && static_cast<uint64_t>(keys) >= in.remaining()) in.Fail(error::kSyntax);
  if (!in.ok()) {
    reply.Fail(in.error());
    return std::nullopt;
  }
  MultiPop pop = {.keys = args.subspan(1, static_cast<size_t>(keys)), .end = ListEnd::kHead};
  ArgReader options(args.subspan(1 + static_cast<size_t>(keys)));
  const std::optional<ListEnd> end = ParseEnd(options.Bytes());
  if (!end) options.Fail(error::kSyntax);
  bool has_count = false;
  while (options.ok() && !options.done()) {
    if (has_count || options.remaining() < 2 || !options.Word("COUNT")) {
      options.Fail(error::kSyntax);
    } else {
      has_count = true;
      pop.count = options.Integer({.min = 1, .otherwise = kNoCount, .malformed = kNoCount});
    }
  }
  if (!options.ok()) {
    reply.Fail(options.error());
    return std::nullopt;
  }
  pop.end = *end;
  return pop;
}

// Pops from the first list that is there. False if there is none, and nothing has been said.
bool PopFromFirst(WriteKeys& keys, const MultiPop& pop, ReplyBuilder& reply) {
  for (const std::string_view key : pop.keys) {
    auto list = keys.Edit<ListEditor>(key);
    if (list.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return true;
    }
    if (!list) continue;
    const size_t count = std::min(static_cast<size_t>(pop.count), list->size());
    reply.Array(2);
    reply.Bulk(key);
    reply.Array(count);
    PopElements(list, pop.end, count, reply);
    keys.Effect({PopCommand(pop.end), key, FormatInt64(static_cast<int64_t>(count))});
    return true;
  }
  return false;
}

// LMPOP numkeys key [key ...] LEFT|RIGHT [COUNT count]
void LMPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<MultiPop> pop = ReadMultiPop(args.subspan(1), reply);
  if (pop && !PopFromFirst(keys, *pop, reply)) reply.NullArray();
}

// BLMPOP timeout numkeys key [key ...] LEFT|RIGHT [COUNT count]
Outcome BLMPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<MultiPop> pop = ReadMultiPop(args.subspan(2), reply);
  if (!pop) return kDone;
  const std::optional<uint64_t> deadline = ReadTimeoutSeconds(args[1], keys.now_ms(), reply);
  if (!deadline || PopFromFirst(keys, *pop, reply)) return kDone;
  if (!keys.may_wait()) {
    reply.NullArray();
    return kDone;
  }
  return KeyWait{.type = ValueType::kList,
                 .first_key = 3,
                 .key_count = pop->keys.size(),
                 .deadline_ms = *deadline};
}

constexpr KeySpec kSourceAndTarget[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete},
    {.flags = kKeyReadWrite | kKeyInsert, .index = 2},
};
constexpr KeySpec kAllButTimeout[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .last = -2}};
constexpr KeySpec kCountedKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .first = 1, .counted = true}};
constexpr KeySpec kCountedKeysBehindTimeout[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .index = 2, .first = 1, .counted = true}};
constexpr auto kGroup = CommandGroup::kList;
constexpr CommandSpec kCommands[] = {
    {.name = "LMOVE",
     .args = "source destination <wherefrom: LEFT | RIGHT> <whereto: LEFT | RIGHT>",
     .arity = 5,
     .keys = kSourceAndTarget,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = LMove,
     .since = "6.2.0",
     .summary = "Moves an element from an end of a list to an end of another one.",
     .complexity = "O(1)"},
    {.name = "RPOPLPUSH",
     .args = "source destination",
     .arity = 3,
     .keys = kSourceAndTarget,
     .flags = kWrite | kDenyOom,
     .group = kGroup,
     .run = RPopLPush,
     .since = "1.2.0",
     .deprecated = "6.2.0 LMOVE with RIGHT and LEFT",
     .summary = "Moves an element from the tail of a list to the head of another one.",
     .complexity = "O(1)"},
    {.name = "LMPOP",
     .args = "numkeys key [key ...] <where: LEFT | RIGHT> [COUNT count]",
     .arity = -4,
     .keys = kCountedKeys,
     .flags = kWrite,
     .group = kGroup,
     .run = LMPop,
     .since = "7.0.0",
     .summary = "Takes elements from the first of several lists that is there.",
     .complexity = "O(N+M), N being the number of keys and M the number of elements"},
    {.name = "BLPOP",
     .args = "key [key ...] timeout",
     .arity = -3,
     .keys = kAllButTimeout,
     .flags = kWrite | kBlocking,
     .group = kGroup,
     .run = PopOrWait<ListEnd::kHead>,
     .since = "2.0.0",
     .history = "6.0.0 the timeout may have a fraction",
     .summary = "Takes the head of the first of several lists that is there, or waits for one.",
     .complexity = "O(N), N being the number of keys"},
    {.name = "BRPOP",
     .args = "key [key ...] timeout",
     .arity = -3,
     .keys = kAllButTimeout,
     .flags = kWrite | kBlocking,
     .group = kGroup,
     .run = PopOrWait<ListEnd::kTail>,
     .since = "2.0.0",
     .history = "6.0.0 the timeout may have a fraction",
     .summary = "Takes the tail of the first of several lists that is there, or waits for one.",
     .complexity = "O(N), N being the number of keys"},
    {.name = "BLMOVE",
     .args = "source destination <wherefrom: LEFT | RIGHT> <whereto: LEFT | RIGHT> timeout",
     .arity = 6,
     .keys = kSourceAndTarget,
     .flags = kWrite | kDenyOom | kBlocking,
     .group = kGroup,
     .run = BLMove,
     .since = "6.2.0",
     .summary = "Does what LMOVE does, or waits until there is an element to move.",
     .complexity = "O(1)"},
    {.name = "BRPOPLPUSH",
     .args = "source destination timeout",
     .arity = 4,
     .keys = kSourceAndTarget,
     .flags = kWrite | kDenyOom | kBlocking,
     .group = kGroup,
     .run = BRPopLPush,
     .since = "2.2.0",
     .deprecated = "6.2.0 BLMOVE with RIGHT and LEFT",
     .history = "6.0.0 the timeout may have a fraction",
     .summary = "Does what RPOPLPUSH does, or waits until there is an element to move.",
     .complexity = "O(1)"},
    {.name = "BLMPOP",
     .args = "timeout numkeys key [key ...] <where: LEFT | RIGHT> [COUNT count]",
     .arity = -5,
     .keys = kCountedKeysBehindTimeout,
     .flags = kWrite | kBlocking,
     .group = kGroup,
     .run = BLMPop,
     .since = "7.0.0",
     .summary = "Takes elements from the first of several lists that is there, or waits for one.",
     .complexity = "O(N+M), N being the number of keys and M the number of elements"},
};

}  // namespace

CommandRows ListMoveCommands() {
  return kCommands;
}

}  // namespace redstart
