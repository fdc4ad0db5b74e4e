// XREAD and XREADGROUP: entries beyond an id, of several streams, or a wait for them.

#include <string>
#include <vector>

#include "server/commands/block_timeout.h"
#include "server/commands/command_families.h"
#include "server/commands/stream_arguments.h"
#include "server/exec/arg_reader.h"
#include "server/exec/errors.h"
#include "server/exec/key_access.h"
#include "storage/base/number.h"
#include "storage/stream_editor.h"

namespace redstart {
namespace {

struct ReadRequest {
  std::optional<uint64_t> deadline_ms;  // With BLOCK.
  uint64_t count = 0;                   // 0: all.
  bool no_ack = false;
  std::optional<std::string_view> group;
  std::string_view consumer;
  size_t first_key = 0;
  Args keys;
  Args ids;
};

// Reads the options up to STREAMS and what follows; otherwise the error has been written.
template <bool kAsGroup>
std::optional<ReadRequest> ReadArguments(const WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const auto refuse = [&](std::string_view error) {
    reply.Fail(error);
    return std::nullopt;
  };
  ReadRequest request;
  for (size_t i = 1; i < args.size() && request.first_key == 0; ++i) {
    const size_t more = args.size() - i - 1;
    if (more > 0 && SameWord(args[i], "BLOCK")) {
      if (keys.in_script()) {
        reply.FailWith({"ERR ", args[0], " command is not allowed with BLOCK option from scripts"});
        return std::nullopt;
      }
      request.deadline_ms = ReadTimeoutMillis(args[++i], keys.now_ms(), reply);
      if (!request.deadline_ms) return std::nullopt;
    } else if (more > 0 && SameWord(args[i], "COUNT")) {
      const std::optional<uint64_t> count = ReadCount(args[++i], reply);
      if (!count) return std::nullopt;
      request.count = *count;
    } else if (more > 0 && SameWord(args[i], "STREAMS")) {
      if (more % 2 != 0) {
        return refuse(
            kAsGroup
                ? "ERR Unbalanced 'xreadgroup' list of streams: for each stream key an ID or '>' "
                  "must be specified."
                : "ERR Unbalanced 'xread' list of streams: for each stream key an ID or '$' must "
                  "be specified.");
      }
      request.first_key = i + 1;
      request.keys = args.subspan(i + 1, more / 2);
      request.ids = args.subspan(i + 1 + more / 2);
    } else if (more > 1 && SameWord(args[i], "GROUP")) {
      if (!kAsGroup) {
        return refuse(
            "ERR The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
      }
      request.group = args[i + 1];
      request.consumer = args[i + 2];
      i += 2;
    } else if (SameWord(args[i], "NOACK")) {
      if (!kAsGroup) {
        return refuse(
            "ERR The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
      }
      request.no_ack = true;
    } else {
      return refuse(error::kSyntax);
    }
  }
  if (request.first_key == 0) return refuse(error::kSyntax);
  if (kAsGroup && !request.group) return refuse("ERR Missing GROUP option for XREADGROUP");
  return request;
}

// From where on each stream is read: beyond this id. Nothing: what is new to the group (">").
using Positions = std::vector<std::optional<StreamId>>;

// False: the error has been written.
template <bool kAsGroup>
bool ReadPosition(const Found<StreamView>& stream, std::string_view text, Positions* positions,
                  ReplyBuilder& reply) {
  if (text == "$") {
    if (kAsGroup) {
      reply.Fail(
          "ERR The $ ID is meaningless in the context of XREADGROUP: you want to read the history "
          "of this consumer by specifying a proper ID, or use the > ID to get new messages. The $ "
          "ID would just return an empty result set.");
      return false;
    }
    positions->push_back(stream ? (*stream)->last_id() : StreamId());
    return true;
  }
  if (text == ">") {
    if (!kAsGroup) {
      reply.Fail(
          "ERR The > ID can be specified only when calling XREADGROUP using the GROUP <group> "
          "<consumer> option.");
      return false;
    }
    positions->push_back(std::nullopt);
    return true;
  }
  const std::optional<StreamId> id = ReadStreamId(text, reply);
  if (!id) return false;
  // As on Redis, the greatest id means what is new, too.
  if (kAsGroup && *id == kLastStreamId) {
    positions->push_back(std::nullopt);
  } else {
    positions->push_back(id);
  }
  return true;
}

template <bool kAsGroup>
std::optional<Positions> ReadPositions(WriteKeys& keys, const ReadRequest& request,
                                       ReplyBuilder& reply) {
  Positions positions;
  for (size_t i = 0; i < request.keys.size(); ++i) {
    const auto stream = keys.Read<StreamView>(request.keys[i]);
    if (stream.IsWrongType()) {
      reply.Fail(error::kWrongType);
      return std::nullopt;
    }
    if (kAsGroup && (!stream || (*stream)->FindGroup(*request.group) == nullptr)) {
      reply.FailWith({"NOGROUP No such key '", request.keys[i], "' or consumer group '",
                      *request.group, "' in XREADGROUP with GROUP option"});
      return std::nullopt;
    }
    if (!ReadPosition<kAsGroup>(stream, request.ids[i], &positions, reply)) return std::nullopt;
  }
  return positions;
}

// The reply: an array of streams with their entries, or in RESP3 a map. Begins with the first
// stream that has some.
class StreamsReply {
 public:
  explicit StreamsReply(ReplyBuilder& reply) : reply_(reply) {}

  bool empty() const { return count_ == 0; }
  void Begin(std::string_view key) {
    if (count_++ == 0) handle_ = is_map() ? reply_.BeginMap() : reply_.BeginArray();
    if (!is_map()) reply_.Array(2);
    reply_.Bulk(key);
  }
  // REQUIRES: !empty().
  void End() {
    if (is_map()) {
      reply_.EndMap(handle_, count_);
    } else {
      reply_.EndArray(handle_, count_);
    }
  }

 private:
  bool is_map() const { return reply_.resp_version() >= 3; }

  ReplyBuilder& reply_;
  size_t handle_ = 0;
  size_t count_ = 0;
};

// One stream that a consumer of a group reads.
class GroupReader {
 public:
  GroupReader(WriteKeys& keys, const ReadRequest& request, std::string_view key,
              ReplyBuilder& reply)
      : keys_(keys),
        request_(request),
        name_{key, *request.group},
        reply_(reply),
        now_ms_(static_cast<int64_t>(keys.now_ms())) {}

  void Read(Stream* stream, std::optional<StreamId> beyond, StreamsReply* streams) {
    group_ = stream->FindGroup(name_.group);
    FindConsumer();
    if (beyond) {
      streams->Begin(name_.key);
      ReplyWithHistory(*stream, *beyond);
      keys_.CountChanges(1);
      return;
    }
    if (stream->size() == 0 || stream->LastLiveId() <= group_->last_id) return;
    streams->Begin(name_.key);
    ReplyWithNew(*stream);
    keys_.CountChanges(1);
  }

 private:
  void FindConsumer() {
    consumer_ = group_->Find(request_.consumer);
    if (consumer_ == nullptr) {
      consumer_ = group_->Create(request_.consumer, now_ms_);
      keys_.ChangedQuietly(name_.key, Event::kStream, "xgroup-createconsumer");
      if (request_.no_ack) {
        keys_.Effect({"XGROUP", "CREATECONSUMER", name_.key, name_.group, consumer_->name});
      }
    }
    consumer_->seen_ms = now_ms_;
  }

  // What is pending with the consumer; of what has been deleted since, the id alone.
  void ReplyWithHistory(const Stream& stream, StreamId beyond) {
    const size_t array = reply_.BeginArray();
    uint64_t count = 0;
    const std::optional<StreamId> from = beyond.Next();
    auto at = from ? consumer_->pending.lower_bound(*from) : consumer_->pending.end();
    for (; at != consumer_->pending.end(); ++at) {
      if (request_.count != 0 && count == request_.count) break;
      bool is_there = false;
      stream.VisitRange(*at, *at, /*from_youngest=*/false, [&](const StreamEntry& entry) {
        is_there = true;
        ReplyWithEntry(entry, reply_);
        return false;
      });
      if (is_there) {
        PendingEntry* entry = group_->FindPending(*at);
        entry->delivered_ms = now_ms_;
        ++entry->deliveries;
      } else {
        reply_.Array(2);
        ReplyWithId(*at, reply_);
        reply_.NullArray();
      }
      ++count;
    }
    reply_.EndArray(array, count);
  }

  void ReplyWithNew(const Stream& stream) {
    const size_t array = reply_.BeginArray();
    uint64_t count = 0;
    const StreamId from = group_->last_id.Next().value_or(kLastStreamId);
    stream.VisitRange(from, kLastStreamId, /*from_youngest=*/false, [&](const StreamEntry& entry) {
      stream.Advance(group_, entry.id);
      ReplyWithEntry(entry, reply_);
      if (!request_.no_ack) Deliver(entry.id);
      return ++count != request_.count;
    });
    if (request_.no_ack) GroupPositionEffect(keys_, name_, *group_);
    reply_.EndArray(array, count);
  }

  void Deliver(StreamId id) {
    PendingEntry* entry = group_->Assign(id, consumer_);
    entry->delivered_ms = now_ms_;
    entry->deliveries = 1;
    consumer_->active_ms = now_ms_;
    ClaimEffect(keys_, name_, *group_, id, *entry);
  }

  WriteKeys& keys_;
  const ReadRequest& request_;
  const GroupName name_;
  ReplyBuilder& reply_;
  const int64_t now_ms_;
  StreamGroup* group_ = nullptr;
  StreamConsumer* consumer_ = nullptr;
};

void ReadStream(const Stream& stream, std::string_view key, StreamId beyond, uint64_t count,
                StreamsReply* streams, ReplyBuilder& reply) {
  if (stream.size() == 0 || stream.LastLiveId() <= beyond) return;
  streams->Begin(key);
  ReplyWithRange(stream, {*beyond.Next(), kLastStreamId}, count, /*from_youngest=*/false, reply);
}

// XREAD [COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]
// XREADGROUP GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS ...
template <bool kAsGroup>
Outcome XRead(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<ReadRequest> request = ReadArguments<kAsGroup>(keys, args, reply);
  if (!request) return kDone;
  const std::optional<Positions> positions = ReadPositions<kAsGroup>(keys, *request, reply);
  if (!positions) return kDone;
  StreamsReply streams(reply);
  for (size_t i = 0; i < request->keys.size(); ++i) {
    const std::string_view key = request->keys[i];
    if (kAsGroup) {
      auto guard = keys.Edit<StreamEditor>(key);
      GroupReader(keys, *request, key, reply).Read(guard->get(), (*positions)[i], &streams);
    } else if (const auto stream = keys.Find<StreamView>(key)) {
      ReadStream(**stream, key, *(*positions)[i], request->count, &streams, reply);
    }
  }
  // What reading as a group changes is repeated by effects of its own.
  keys.SuppressEffect();
  if (!streams.empty()) {
    streams.End();
    return kDone;
  }
  if (!request->deadline_ms || !keys.may_wait()) {
    reply.NullArray();
    return kDone;
  }
  KeyWait wait = {.type = ValueType::kStream,
                  .first_key = request->first_key,
                  .key_count = request->keys.size(),
                  .deadline_ms = *request->deadline_ms,
                  .at_any_rate = kAsGroup};
  const size_t first_id = request->first_key + request->keys.size();
  for (size_t i = 0; i < request->ids.size(); ++i) {
    if (request->ids[i] == "$")
      wait.replaced.emplace_back(first_id + i, (*positions)[i]->ToString());
  }
  return wait;
}

constexpr KeySpec kStreams[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .index = 1, .keyword = "STREAMS", .last = -1, .limit = 2}};
constexpr KeySpec kStreamsOfGroup[] = {
    {.flags = kKeyReadOnly | kKeyAccess, .index = 4, .keyword = "STREAMS", .last = -1, .limit = 2}};
constexpr CommandSpec kCommands[] = {
    {.name = "XREAD",
     .args = "[COUNT count] [BLOCK milliseconds] STREAMS key [key ...] id [id ...]",
     .arity = -4,
     .keys = kStreams,
     .flags = kReadOnly | kBlocking,
     .group = CommandGroup::kStream,
     .run = XRead<false>,
     .since = "5.0.0",
     .summary = "Answers with the entries of streams beyond an id each, or waits for some.",
     .complexity = "O(N), N being the number of entries"},
    {.name = "XREADGROUP",
     .args = "GROUP group consumer [COUNT count] [BLOCK milliseconds] [NOACK] STREAMS key [key "
             "...] id [id ...]",
     .arity = -7,
     .keys = kStreamsOfGroup,
     .flags = kWrite | kBlocking,
     .group = CommandGroup::kStream,
     .run = XRead<true>,
     .since = "5.0.0",
     .summary = "Answers a consumer with entries that are new to its group, or pending with it.",
     .complexity = "O(N), N being the number of entries"},
};

}  // namespace

CommandRows StreamReadCommands() {
  return kCommands;
}

}  // namespace redstart
