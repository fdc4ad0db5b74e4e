// XCLAIM and XAUTOCLAIM: a consumer takes over what is pending with others of its group.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "server/commands/command_families.h"
#include "server/commands/stream_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/stream_editor.h"

namespace redstart {
namespace {

// Entries that are looked at for each one that is wanted.
constexpr int64_t kLooksPerEntry = 10;
// Redis's limit, so that what it multiplies a count with does not overflow.
constexpr int64_t kMaxClaims = std::numeric_limits<int64_t>::max() / 16;

// Who claims what how.
struct Claim {
  int64_t min_idle = 0;
  std::optional<int64_t> delivered_ms;
  std::optional<int64_t> deliveries;
  bool force = false;
  bool only_ids = false;
  StreamId last_id;
};

// One consumer that claims entries of its group, one after the other.
class Claimer {
 public:
  Claimer(WriteKeys& keys, const GroupName& name, Stream* stream, std::string_view consumer,
          ReplyBuilder& reply)
      : keys_(keys),
        name_(name),
        stream_(stream),
        group_(stream->FindGroup(name.group)),
        reply_(reply),
        now_ms_(static_cast<int64_t>(keys.now_ms())) {
    consumer_ = group_->Find(consumer);
    if (consumer_ == nullptr) {
      consumer_ = group_->Create(consumer, now_ms_);
      keys_.ChangedQuietly(name_.key, Event::kStream, "xgroup-createconsumer");
    }
    consumer_->seen_ms = now_ms_;
  }

  int64_t now_ms() const { return now_ms_; }

  enum class Result : uint8_t { kClaimed, kGone, kNot };
  // The entry becomes this consumer's, and is answered with, if the claim applies to it. An entry
  // that has been deleted is pending no more.
  Result Take(StreamId id, const Claim& claim) {
    PendingEntry* entry = group_->FindPending(id);
    if (!stream_->Contains(id)) {
      if (entry == nullptr) return Result::kNot;
      ClaimEffect(keys_, name_, *group_, id, *entry);
      keys_.CountChanges(1);
      group_->Acknowledge(id);
      return Result::kGone;
    }
    const bool is_new = entry == nullptr;
    if (is_new && !claim.force) return Result::kNot;
    if (!is_new && claim.min_idle != 0 && now_ms_ - entry->delivered_ms < claim.min_idle) {
      return Result::kNot;
    }
    entry = group_->Assign(id, consumer_);
    entry->delivered_ms = claim.delivered_ms.value_or(now_ms_);
    if (claim.deliveries) {
      entry->deliveries = static_cast<uint64_t>(*claim.deliveries);
    } else if (!claim.only_ids) {
      ++entry->deliveries;
    }
    consumer_->active_ms = now_ms_;
    Answer(id, claim.only_ids);
    ClaimEffect(keys_, name_, *group_, id, *entry);
    keys_.CountChanges(1);
    return Result::kClaimed;
  }

 private:
  void Answer(StreamId id, bool only_id) {
    if (only_id) return ReplyWithId(id, reply_);
    stream_->VisitRange(id, id, /*from_youngest=*/false, [&](const StreamEntry& entry) {
      ReplyWithEntry(entry, reply_);
      return false;
    });
  }

  WriteKeys& keys_;
  const GroupName name_;
  Stream* stream_;
  StreamGroup* group_;
  StreamConsumer* consumer_;
  ReplyBuilder& reply_;
  const int64_t now_ms_;
};

// Whether key and group are there; otherwise the error has been written.
bool HasGroup(WriteKeys& keys, std::string_view key, std::string_view group, ReplyBuilder& reply) {
  const auto stream = keys.Read<StreamView>(key);
  if (stream.IsWrongType()) {
    reply.Fail(error::kWrongType);
    return false;
  }
  if (stream && (*stream)->FindGroup(group) != nullptr) return true;
  FailForGroup(key, group, reply);
  return false;
}

// Reads an integer argument with its own text for what is none. False: it has been written.
bool ReadInteger(std::string_view text, std::string_view otherwise, int64_t* value,
                 ReplyBuilder& reply) {
  const std::optional<int64_t> read = ParseInt64(text);
  if (read) *value = *read;
  if (!read) reply.Fail(otherwise);
  return read.has_value();
}

// The options of XCLAIM behind its ids; otherwise the error has been written.
std::optional<Claim> ReadClaimOptions(Args args, int64_t now_ms, ReplyBuilder& reply) {
  Claim claim;
  int64_t value = 0;
  for (size_t i = 0; i < args.size(); ++i) {
    const bool has_more = i + 1 < args.size();
    if (SameWord(args[i], "FORCE")) {
      claim.force = true;
    } else if (SameWord(args[i], "JUSTID")) {
      claim.only_ids = true;
    } else if (has_more && SameWord(args[i], "IDLE")) {
      if (!ReadInteger(args[++i], "ERR Invalid IDLE option argument for XCLAIM", &value, reply))
        return std::nullopt;
      claim.delivered_ms =
          static_cast<int64_t>(static_cast<uint64_t>(now_ms) - static_cast<uint64_t>(value));
    } else if (has_more && SameWord(args[i], "TIME")) {
      if (!ReadInteger(args[++i], "ERR Invalid TIME option argument for XCLAIM", &value, reply))
        return std::nullopt;
      claim.delivered_ms = value;
    } else if (has_more && SameWord(args[i], "RETRYCOUNT")) {
      if (!ReadInteger(args[++i], "ERR Invalid RETRYCOUNT option argument for XCLAIM", &value,
                       reply))
        return std::nullopt;
      claim.deliveries.reset();
      if (value >= 0) claim.deliveries = value;
    } else if (has_more && SameWord(args[i], "LASTID")) {
      const std::optional<StreamId> id = ReadStreamId(args[++i], reply);
      if (!id) return std::nullopt;
      claim.last_id = *id;
    } else {
      reply.FailWith({"ERR Unrecognized XCLAIM option '", args[i], "'"});
      return std::nullopt;
    }
  }
  // A time that cannot be is taken for now: clocks of clients are what they are.
  if (claim.delivered_ms == -1) claim.delivered_ms.reset();
  if (claim.delivered_ms && (*claim.delivered_ms < 0 || *claim.delivered_ms > now_ms)) {
    claim.delivered_ms = now_ms;
  }
  return claim;
}

// XCLAIM key group consumer min-idle-time id [id ...] [IDLE ms] [TIME unix-time-milliseconds]
// [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID lastid]
void XClaim(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  if (!HasGroup(keys, args[1], args[2], reply)) return;
  int64_t min_idle = 0;
  if (!ReadInteger(args[4], "ERR Invalid min-idle-time argument for XCLAIM", &min_idle, reply)) {
    return;
  }
  std::vector<StreamId> ids;
  size_t at = 5;
  for (; at < args.size(); ++at) {
    const std::optional<StreamId> id = ParseStreamId(args[at], 0);
    if (!id) break;
    ids.push_back(*id);
  }
  std::optional<Claim> claim =
      ReadClaimOptions(args.subspan(at), static_cast<int64_t>(keys.now_ms()), reply);
  if (!claim) return;
  claim->min_idle = std::max<int64_t>(min_idle, 0);

  auto guard = keys.Edit<StreamEditor>(args[1]);
  const GroupName name = {args[1], args[2]};
  StreamGroup* group = guard->get()->FindGroup(args[2]);
  bool tells_position = claim->last_id > group->last_id;
  if (tells_position) group->last_id = claim->last_id;
  Claimer claimer(keys, name, guard->get(), args[3], reply);
  const size_t array = reply.BeginArray();
  size_t claimed = 0;
  for (const StreamId id : ids) {
    const Claimer::Result result = claimer.Take(id, *claim);
    claimed += result == Claimer::Result::kClaimed;
    // The effect of a claim tells the position, too.
    if (result != Claimer::Result::kNot) tells_position = false;
  }
  reply.EndArray(array, claimed);
  if (tells_position) {
    GroupPositionEffect(keys, name, *group);
    keys.CountChanges(1);
  }
  keys.SuppressEffect();
}

// XAUTOCLAIM key group consumer min-idle-time start [COUNT count] [JUSTID]
void XAutoClaim(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  Claim claim;
  if (!ReadInteger(args[4], "ERR Invalid min-idle-time argument for XAUTOCLAIM", &claim.min_idle,
                   reply)) {
    return;
  }
  claim.min_idle = std::max<int64_t>(claim.min_idle, 0);
  const std::optional<StreamId> start = ReadIdRangeStart(args[5], reply);
  if (!start) return;
  constexpr std::string_view kNoCount = "ERR COUNT must be > 0";
  int64_t count = 100;
  for (size_t i = 6; i < args.size(); ++i) {
    if (i + 1 < args.size() && SameWord(args[i], "COUNT")) {
      if (!ReadInteger(args[++i], kNoCount, &count, reply)) return;
      if (count < 1 || count > kMaxClaims) return reply.Fail(kNoCount);
    } else if (SameWord(args[i], "JUSTID")) {
      claim.only_ids = true;
    } else {
      return reply.Fail(error::kSyntax);
    }
  }
  if (!HasGroup(keys, args[1], args[2], reply)) return;

  auto guard = keys.Edit<StreamEditor>(args[1]);
  StreamGroup* group = guard->get()->FindGroup(args[2]);
  const auto begin = group->pending().lower_bound(*start);
  ReplyBuffer claimed_buffer;
  ReplyBuilder claimed_reply(&claimed_buffer, reply.resp_version());
  Claimer claimer(keys, {args[1], args[2]}, guard->get(), args[3], claimed_reply);
  int64_t attempts = count > kMaxClaims / kLooksPerEntry ? kMaxClaims : count * kLooksPerEntry;
  StreamId next = begin == group->pending().end() ? StreamId() : begin->first;
  std::vector<StreamId> gone;
  size_t claimed = 0;
  auto at = begin;
  while (at != group->pending().end() && attempts-- > 0 && count > 0) {
    const StreamId id = at->first;
    const Claimer::Result result = claimer.Take(id, claim);
    if (result == Claimer::Result::kGone) gone.push_back(id);
    claimed += result == Claimer::Result::kClaimed;
    if (result != Claimer::Result::kNot) --count;
    at = group->pending().upper_bound(id);
    next = at == group->pending().end() ? StreamId() : at->first;
  }
  reply.Array(3);
  ReplyWithId(next, reply);
  reply.Array(claimed);
  claimed_buffer.ForEachPiece([&](std::string_view piece) { reply.Raw(piece); });
  reply.Array(gone.size());
  for (const StreamId id : gone) ReplyWithId(id, reply);
  keys.SuppressEffect();
}

constexpr CommandSpec kCommands[] = {
    {.name = "XCLAIM",
     .args = "key group consumer min-idle-time ID#s [ID#s ...] [IDLE ms] [TIME "
             "unix-time-milliseconds] [RETRYCOUNT count] [FORCE] [JUSTID] [LASTID lastid]",
     .arity = -6,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kStream,
     .run = XClaim,
     .since = "5.0.0",
     .summary = "Makes entries that are pending with a group those of a consumer.",
     .complexity = "O(log N), N being the number of entries pending with the group",
     .tips = "nondeterministic_output"},
    {.name = "XAUTOCLAIM",
     .args = "key group consumer min-idle-time start#s [COUNT count] [JUSTID]",
     .arity = -6,
     .keys = kDeleteInFirstKey,
     .flags = kWrite | kFast,
     .group = CommandGroup::kStream,
     .run = XAutoClaim,
     .since = "6.2.0",
     .history = "7.0.0 the reply lists pending entries that had been deleted",
     .summary = "Makes entries that have been pending for long those of a consumer.",
     .complexity = "O(1) if the count is small",
     .tips = "nondeterministic_output"},
};

}  // namespace

CommandRows StreamClaimCommands() {
  return kCommands;
}

}  // namespace redstart
