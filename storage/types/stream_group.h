#ifndef REDSTART_STORAGE_TYPES_STREAM_GROUP_H_
#define REDSTART_STORAGE_TYPES_STREAM_GROUP_H_

// A consumer group of a stream: how far it has read, its consumers, and which entries each of them
// has got and not acknowledged.
//
// Owner. The stream. Invariants. An entry is pending with one consumer of the group at most, and
// stands in that consumer's set exactly if it stands in the group's map.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "storage/types/stream_id.h"

namespace redstart {

struct StreamConsumer {
  static constexpr int64_t kNeverActive = -1;

  std::string name;
  int64_t seen_ms = 0;               // When it last asked for something,
  int64_t active_ms = kNeverActive;  // and when it last got something.
  absl::btree_set<StreamId> pending;
};

struct PendingEntry {
  int64_t delivered_ms = 0;
  uint64_t deliveries = 1;
  StreamConsumer* consumer = nullptr;
};

class StreamGroup {
 public:
  // What entries_read is when nobody knows.
  static constexpr int64_t kUnknown = -1;
  using Consumers = std::map<std::string, StreamConsumer, std::less<>>;
  using Pending = absl::btree_map<StreamId, PendingEntry>;

  StreamGroup(StreamId last, int64_t read) : last_id(last), entries_read(read) {}
  StreamGroup(const StreamGroup& other);
  StreamGroup& operator=(const StreamGroup&) = delete;

  const Consumers& consumers() const { return consumers_; }
  const Pending& pending() const { return pending_; }
  // Null if there is no such consumer.
  StreamConsumer* Find(std::string_view consumer);
  const StreamConsumer* Find(std::string_view consumer) const;
  // Null if there is one of this name already.
  StreamConsumer* Create(std::string_view consumer, int64_t now_ms);
  // Forgets a consumer with what is pending with it; how much that was. REQUIRES: it is there.
  size_t Delete(StreamConsumer* consumer);

  // Null if the entry is not pending.
  PendingEntry* FindPending(StreamId id);
  // The entry is pending with this consumer from here on, whoever had it before.
  PendingEntry* Assign(StreamId id, StreamConsumer* consumer);
  // False if the entry was not pending.
  bool Acknowledge(StreamId id);

  size_t MemoryBytes() const;

  StreamId last_id;      // The last one delivered.
  int64_t entries_read;  // How many of all entries ever added stand up to there; may be kUnknown.

 private:
  Consumers consumers_;
  Pending pending_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_STREAM_GROUP_H_
