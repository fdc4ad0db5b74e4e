#ifndef REDSTART_SERVER_COMMANDS_STREAM_ARGUMENTS_H_
#define REDSTART_SERVER_COMMANDS_STREAM_ARGUMENTS_H_

// What the stream commands share: how ids are read and entries are answered, and the effects with
// which reads of groups are repeated elsewhere. Functions without state; Redis's error texts.

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/reply_builder.h"
#include "server/exec/key_access.h"
#include "storage/stream_editor.h"
#include "storage/types/stream.h"

namespace redstart {

// "ms-sequence" or "ms", whose sequence is `missing` then; otherwise the error has been written.
std::optional<StreamId> ReadStreamId(std::string_view text, ReplyBuilder& reply,
                                     uint64_t missing = 0);

struct IdRange {
  StreamId from;
  StreamId to;
};
// The two ends of an interval: also "-" and "+", and "(" in front of an id that is not included.
std::optional<IdRange> ReadIdRange(std::string_view start, std::string_view end,
                                   ReplyBuilder& reply);
std::optional<StreamId> ReadIdRangeStart(std::string_view start, ReplyBuilder& reply);

// A count of entries: none below zero.
std::optional<uint64_t> ReadCount(std::string_view text, ReplyBuilder& reply);

void ReplyWithId(StreamId id, ReplyBuilder& reply);
void ReplyWithEntry(const StreamEntry& entry, ReplyBuilder& reply);
// An array of the entries in a range, at most `most` of them (0: all).
void ReplyWithRange(const Stream& stream, const IdRange& range, uint64_t most, bool from_youngest,
                    ReplyBuilder& reply);

void FailForGroup(std::string_view key, std::string_view group, ReplyBuilder& reply);

// Where a group is: what the effects below say in front.
struct GroupName {
  std::string_view key;
  std::string_view group;
};
// An entry is pending with a consumer since its delivery, and the group has read as far as it has.
void ClaimEffect(WriteKeys& keys, const GroupName& name, const StreamGroup& group, StreamId id,
                 const PendingEntry& entry);
// The group has read as far as it has.
void GroupPositionEffect(WriteKeys& keys, const GroupName& name, const StreamGroup& group);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_STREAM_ARGUMENTS_H_
