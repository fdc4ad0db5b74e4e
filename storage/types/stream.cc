#include "storage/types/stream.h"

#include <utility>

#include "storage/types/stream_node.h"

namespace redstart {
namespace {

// Listpacks stay below this whatever stream-node-max-bytes says.
constexpr size_t kLargestNode = size_t{1} << 30;

}  // namespace

size_t Stream::MemoryBytes() const {
  // What a group costs in its map beside itself.
  constexpr size_t kPerGroup = 80;
  size_t bytes = sizeof(*this) + nodes_.size() * sizeof(Nodes::value_type) + node_bytes_;
  for (const auto& [name, group] : groups_) bytes += kPerGroup + name.size() + group.MemoryBytes();
  return bytes;
}

std::unique_ptr<Collection> Stream::Clone() const {
  auto copy = std::make_unique<Stream>();
  for (const auto& [id, node] : nodes_) copy->AddNode(id, node.bytes());
  copy->Restore(length_, last_id_, first_id_, max_deleted_id_, entries_added_);
  for (const auto& [name, group] : groups_) copy->groups_.try_emplace(name, group);
  return copy;
}

void Stream::VisitRange(StreamId from, StreamId to, bool from_youngest, Visit visit) const {
  StreamEntry entry;
  if (!from_youngest) {
    auto node = nodes_.upper_bound(from);
    if (node != nodes_.begin()) --node;  // Its entries may reach beyond `from`.
    for (; node != nodes_.end() && node->first <= to; ++node) {
      const StreamNode view(node->first, node->second.bytes());
      for (auto at = view.First(); at != ListpackView::kNone; at = view.Next(at)) {
        const bool is_there = view.Read(at, &entry);
        if (entry.id > to) return;
        if (is_there && entry.id >= from && !visit(entry)) return;
      }
    }
    return;
  }
  for (auto node = nodes_.upper_bound(to); node != nodes_.begin();) {
    --node;
    const StreamNode view(node->first, node->second.bytes());
    for (auto at = view.Last(); at != ListpackView::kNone; at = view.Previous(at)) {
      const bool is_there = view.Read(at, &entry);
      if (entry.id < from) return;
      if (is_there && entry.id <= to && !visit(entry)) return;
    }
  }
}

StreamId Stream::LastLiveId() const {
  StreamId last;
  VisitRange(kFirstStreamId, kLastStreamId, /*from_youngest=*/true, [&](const StreamEntry& entry) {
    last = entry.id;
    return false;
  });
  return last;
}

StreamId Stream::FirstLiveId() const {
  StreamId first;
  VisitRange(kFirstStreamId, kLastStreamId, /*from_youngest=*/false, [&](const StreamEntry& entry) {
    first = entry.id;
    return false;
  });
  return first;
}

StreamId Stream::OldestId() const {
  if (nodes_.empty()) return kLastStreamId;
  const StreamNode node(nodes_.begin()->first, nodes_.begin()->second.bytes());
  StreamEntry entry;
  node.Read(node.First(), &entry);
  return entry.id;
}

bool Stream::Contains(StreamId id) const {
  bool found = false;
  VisitRange(id, id, /*from_youngest=*/false, [&](const StreamEntry&) {
    found = true;
    return false;
  });
  return found;
}

void Stream::Append(StreamId id, absl::Span<const std::string_view> fields_and_values,
                    const StreamNodeLimits& limits) {
  auto node = nodes_.end();
  if (!nodes_.empty()) {
    node = std::prev(nodes_.end());
    size_t bytes = node->second.size();
    for (const std::string_view text : fields_and_values) bytes += text.size();
    const size_t most =
        limits.max_bytes == 0 || limits.max_bytes > kLargestNode ? kLargestNode : limits.max_bytes;
    const StreamNode view(node->first, node->second.bytes());
    const bool is_full =
        limits.max_entries != 0 && view.live() + view.deleted() >= limits.max_entries;
    if (bytes >= most || is_full) node = nodes_.end();
  }
  if (node == nodes_.end()) {
    node = nodes_.emplace_hint(nodes_.end(), id, StreamNode::New(fields_and_values));
    node_bytes_ += node->second.MemoryBytes();
  }
  node_bytes_ -= node->second.MemoryBytes();
  StreamNode::Append(ListpackEditor(&node->second), node->first, id, fields_and_values);
  node_bytes_ += node->second.MemoryBytes();
  ++length_;
  ++entries_added_;
  last_id_ = id;
  if (length_ == 1) first_id_ = id;
}

bool Stream::Delete(StreamId id) {
  auto node = nodes_.upper_bound(id);
  if (node == nodes_.begin()) return false;
  --node;
  const StreamNode view(node->first, node->second.bytes());
  StreamEntry entry;
  auto at = view.First();
  bool is_there = false;
  for (; at != ListpackView::kNone; at = view.Next(at)) {
    is_there = view.Read(at, &entry);
    if (entry.id >= id) break;
  }
  if (at == ListpackView::kNone || entry.id != id || !is_there) return false;
  if (view.live() == 1) {
    EraseNode(node);
  } else {
    StreamNode::Delete(ListpackEditor(&node->second), at);
  }
  --length_;
  max_deleted_id_ = std::max(max_deleted_id_, id);
  if (length_ == 0 || id == first_id_) NoteOldest();
  return true;
}

void Stream::EraseNode(Nodes::iterator node) {
  node_bytes_ -= node->second.MemoryBytes();
  nodes_.erase(node);
}

void Stream::NoteOldest() {
  first_id_ = length_ == 0 ? StreamId() : FirstLiveId();
}

uint64_t Stream::Trim(const StreamTrim& trim) {
  uint64_t removed = 0;
  const auto is_done = [&](StreamId id) {
    return trim.max_length ? length_ <= *trim.max_length : id >= *trim.min_id;
  };
  while (!nodes_.empty()) {
    const auto node = nodes_.begin();
    if (trim.max_length && length_ <= *trim.max_length) break;
    const StreamNode view(node->first, node->second.bytes());
    if (trim.limit > 0 && removed + view.live() > trim.limit) break;
    bool goes_whole = trim.max_length && length_ - view.live() >= *trim.max_length;
    if (trim.min_id) {
      StreamEntry last;
      view.Read(view.Last(), &last);
      goes_whole = last.id < *trim.min_id;
    }
    if (!goes_whole) {
      if (!trim.is_approximate) removed += TrimNode(node, is_done);
      break;
    }
    removed += view.live();
    length_ -= view.live();
    EraseNode(node);
  }
  if (removed > 0) NoteOldest();
  return removed;
}

uint64_t Stream::TrimNode(Nodes::iterator node, absl::FunctionRef<bool(StreamId id)> stop) {
  // Every deletion may move what stands behind the head, so each one begins anew from the entry's
  // number; a node has few.
  uint64_t removed = 0;
  for (size_t number = 0;; ++number) {
    const StreamNode view(node->first, node->second.bytes());
    auto at = view.First();
    for (size_t i = 0; i < number && at != ListpackView::kNone; ++i) at = view.Next(at);
    if (at == ListpackView::kNone) return removed;
    StreamEntry entry;
    const bool is_there = view.Read(at, &entry);
    if (stop(entry.id)) return removed;
    if (!is_there) continue;
    StreamNode::Delete(ListpackEditor(&node->second), at);
    --length_;
    ++removed;
  }
}

void Stream::SetState(StreamId last_id, std::optional<uint64_t> entries_added,
                      std::optional<StreamId> max_deleted_id) {
  last_id_ = last_id;
  if (entries_added) entries_added_ = *entries_added;
  if (max_deleted_id) max_deleted_id_ = *max_deleted_id;
}

StreamGroup* Stream::FindGroup(std::string_view name) {
  const auto found = groups_.find(name);
  return found == groups_.end() ? nullptr : &found->second;
}

const StreamGroup* Stream::FindGroup(std::string_view name) const {
  return const_cast<Stream*>(this)->FindGroup(name);
}

int64_t Stream::CountUpTo(StreamId id) const {
  if (entries_added_ == 0) return 0;
  const auto added = static_cast<int64_t>(entries_added_);
  const auto length = static_cast<int64_t>(length_);
  if (length_ == 0 && id <= last_id_) return added;
  if (id == last_id_) return added;
  if (id > last_id_) return StreamGroup::kUnknown;
  if (max_deleted_id_.is_zero() || max_deleted_id_ < first_id_) {
    // Nothing is missing between the oldest and the youngest entry.
    if (id < first_id_) return added - length;
    if (id == first_id_) return added - length + 1;
  }
  return StreamGroup::kUnknown;
}

bool Stream::HasDeletedFrom(StreamId id) const {
  if (length_ == 0 || max_deleted_id_.is_zero()) return false;
  return first_id_ <= max_deleted_id_ && id <= max_deleted_id_;
}

std::optional<int64_t> Stream::LagOf(const StreamGroup& group) const {
  const auto added = static_cast<int64_t>(entries_added_);
  if (added == 0) return 0;
  if (group.entries_read != StreamGroup::kUnknown && !HasDeletedFrom(group.last_id)) {
    return added - group.entries_read;
  }
  const int64_t read = CountUpTo(group.last_id);
  if (read == StreamGroup::kUnknown) return std::nullopt;
  return added - read;
}

void Stream::Advance(StreamGroup* group, StreamId id) const {
  if (group->entries_read != StreamGroup::kUnknown && !HasDeletedFrom(id)) {
    ++group->entries_read;
  } else if (entries_added_ > 0) {
    group->entries_read = CountUpTo(id);
  }
  group->last_id = id;
}

bool Stream::AddNode(StreamId id, std::string_view listpack) {
  const auto [node, is_new] = nodes_.try_emplace(id, listpack);
  if (is_new) node_bytes_ += node->second.MemoryBytes();
  return is_new;
}

void Stream::Restore(uint64_t length, StreamId last_id, StreamId first_id, StreamId max_deleted_id,
                     uint64_t entries_added) {
  length_ = length;
  last_id_ = last_id;
  first_id_ = first_id;
  max_deleted_id_ = max_deleted_id;
  entries_added_ = entries_added;
}

}  // namespace redstart
