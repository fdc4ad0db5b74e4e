#include "storage/disk/stream_codec.h"

#include <memory>
#include <utility>

#include "storage/types/stream_node.h"

namespace redstart {
namespace {

constexpr size_t kIdBytes = 16;

void AppendBigEndian(uint64_t value, std::string* out) {
  for (int shift = 56; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

std::string EncodedId(StreamId id) {
  std::string bytes;
  AppendBigEndian(id.ms, &bytes);
  AppendBigEndian(id.sequence, &bytes);
  return bytes;
}

void AppendIdAsLengths(StreamId id, std::string* out) {
  AppendRdbLength(id.ms, out);
  AppendRdbLength(id.sequence, out);
}

void AppendGroup(const StreamGroup& group, std::string* out) {
  AppendIdAsLengths(group.last_id, out);
  AppendRdbLength(static_cast<uint64_t>(group.entries_read), out);
  AppendRdbLength(group.pending().size(), out);
  for (const auto& [id, entry] : group.pending()) {
    out->append(EncodedId(id));
    AppendLittleEndian64(static_cast<uint64_t>(entry.delivered_ms), out);
    AppendRdbLength(entry.deliveries, out);
  }
  AppendRdbLength(group.consumers().size(), out);
  for (const auto& [name, consumer] : group.consumers()) {
    AppendRdbString(name, RdbCompression::kOff, out);
    AppendLittleEndian64(static_cast<uint64_t>(consumer.seen_ms), out);
    AppendRdbLength(consumer.pending.size(), out);
    for (const StreamId id : consumer.pending) out->append(EncodedId(id));
  }
}

StreamId DecodeId(std::string_view bytes) {
  StreamId id;
  for (int i = 0; i < 8; ++i) {
    id.ms = id.ms << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i)]);
    id.sequence = id.sequence << 8 | static_cast<uint8_t>(bytes[static_cast<size_t>(i) + 8]);
  }
  return id;
}

// Reads a stream piece by piece; after the first piece that is damaged or missing everything is
// zero, and ok() is false.
class StreamReader {
 public:
  StreamReader(uint8_t rdb_type, RdbInput* input) : type_(rdb_type), input_(input) {}

  std::unique_ptr<Stream> Read() {
    auto stream = std::make_unique<Stream>();
    ReadNodes(stream.get());
    ReadState(stream.get());
    for (uint64_t groups = Count(1); ok_ && groups > 0; --groups) ReadGroup(stream.get());
    return ok_ ? std::move(stream) : nullptr;
  }

 private:
  template <typename T>
  T Checked(std::optional<T> value) {
    if (!value) ok_ = false;
    return std::move(value).value_or(T());
  }
  void Require(bool condition) { ok_ = ok_ && condition; }
  uint64_t Length() { return ok_ ? Checked(input_->ReadLength()) : 0; }
  uint64_t Count(size_t least_bytes) { return ok_ ? Checked(input_->ReadCount(least_bytes)) : 0; }
  std::string Text() { return ok_ ? Checked(input_->ReadString()) : std::string(); }
  int64_t Milliseconds() {
    return ok_ ? static_cast<int64_t>(Checked(input_->ReadLittleEndian64())) : 0;
  }
  StreamId IdOfLengths() {
    const uint64_t ms = Length();
    return {ms, Length()};
  }
  StreamId Id() {
    if (!ok_) return {};
    const std::string_view bytes = Checked(input_->ReadBytes(kIdBytes));
    return ok_ ? DecodeId(bytes) : StreamId();
  }

  void ReadNodes(Stream* stream) {
    for (uint64_t nodes = Count(kIdBytes); ok_ && nodes > 0; --nodes) {
      const std::string id = Text();
      const std::string listpack = Text();
      Require(id.size() == kIdBytes && IsValidStreamNode(listpack));
      if (!ok_) return;
      const StreamId node_id = DecodeId(id);
      live_entries_ += StreamNode(node_id, listpack).live();
      Require(stream->AddNode(node_id, listpack));
    }
  }

  void ReadState(Stream* stream) {
    const uint64_t length = Length();
    const StreamId last_id = IdOfLengths();
    StreamId first_id = ok_ ? stream->FirstLiveId() : StreamId();
    StreamId max_deleted_id;
    uint64_t entries_added = length;
    if (type_ != kRdbTypeStream1) {
      first_id = IdOfLengths();
      max_deleted_id = IdOfLengths();
      entries_added = Length();
    }
    Require(length == live_entries_);
    stream->Restore(length, last_id, first_id, max_deleted_id, entries_added);
  }

  void ReadGroup(Stream* stream) {
    const std::string name = Text();
    const StreamId last_id = IdOfLengths();
    const int64_t entries_read =
        type_ == kRdbTypeStream1 ? stream->CountUpTo(last_id) : static_cast<int64_t>(Length());
    if (!ok_) return;
    const auto [at, is_new] = stream->groups().try_emplace(name, last_id, entries_read);
    Require(is_new);
    // Redis writes what is pending with the group first, and who has it afterwards.
    absl::btree_map<StreamId, PendingEntry> pending;
    for (uint64_t count = Count(kIdBytes + 9); ok_ && count > 0; --count) {
      const StreamId id = Id();
      const PendingEntry entry = {.delivered_ms = Milliseconds(), .deliveries = Length()};
      Require(pending.emplace(id, entry).second);
    }
    StreamGroup& group = at->second;
    for (uint64_t count = Count(10); ok_ && count > 0; --count) ReadConsumer(pending, &group);
    Require(group.pending().size() == pending.size());
  }

  void ReadConsumer(const absl::btree_map<StreamId, PendingEntry>& pending, StreamGroup* group) {
    StreamConsumer* consumer = ok_ ? group->Create(Text(), 0) : nullptr;
    Require(consumer != nullptr);
    if (!ok_) return;
    consumer->seen_ms = Milliseconds();
    // Older files do not say when it was active: then is as good a guess as there is.
    consumer->active_ms = type_ == kRdbTypeStream3 ? Milliseconds() : consumer->seen_ms;
    for (uint64_t count = Count(kIdBytes); ok_ && count > 0; --count) {
      const StreamId id = Id();
      const auto found = pending.find(id);
      Require(found != pending.end() && group->FindPending(id) == nullptr);
      if (!ok_) return;
      PendingEntry* entry = group->Assign(id, consumer);
      entry->delivered_ms = found->second.delivered_ms;
      entry->deliveries = found->second.deliveries;
    }
  }

  const uint8_t type_;
  RdbInput* input_;
  uint64_t live_entries_ = 0;
  bool ok_ = true;
};

}  // namespace

void AppendRdbStream(const Stream& stream, RdbCompression compression, std::string* out) {
  AppendRdbLength(stream.nodes().size(), out);
  for (const auto& [id, node] : stream.nodes()) {
    AppendRdbString(EncodedId(id), RdbCompression::kOff, out);
    AppendRdbString(node.bytes(), compression, out);
  }
  AppendRdbLength(stream.size(), out);
  AppendIdAsLengths(stream.last_id(), out);
  AppendIdAsLengths(stream.first_id(), out);
  AppendIdAsLengths(stream.max_deleted_id(), out);
  AppendRdbLength(stream.entries_added(), out);
  AppendRdbLength(stream.groups().size(), out);
  for (const auto& [name, group] : stream.groups()) {
    AppendRdbString(name, RdbCompression::kOff, out);
    AppendGroup(group, out);
  }
}

std::optional<DecodedValue> ReadRdbStream(uint8_t rdb_type, const CollectionLimits&,
                                          RdbInput* input) {
  std::unique_ptr<Stream> stream = StreamReader(rdb_type, input).Read();
  if (stream == nullptr) return std::nullopt;
  return DecodedCollection::Object(ValueType::kStream, std::move(stream));
}

}  // namespace redstart
