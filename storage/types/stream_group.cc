#include "storage/types/stream_group.h"

namespace redstart {

StreamGroup::StreamGroup(const StreamGroup& other)
    : last_id(other.last_id),
      entries_read(other.entries_read),
      consumers_(other.consumers_),
      pending_(other.pending_) {
  for (auto& [name, consumer] : consumers_) {
    for (const StreamId id : consumer.pending) pending_.find(id)->second.consumer = &consumer;
  }
}

StreamConsumer* StreamGroup::Find(std::string_view consumer) {
  const auto found = consumers_.find(consumer);
  return found == consumers_.end() ? nullptr : &found->second;
}

const StreamConsumer* StreamGroup::Find(std::string_view consumer) const {
  return const_cast<StreamGroup*>(this)->Find(consumer);
}

StreamConsumer* StreamGroup::Create(std::string_view consumer, int64_t now_ms) {
  const auto [at, is_new] = consumers_.try_emplace(std::string(consumer));
  if (!is_new) return nullptr;
  at->second.name = consumer;
  at->second.seen_ms = now_ms;
  return &at->second;
}

size_t StreamGroup::Delete(StreamConsumer* consumer) {
  const size_t pending = consumer->pending.size();
  for (const StreamId id : consumer->pending) pending_.erase(id);
  consumers_.erase(consumers_.find(consumer->name));
  return pending;
}

PendingEntry* StreamGroup::FindPending(StreamId id) {
  const auto found = pending_.find(id);
  return found == pending_.end() ? nullptr : &found->second;
}

PendingEntry* StreamGroup::Assign(StreamId id, StreamConsumer* consumer) {
  PendingEntry& entry = pending_[id];
  if (entry.consumer != consumer) {
    if (entry.consumer != nullptr) entry.consumer->pending.erase(id);
    consumer->pending.insert(id);
    entry.consumer = consumer;
  }
  return &entry;
}

bool StreamGroup::Acknowledge(StreamId id) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return false;
  found->second.consumer->pending.erase(id);
  pending_.erase(found);
  return true;
}

size_t StreamGroup::MemoryBytes() const {
  // A node of a std::map has some five words of its own; a B-tree's elements have hardly any.
  constexpr size_t kMapNode = 40;
  constexpr size_t kPerPending = sizeof(StreamId) * 2 + sizeof(PendingEntry) + 8;
  return sizeof(*this) + pending_.size() * kPerPending +
         consumers_.size() * (kMapNode + sizeof(Consumers::value_type));
}

}  // namespace redstart
