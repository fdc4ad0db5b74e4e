#ifndef REDSTART_STORAGE_CAPTURE_H_
#define REDSTART_STORAGE_CAPTURE_H_

// How a running snapshot sees the values that change while it walks: a shard hands it what an entry
// was at the cut, before the first change since then.
//
// Who calls. Shard alone, through which every change of an entry passes (Edit, ReplaceShell,
// Replace, Erase, Detach), with its lock held; the snapshot implements it (storage/disk/snapshot).
// Lock. CaptureState is written with every shard locked and read with any; the atomics with none.

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace redstart {

class Entry;
class Shard;

class Capture {
 public:
  virtual ~Capture() = default;
  // `entry` left its table; the capture owns it now and gives it back with
  // Shard::FreeDetachedEntry. `database` is the number at the cut.
  virtual void Take(Shard* shard, int database, Entry* entry) = 0;
  // `entry` is about to be changed: keep what it is now.
  virtual void Copy(Shard* shard, int database, const Entry& entry) = 0;
};

// What a snapshot means for all shards of a keyspace.
struct CaptureState {
  // Entries carry the tag of the snapshot that need not look at them (again): four bits, 0 is none.
  static constexpr uint8_t kTags = 15;

  Capture* capture = nullptr;  // Null: no snapshot is running.
  uint64_t cut = 0;            // How many there have been. Tables made since then are not walked.
  uint8_t tag = 0;
  // Whoever wants to write waits, without any lock, until this is false (Keyspace::AwaitRoom).
  std::atomic<bool> over_budget{false};
  // What the snapshot keeps of changed and deleted entries; over the budget if it is too much.
  std::atomic<uint64_t> waiting_bytes{0};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_CAPTURE_H_
