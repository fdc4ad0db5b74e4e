#include "server/commands/stream_arguments.h"

#include <algorithm>

#include "server/commands/element_reply.h"
#include "server/exec/errors.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr std::string_view kBadId = "ERR Invalid stream ID specified as stream command argument";

// An end of an interval; *excluded says whether it stands behind a parenthesis.
std::optional<StreamId> ReadEnd(std::string_view text, uint64_t missing, bool* excluded,
                                ReplyBuilder& reply) {
  *excluded = text.size() > 1 && text[0] == '(';
  if (*excluded) return ReadStreamId(text.substr(1), reply, missing);
  if (text == "-") return kFirstStreamId;
  if (text == "+") return kLastStreamId;
  return ReadStreamId(text, reply, missing);
}

}  // namespace

std::optional<StreamId> ReadStreamId(std::string_view text, ReplyBuilder& reply, uint64_t missing) {
  const std::optional<StreamId> id = ParseStreamId(text, missing);
  if (!id) reply.Fail(kBadId);
  return id;
}

std::optional<StreamId> ReadIdRangeStart(std::string_view start, ReplyBuilder& reply) {
  bool excluded = false;
  std::optional<StreamId> from = ReadEnd(start, 0, &excluded, reply);
  if (!from || !excluded) return from;
  from = from->Next();
  if (!from) reply.Fail("ERR invalid start ID for the interval");
  return from;
}

std::optional<IdRange> ReadIdRange(std::string_view start, std::string_view end,
                                   ReplyBuilder& reply) {
  const std::optional<StreamId> from = ReadIdRangeStart(start, reply);
  if (!from) return std::nullopt;
  bool excluded = false;
  std::optional<StreamId> to = ReadEnd(end, UINT64_MAX, &excluded, reply);
  if (!to) return std::nullopt;
  if (excluded) to = to->Previous();
  if (!to) {
    reply.Fail("ERR invalid end ID for the interval");
    return std::nullopt;
  }
  return IdRange{*from, *to};
}

std::optional<uint64_t> ReadCount(std::string_view text, ReplyBuilder& reply) {
  const std::optional<int64_t> count = ParseInt64(text);
  if (!count) {
    reply.Fail(error::kNotInteger);
    return std::nullopt;
  }
  return static_cast<uint64_t>(std::max<int64_t>(*count, 0));
}

void ReplyWithId(StreamId id, ReplyBuilder& reply) {
  StreamId::Text buffer;
  reply.Bulk(id.View(&buffer));
}

void ReplyWithEntry(const StreamEntry& entry, ReplyBuilder& reply) {
  reply.Array(2);
  ReplyWithId(entry.id, reply);
  reply.Array(entry.fields * 2);
  entry.ForEachField([&](const Element& field, const Element& value) {
    ReplyWithElement(field, reply);
    ReplyWithElement(value, reply);
  });
}

void ReplyWithRange(const Stream& stream, const IdRange& range, uint64_t most, bool from_youngest,
                    ReplyBuilder& reply) {
  const size_t array = reply.BeginArray();
  uint64_t count = 0;
  stream.VisitRange(range.from, range.to, from_youngest, [&](const StreamEntry& entry) {
    ReplyWithEntry(entry, reply);
    return ++count != most;
  });
  reply.EndArray(array, count);
}

void FailForGroup(std::string_view key, std::string_view group, ReplyBuilder& reply) {
  reply.FailWith({"NOGROUP No such key '", key, "' or consumer group '", group, "'"});
}

void ClaimEffect(WriteKeys& keys, const GroupName& name, const StreamGroup& group, StreamId id,
                 const PendingEntry& entry) {
  const std::string delivered = FormatInt64(entry.delivered_ms);
  const std::string deliveries = FormatInt64(static_cast<int64_t>(entry.deliveries));
  const std::string id_text = id.ToString();
  const std::string last = group.last_id.ToString();
  keys.Effect({"XCLAIM", name.key, name.group, entry.consumer->name, "0", id_text, "TIME",
               delivered, "RETRYCOUNT", deliveries, "FORCE", "JUSTID", "LASTID", last});
}

void GroupPositionEffect(WriteKeys& keys, const GroupName& name, const StreamGroup& group) {
  const std::string last = group.last_id.ToString();
  const std::string read = FormatInt64(group.entries_read);
  keys.Effect({"XGROUP", "SETID", name.key, name.group, last, "ENTRIESREAD", read});
}

}  // namespace redstart
