// Taking the lowest or highest elements out of sorted sets, or waiting until there are some.

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "server/commands/block_timeout.h"
#include "server/commands/command_families.h"
#include "server/commands/zset_range.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/zset_editor.h"

namespace redstart {
namespace {

enum class End : uint8_t { kLowest, kHighest };

std::string_view PopCommand(End end) {
  return end == End::kLowest ? "ZPOPMIN" : "ZPOPMAX";
}

// Takes up to `count` elements out and answers with them, one array each if `nested`; how many they
// are has been announced. REQUIRES: the set is not empty.
void Pop(EditGuard<ZSetEditor>& zset, End end, size_t count, bool nested, ReplyBuilder& reply) {
  const size_t size = zset->size();
  const bool highest = end == End::kHighest;
  const RankRange range = {highest ? size - count : 0, count};
  VisitRange(zset->view(), range, highest, [&](const Element& member, double score) {
    if (nested) reply.Array(2);
    IntegerText scratch;
    reply.Bulk(member.View(&scratch));
    reply.Double(score);
  });
  zset->EraseRange(range.first, range.count);
  zset.Changed(Event::kSortedSet, highest ? "zpopmax" : "zpopmin", count);
}

// ZPOPMIN key [count], ZPOPMAX key [count]
template <End kEnd>
void ZPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (args.size() > 3) return reply.Fail(error::kSyntax);
  const bool counted = args.size() == 3;
  int64_t wanted = 1;
  if (counted) {
    ArgReader in(args.subspan(2));
    wanted = in.Integer(
        {.min = 0, .otherwise = error::kMustBePositive, .malformed = error::kMustBePositive});
    if (!in.ok()) return reply.Fail(in.error());
  }
  auto zset = keys.Edit<ZSetEditor>(args[1]);
  if (zset.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!zset || wanted == 0) return reply.EmptyArray();
  const size_t count = std::min(static_cast<size_t>(wanted), zset->size());
  const bool nested = counted && reply.resp_version() >= 3;
  reply.Array(nested ? count : count * 2);
  Pop(zset, kEnd, count, nested, reply);
}

struct PopManyRequest {
  Args keys;
  End end = End::kLowest;
  int64_t count = 1;
};

// Reads "numkeys key [key ...] <MIN | MAX> [COUNT count]". Otherwise the error has been written.
std::optional<PopManyRequest> ReadPopMany(Args words, ReplyBuilder& reply) {
  ArgReader in(words);
  const int64_t keys = in.Integer(
      {.min = 1, .otherwise = error::kKeyCountPositive, .malformed = error::kKeyCountPositive});
  if (in.ok() && static_cast<uint64_t>(keys) >= in.remaining()) in.Fail(error::kSyntax);
  if (!in.ok()) {
    reply.Fail(in.error());
    return std::nullopt;
  }
  PopManyRequest request = {.keys = words.subspan(1, static_cast<size_t>(keys))};
  ArgReader rest(words.subspan(1 + request.keys.size()));
  if (rest.Word("MAX")) {
    request.end = End::kHighest;
  } else if (!rest.Word("MIN")) {
    rest.Fail(error::kSyntax);
  }
  bool counted = false;
  while (rest.ok() && !rest.done()) {
    if (!counted && rest.remaining() >= 2 && rest.Word("COUNT")) {
      request.count = rest.Integer(
          {.min = 1, .otherwise = error::kCountPositive, .malformed = error::kCountPositive});
      counted = true;
    } else {
      rest.Fail(error::kSyntax);
    }
  }
  if (rest.ok()) return request;
  reply.Fail(rest.error());
  return std::nullopt;
}

// Pops from the first of the keys that is there. False if none is; a key of another type is
// answered with an error.
bool PopFromFirst(WriteKeys& keys, const PopManyRequest& request, ReplyBuilder& reply) {
  for (const std::string_view key : request.keys) {
    auto zset = keys.Edit<ZSetEditor>(key);
    if (zset.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return true;
    }
    if (!zset) continue;
    const size_t count = std::min(static_cast<size_t>(request.count), zset->size());
    reply.Array(2);
    reply.Bulk(key);
    reply.Array(count);
    Pop(zset, request.end, count, /*nested=*/true, reply);
    keys.Effect({PopCommand(request.end), key, FormatInt64(static_cast<int64_t>(count))});
    return true;
  }
  return false;
}

// ZMPOP numkeys key [key ...] <MIN | MAX> [COUNT count]
void ZMPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto request = ReadPopMany(args.subspan(1), reply);
  if (!request) return;
  if (!PopFromFirst(keys, *request, reply)) reply.NullArray();
}

// Nothing was there: the request waits until one of its keys holds a sorted set.
Outcome Wait(WriteKeys& keys, size_t first_key, size_t key_count, uint64_t deadline,
             ReplyBuilder& reply) {
  if (!keys.may_wait()) {
    reply.NullArray();
    return kDone;
  }
  return KeyWait{.type = ValueType::kSortedSet,
                 .first_key = first_key,
                 .key_count = key_count,
                 .deadline_ms = deadline};
}

// BZPOPMIN key [key ...] timeout, BZPOPMAX key [key ...] timeout
template <End kEnd>
Outcome BZPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<uint64_t> deadline = ReadTimeoutSeconds(args.back(), keys.now_ms(), reply);
  if (!deadline) return kDone;
  const Args names = args.subspan(1, args.size() - 2);
  for (const std::string_view key : names) {
    auto zset = keys.Edit<ZSetEditor>(key);
    if (zset.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return kDone;
    }
    if (!zset) continue;
    reply.Array(3);
    reply.Bulk(key);
    Pop(zset, kEnd, 1, /*nested=*/false, reply);
    keys.Effect({PopCommand(kEnd), key});
    return kDone;
  }
  return Wait(keys, 1, names.size(), *deadline, reply);
}

// BZMPOP timeout numkeys key [key ...] <MIN | MAX> [COUNT count]
Outcome BZMPop(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto request = ReadPopMany(args.subspan(2), reply);
  if (!request) return kDone;
  const std::optional<uint64_t> deadline = ReadTimeoutSeconds(args[1], keys.now_ms(), reply);
  if (!deadline || PopFromFirst(keys, *request, reply)) return kDone;
  return Wait(keys, 3, request->keys.size(), *deadline, reply);
}

constexpr KeySpec kAllButLast[] = {{.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .last = -2}};
constexpr KeySpec kCountedSecond[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .index = 2, .first = 1, .counted = true}};
constexpr KeySpec kCountedKeys[] = {
    {.flags = kKeyReadWrite | kKeyAccess | kKeyDelete, .first = 1, .counted = true}};
constexpr std::string_view kPopCost =
    "O(log(N)*M), N being the size of the sorted set and M the number of elements taken";

constexpr CommandSpec kCommands[] = {
    {.name = "ZPOPMIN",
     .args = "key [count]",
     .arity = -2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSortedSet,
     .run = ZPop<End::kLowest>,
     .since = "5.0.0",
     .summary = "Takes the lowest elements out of a sorted set.",
     .complexity = kPopCost},
    {.name = "ZPOPMAX",
     .args = "key [count]",
     .arity = -2,
     .keys = kAccessAndDeleteFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kSortedSet,
     .run = ZPop<End::kHighest>,
     .since = "5.0.0",
     .summary = "Takes the highest elements out of a sorted set.",
     .complexity = kPopCost},
    {.name = "ZMPOP",
     .args = "numkeys key [key ...] <where: MIN | MAX> [COUNT count]",
     .arity = -4,
     .keys = kCountedKeys,
     .flags = kWrite,
     .group = CommandGroup::kSortedSet,
     .run = ZMPop,
     .since = "7.0.0",
     .summary = "Takes elements out of the first sorted set that is there.",
     .complexity = kPopCost},
    {.name = "BZPOPMIN",
     .args = "key [key ...] timeout",
     .arity = -3,
     .keys = kAllButLast,
     .flags = kWrite | kFast | kBlocking,
     .group = CommandGroup::kSortedSet,
     .run = BZPop<End::kLowest>,
     .since = "5.0.0",
     .history = "6.0.0 the timeout may have a fraction",
     .summary = "Takes the lowest element out of the first sorted set that is there, or waits.",
     .complexity = kPopCost},
    {.name = "BZPOPMAX",
     .args = "key [key ...] timeout",
     .arity = -3,
     .keys = kAllButLast,
     .flags = kWrite | kFast | kBlocking,
     .group = CommandGroup::kSortedSet,
     .run = BZPop<End::kHighest>,
     .since = "5.0.0",
     .history = "6.0.0 the timeout may have a fraction",
     .summary = "Takes the highest element out of the first sorted set that is there, or waits.",
     .complexity = kPopCost},
    {.name = "BZMPOP",
     .args = "timeout numkeys key [key ...] <where: MIN | MAX> [COUNT count]",
     .arity = -5,
     .keys = kCountedSecond,
     .flags = kWrite | kBlocking,
     .group = CommandGroup::kSortedSet,
     .run = BZMPop,
     .since = "7.0.0",
     .summary = "Takes elements out of the first sorted set that is there, or waits.",
     .complexity = kPopCost},
};

}  // namespace

CommandRows ZSetPopCommands() {
  return kCommands;
}

}  // namespace redstart
