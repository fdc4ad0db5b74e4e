// Streams: entries with ids that only grow, under one key. Reading them, also as a group, and what
// is known about them stand in stream_read_commands.cc, stream_group_commands.cc and
// stream_info_commands.cc.

#include <algorithm>
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

// More bytes of fields and values do not fit a listpack.
constexpr size_t kMaxEntryBytes = size_t{1} << 30;

// What XADD and XTRIM are asked for, besides fields and values.
struct AddOrTrim {
  StreamTrim trim;
  size_t trim_at = 0;  // The argument that says how far to trim; 0: no trimming.
  bool create = true;
  size_t id_at = 0;            // XADD's id, behind the last argument if there is none.
  std::optional<StreamId> id;  // Nothing: the server makes one.
  bool has_sequence = true;    // Not for "ms-*".
  bool has_limit = false;
};

class AddOrTrimReader {
 public:
  AddOrTrimReader(const WriteKeys& keys, Args args, bool is_add, ReplyBuilder& reply)
      : keys_(keys), args_(args), is_add_(is_add), reply_(reply) {}

  // Otherwise the error has been written.
  std::optional<AddOrTrim> Read() {
    for (at_ = 2; at_ < args_.size(); ++at_) {
      const bool has_more = at_ + 1 < args_.size();
      if (is_add_ && args_[at_] == "*") break;
      if (has_more && (SameWord(args_[at_], "MAXLEN") || SameWord(args_[at_], "MINID"))) {
        if (!ReadTrim(SameWord(args_[at_], "MAXLEN"))) return std::nullopt;
      } else if (has_more && SameWord(args_[at_], "LIMIT")) {
        if (!ReadLimit()) return std::nullopt;
      } else if (is_add_ && SameWord(args_[at_], "NOMKSTREAM")) {
        asked_.create = false;
      } else if (is_add_) {
        if (!ReadId()) return std::nullopt;
        break;
      } else {
        reply_.Fail(error::kSyntax);
        return std::nullopt;
      }
    }
    asked_.id_at = at_;
    if (!Check()) return std::nullopt;
    return asked_;
  }

 private:
  bool Refuse(std::string_view error) {
    reply_.Fail(error);
    return false;
  }

  bool ReadTrim(bool by_length) {
    if (asked_.trim_at != 0) {
      return Refuse(
          "ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
    }
    ++at_;
    asked_.trim.is_approximate = false;
    if (at_ + 1 < args_.size() && (args_[at_] == "~" || args_[at_] == "=")) {
      asked_.trim.is_approximate = args_[at_] == "~";
      ++at_;
    }
    asked_.trim_at = at_;
    if (!by_length) {
      asked_.trim.min_id = ReadStreamId(args_[at_], reply_);
      return asked_.trim.min_id.has_value();
    }
    const std::optional<int64_t> length = ParseInt64(args_[at_]);
    if (!length) return Refuse(error::kNotInteger);
    if (*length < 0) return Refuse("ERR The MAXLEN argument must be >= 0.");
    asked_.trim.max_length = static_cast<uint64_t>(*length);
    return true;
  }

  bool ReadLimit() {
    const std::optional<int64_t> limit = ParseInt64(args_[++at_]);
    if (!limit) return Refuse(error::kNotInteger);
    if (*limit < 0) return Refuse("ERR The LIMIT argument must be >= 0.");
    asked_.trim.limit = static_cast<uint64_t>(*limit);
    asked_.has_limit = true;
    return true;
  }

  bool ReadId() {
    std::string_view text = args_[at_];
    asked_.has_sequence = !text.ends_with("-*");
    if (!asked_.has_sequence) text.remove_suffix(2);
    asked_.id = ReadStreamId(text, reply_);
    return asked_.id.has_value();
  }

  bool Check() {
    StreamTrim& trim = asked_.trim;
    if (trim.limit > 0 && asked_.trim_at == 0) {
      return Refuse(
          "ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
    }
    if (!is_add_ && asked_.trim_at == 0) {
      return Refuse("ERR syntax error, XTRIM must be called with a trimming strategy");
    }
    if (keys_.repeats()) {
      // In what was recorded `~` has become `=`: it was limited then.
      trim.limit = 0;
      return true;
    }
    if (asked_.has_limit && !trim.is_approximate) {
      return Refuse("ERR syntax error, LIMIT cannot be used without the special ~ option");
    }
    if (!asked_.has_limit && trim.is_approximate) {
      // So that one command never takes long: a hundred listpacks.
      const uint64_t limit = 100 * keys_.config().stream_node_max_entries;
      trim.limit = limit == 0 ? 10'000 : std::min<uint64_t>(limit, 1'000'000);
    }
    return true;
  }

  const WriteKeys& keys_;
  const Args args_;
  const bool is_add_;
  ReplyBuilder& reply_;
  size_t at_ = 2;
  AddOrTrim asked_;
};

// Repeats the command elsewhere with `id` (XADD), and with what an approximate trim left.
void RepeatExactly(WriteKeys& keys, Args args, const AddOrTrim& asked, const Stream& stream,
                   std::string_view id) {
  std::vector<std::string_view> exact(args.begin(), args.end());
  std::string left;
  if (asked.trim.is_approximate) {
    left = asked.trim.max_length ? FormatInt64(static_cast<int64_t>(stream.size()))
                                 : stream.OldestId().ToString();
    exact[asked.trim_at - 1] = "=";
    exact[asked.trim_at] = left;
  }
  if (!id.empty()) exact[asked.id_at] = id;
  keys.Effect(exact);
}

// The id of a new entry; nothing if there is none that is beyond the last one.
std::optional<StreamId> NewId(const AddOrTrim& asked, StreamId last, uint64_t now_ms) {
  if (!asked.id) return now_ms > last.ms ? StreamId{now_ms, 0} : last.Next();
  if (asked.has_sequence) return *asked.id > last ? asked.id : std::nullopt;
  if (asked.id->ms > last.ms) return asked.id;
  if (asked.id->ms < last.ms || last.sequence == UINT64_MAX) return std::nullopt;
  return StreamId{last.ms, last.sequence + 1};
}

// XADD key [NOMKSTREAM] [MAXLEN|MINID [=|~] threshold [LIMIT count]] *|id field value [...]
void XAdd(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<AddOrTrim> asked = AddOrTrimReader(keys, args, true, reply).Read();
  if (!asked) return;
  const Args content = args.subspan(std::min(asked->id_at + 1, args.size()));
  if (content.size() < 2 || content.size() % 2 != 0) return reply.Fail(error::WrongArity("xadd"));
  if (asked->id && asked->has_sequence && asked->id->is_zero()) {
    return reply.Fail("ERR The ID specified in XADD must be greater than 0-0");
  }
  auto guard = keys.EditOrCreate<StreamEditor>(args[1]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  if (guard->get() == nullptr && !asked->create) return reply.Null();
  const StreamId last = guard->get() == nullptr ? StreamId() : guard->get()->last_id();
  if (last == kLastStreamId) {
    return reply.Fail(
        "ERR The stream has exhausted the last possible ID, unable to add more items");
  }
  const std::optional<StreamId> id = NewId(*asked, last, keys.now_ms());
  if (!id) {
    return reply.Fail(
        "ERR The ID specified in XADD is equal or smaller than the target stream top item");
  }
  size_t bytes = 0;
  for (const std::string_view text : content) bytes += text.size();
  if (bytes > kMaxEntryBytes) return reply.Fail("ERR Elements are too large to be stored");

  Stream* stream = guard->Make();
  stream->Append(*id, content, guard->limits());
  const bool trimmed = asked->trim_at != 0 && stream->Trim(asked->trim) > 0;
  guard.Changed(Event::kStream, "xadd");
  if (trimmed) guard.Changed(Event::kStream, "xtrim", 0);
  StreamId::Text buffer;
  const std::string_view text = id->View(&buffer);
  const bool is_made = !asked->id || !asked->has_sequence;
  if (is_made || asked->trim.is_approximate) {
    RepeatExactly(keys, args, *asked, *stream, is_made ? text : std::string_view());
  }
  reply.Bulk(text);
}

// XTRIM key MAXLEN|MINID [=|~] threshold [LIMIT count]
void XTrim(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<AddOrTrim> asked = AddOrTrimReader(keys, args, false, reply).Read();
  if (!asked) return;
  auto guard = keys.Edit<StreamEditor>(args[1]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!guard) return reply.Integer(0);
  Stream* stream = guard->get();
  const uint64_t removed = stream->Trim(asked->trim);
  if (removed > 0) {
    guard.Changed(Event::kStream, "xtrim", removed);
    if (asked->trim.is_approximate) RepeatExactly(keys, args, *asked, *stream, {});
  }
  reply.Integer(static_cast<int64_t>(removed));
}

// XDEL key id [id ...]
void XDel(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  auto guard = keys.Edit<StreamEditor>(args[1]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!guard) return reply.Integer(0);
  // All are read first, so that an error leaves everything as it is.
  std::vector<StreamId> ids;
  for (const std::string_view text : args.subspan(2)) {
    const std::optional<StreamId> id = ReadStreamId(text, reply);
    if (!id) return;
    ids.push_back(*id);
  }
  uint64_t deleted = 0;
  for (const StreamId id : ids) deleted += guard->get()->Delete(id);
  if (deleted > 0) guard.Changed(Event::kStream, "xdel", deleted);
  reply.Integer(static_cast<int64_t>(deleted));
}

// XLEN key
void XLen(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto stream = keys.Find<StreamView>(args[1]);
  if (stream.IsWrongType()) return reply.Fail(error::kWrongType);
  reply.Integer(stream ? static_cast<int64_t>((*stream)->size()) : 0);
}

// XRANGE key start end [COUNT count]; XREVRANGE key end start [COUNT count]
template <bool kFromYoungest>
void XRange(const ReadKeys& keys, Args args, ReplyBuilder& reply) {
  const auto range =
      kFromYoungest ? ReadIdRange(args[3], args[2], reply) : ReadIdRange(args[2], args[3], reply);
  if (!range) return;
  std::optional<uint64_t> most;
  for (size_t i = 4; i < args.size(); i += 2) {
    if (!SameWord(args[i], "COUNT") || i + 1 == args.size()) return reply.Fail(error::kSyntax);
    most = ReadCount(args[i + 1], reply);
    if (!most) return;
  }
  const auto stream = keys.Find<StreamView>(args[1]);
  if (stream.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!stream) return reply.EmptyArray();
  if (most == 0) return reply.NullArray();
  ReplyWithRange(**stream, *range, most.value_or(0), kFromYoungest, reply);
}

// XSETID key last-id [ENTRIESADDED entries-added] [MAXDELETEDID max-deleted-id]
void XSetId(WriteKeys& keys, Args args, ReplyBuilder& reply) {
  const std::optional<StreamId> id = ReadStreamId(args[2], reply);
  if (!id) return;
  std::optional<uint64_t> added;
  std::optional<StreamId> max_deleted;
  for (size_t i = 3; i < args.size(); i += 2) {
    if (i + 1 == args.size()) return reply.Fail(error::kSyntax);
    if (SameWord(args[i], "ENTRIESADDED")) {
      const std::optional<int64_t> count = ParseInt64(args[i + 1]);
      if (!count) return reply.Fail(error::kNotInteger);
      if (*count < 0) return reply.Fail("ERR entries_added must be positive");
      added = static_cast<uint64_t>(*count);
    } else if (SameWord(args[i], "MAXDELETEDID")) {
      max_deleted = ReadStreamId(args[i + 1], reply);
      if (!max_deleted) return;
      if (*id < *max_deleted) {
        return reply.Fail(
            "ERR The ID specified in XSETID is smaller than the provided max_deleted_entry_id");
      }
    } else {
      return reply.Fail(error::kSyntax);
    }
  }
  auto guard = keys.Edit<StreamEditor>(args[1]);
  if (guard.IsWrongType()) return reply.Fail(error::kWrongType);
  if (!guard) return reply.Fail(error::kNoSuchKey);
  Stream* stream = guard->get();
  if (*id < stream->max_deleted_id()) {
    return reply.Fail(
        "ERR The ID specified in XSETID is smaller than current max_deleted_entry_id");
  }
  if (stream->size() > 0 && *id < stream->LastLiveId()) {
    return reply.Fail("ERR The ID specified in XSETID is smaller than the target stream top item");
  }
  if (added && stream->size() > *added) {
    return reply.Fail(
        "ERR The entries_added specified in XSETID is smaller than the target stream length");
  }
  if (max_deleted && max_deleted->is_zero()) max_deleted.reset();
  stream->SetState(*id, added, max_deleted);
  keys.ChangedQuietly(args[1], Event::kStream, "xsetid");
  reply.Ok();
}

constexpr auto kGroup = CommandGroup::kStream;
constexpr CommandSpec kCommands[] = {
    {.name = "XADD",
     .args = "key [NOMKSTREAM@6.2.0] [trim: <strategy: MAXLEN | MINID@6.2.0> [operator: equal== | "
             "approximately=~] threshold [LIMIT count@6.2.0]] <id-selector: auto-id=* | id> <data: "
             "field value> ...",
     .arity = -5,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = kGroup,
     .run = XAdd,
     .since = "5.0.0",
     .history = "6.2.0 options NOMKSTREAM, MINID and LIMIT\n"
                "7.0.0 ids of the form <ms>-*",
     .summary = "Adds an entry to a stream, which is created if it is not there.",
     .complexity = "O(1), and O(N) for N entries that are trimmed",
     .tips = "nondeterministic_output"},
    {.name = "XTRIM",
     .args = "key <trim: <strategy: MAXLEN | MINID@6.2.0> [operator: equal== | approximately=~] "
             "threshold [LIMIT count@6.2.0]>",
     .arity = -4,
     .keys = kDeleteInFirstKey,
     .flags = kWrite,
     .group = kGroup,
     .run = XTrim,
     .since = "5.0.0",
     .history = "6.2.0 options MINID and LIMIT",
     .summary = "Removes the oldest entries of a stream.",
     .complexity = "O(N), N being the number of entries removed",
     .tips = "nondeterministic_output"},
    {.name = "XDEL",
     .args = "key ID#s [ID#s ...]",
     .arity = -3,
     .keys = kDeleteInFirstKey,
     .flags = kWrite | kFast,
     .group = kGroup,
     .run = XDel,
     .since = "5.0.0",
     .summary = "Deletes entries of a stream.",
     .complexity = "O(1) for each entry"},
    {.name = "XLEN",
     .args = "key",
     .arity = 2,
     .keys = kPeekFirstKey,
     .flags = kReadOnly | kFast,
     .group = kGroup,
     .run = XLen,
     .since = "5.0.0",
     .summary = "Counts the entries of a stream.",
     .complexity = "O(1)"},
    {.name = "XRANGE",
     .args = "key start#s end#s [COUNT count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = XRange<false>,
     .since = "5.0.0",
     .history = "6.2.0 ranges without their ends",
     .summary = "Answers with the entries between two ids.",
     .complexity = "O(N), N being the number of entries"},
    {.name = "XREVRANGE",
     .args = "key end#s start#s [COUNT count]",
     .arity = -4,
     .keys = kReadFirstKey,
     .flags = kReadOnly,
     .group = kGroup,
     .run = XRange<true>,
     .since = "5.0.0",
     .history = "6.2.0 ranges without their ends",
     .summary = "Answers with the entries between two ids, the youngest first.",
     .complexity = "O(N), N being the number of entries"},
    {.name = "XSETID",
     .args = "key last-id [ENTRIESADDED entries-added@7.0.0] [MAXDELETEDID max-deleted-id@7.0.0]",
     .arity = -3,
     .keys = kUpdateFirstKey,
     .flags = kWrite | kDenyOom | kFast,
     .group = kGroup,
     .run = XSetId,
     .since = "5.0.0",
     .history = "7.0.0 options ENTRIESADDED and MAXDELETEDID",
     .summary = "Sets what a stream takes for the id given last.",
     .complexity = "O(1)"},
};

}  // namespace

CommandRows StreamCommands() {
  return kCommands;
}

}  // namespace redstart
