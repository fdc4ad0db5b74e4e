#include "storage/disk/command_writer.h"

#include <vector>

#include "storage/base/number.h"
#include "storage/disk/effect_log.h"
#include "storage/types/hash.h"
#include "storage/types/list.h"
#include "storage/types/set.h"
#include "storage/types/stream.h"
#include "storage/types/zset.h"
#include "storage/value.h"

namespace redstart {
namespace {

constexpr size_t kPortion = size_t{64} << 10;

// Gathers elements into commands of limited length.
class ElementCommands {
 public:
  ElementCommands(std::string_view command, std::string_view key, std::string* out)
      : command_(command), key_(key), out_(out) {}
  ~ElementCommands() { Finish(); }

  // An element of one or two texts.
  void Add(std::string only) {
    texts_.push_back(std::move(only));
    if (++elements_ == CommandWriter::kMostElements) Finish();
  }
  void Add(std::string first, std::string second) {
    texts_.push_back(std::move(first));
    Add(std::move(second));
  }

 private:
  void Finish() {
    if (elements_ == 0) return;
    std::vector<std::string_view> args = {command_, key_};
    args.insert(args.end(), texts_.begin(), texts_.end());
    AppendEncodedCommand(args, out_);
    texts_.clear();
    elements_ = 0;
  }

  const std::string_view command_;
  const std::string_view key_;
  std::string* const out_;
  std::vector<std::string> texts_;
  size_t elements_ = 0;
};

void AppendPending(std::string_view key, std::string_view name, const StreamGroup& group,
                   std::string* out) {
  for (const auto& [consumer_name, consumer] : group.consumers()) {
    if (consumer.pending.empty()) {
      AppendEncodedCommand({"XGROUP", "CREATECONSUMER", key, name, consumer_name}, out);
    }
    for (const StreamId id : consumer.pending) {
      const PendingEntry& pending = group.pending().at(id);
      AppendEncodedCommand(
          {"XCLAIM", key, name, consumer_name, "0", id.ToString(), "TIME",
           FormatInt64(pending.delivered_ms), "RETRYCOUNT",
           FormatInt64(static_cast<int64_t>(pending.deliveries)), "JUSTID", "FORCE"},
          out);
    }
  }
}

void AppendStream(std::string_view key, const Stream& stream, std::string* out) {
  if (stream.size() == 0) {
    // The only way to make an empty one.
    AppendEncodedCommand({"XADD", key, "MAXLEN", "0", "0-1", "x", "y"}, out);
  }
  stream.VisitRange(kFirstStreamId, kLastStreamId, /*from_youngest=*/false,
                    [&](const StreamEntry& entry) {
                      std::vector<std::string> texts = {entry.id.ToString()};
                      entry.ForEachField([&](const Element& field, const Element& value) {
                        texts.push_back(field.ToString());
                        texts.push_back(value.ToString());
                      });
                      std::vector<std::string_view> args = {"XADD", key};
                      args.insert(args.end(), texts.begin(), texts.end());
                      AppendEncodedCommand(args, out);
                      return true;
                    });
  AppendEncodedCommand(
      {"XSETID", key, stream.last_id().ToString(), "ENTRIESADDED",
       std::to_string(stream.entries_added()), "MAXDELETEDID", stream.max_deleted_id().ToString()},
      out);
  for (const auto& [name, group] : stream.groups()) {
    AppendEncodedCommand({"XGROUP", "CREATE", key, name, group.last_id.ToString(), "ENTRIESREAD",
                          FormatInt64(group.entries_read)},
                         out);
    AppendPending(key, name, group, out);
  }
}

void AppendHash(std::string_view key, const HashView& hash, std::string* out) {
  std::string deadlines;
  {
    ElementCommands commands("HMSET", key, out);
    hash.ForEachOfAll([&](const Element& field, const Element& value, uint64_t deadline) {
      commands.Add(field.ToString(), value.ToString());
      if (deadline == HashView::kNever) return;
      AppendEncodedCommand(
          {"HPEXPIREAT", key, std::to_string(deadline), "FIELDS", "1", field.ToString()},
          &deadlines);
    });
  }
  *out += deadlines;
}

void AppendCollection(const Entry& entry, std::string* out) {
  const std::string_view key = entry.key();
  switch (entry.type()) {
    case ValueType::kList: {
      ElementCommands commands("RPUSH", key, out);
      ListView(CollectionOf(entry)).Visit(0, ListEnd::kTail, [&](const Element& element) {
        commands.Add(element.ToString());
        return true;
      });
      return;
    }
    case ValueType::kSet: {
      ElementCommands commands("SADD", key, out);
      SetView(CollectionOf(entry)).ForEach([&](const Element& member) {
        commands.Add(member.ToString());
      });
      return;
    }
    case ValueType::kHash:
      return AppendHash(key, HashView(CollectionOf(entry)), out);
    case ValueType::kSortedSet: {
      ElementCommands commands("ZADD", key, out);
      ZSetView(CollectionOf(entry)).ForEach([&](const Element& member, double score) {
        commands.Add(FormatDouble(score), member.ToString());
      });
      return;
    }
    case ValueType::kStream:
      return AppendStream(key, *StreamView(CollectionOf(entry)), out);
    default:
      return;
  }
}

}  // namespace

void CommandWriter::Begin() {
  if (second_ != 0) buffer_.append("#TS:").append(std::to_string(second_)).append("\r\n");
}

void CommandWriter::Function(std::string_view source) {
  AppendEncodedCommand({"FUNCTION", "LOAD", source}, &buffer_);
  FlushIfLarge();
}

void CommandWriter::SelectDatabase(int database) {
  AppendEncodedCommand({"SELECT", std::to_string(database)}, &buffer_);
}

void CommandWriter::AppendRecord(const Entry& entry, std::string* out) {
  if (entry.type() == ValueType::kString) {
    IntegerText scratch;
    AppendEncodedCommand({"SET", entry.key(), entry.string().View(&scratch)}, out);
  } else {
    AppendCollection(entry, out);
  }
  if (!entry.has_deadline()) return;
  AppendEncodedCommand({"PEXPIREAT", entry.key(), std::to_string(entry.deadline())}, out);
}

void CommandWriter::Add(const Entry& entry) {
  AppendRecord(entry, &buffer_);
  FlushIfLarge();
}

void CommandWriter::AddRecord(std::string_view record) {
  buffer_ += record;
  FlushIfLarge();
}

void CommandWriter::FlushIfLarge() {
  if (buffer_.size() >= kPortion) Flush();
}

void CommandWriter::Flush() {
  if (status_.ok() && !buffer_.empty()) status_ = sink_->Write(buffer_);
  buffer_.clear();
  if (buffer_.capacity() > 64 * kPortion) buffer_.shrink_to_fit();
}

}  // namespace redstart
