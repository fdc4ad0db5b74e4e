#ifndef REDSTART_STORAGE_DISK_SNAPSHOT_H_
#define REDSTART_STORAGE_DISK_SNAPSHOT_H_

// One instant of the whole keyspace as an RDB file, written while clients go on reading and
// writing: no fork, memory bounded, every hold of a lock short.
//
// Cut() marks the instant with every shard locked, in microseconds. Write() then walks the tables
// in hash order, one shard at a time: it copies a few entries under the shard's lock, lets go, and
// encodes and writes the copies. What a client changes ahead of the walk comes through Capture: the
// old entry itself if it was deleted or replaced, a copy otherwise. Long strings are shared, never
// copied. Captured entries have a budget of bytes; over it, writers wait before they lock
// (Keyspace::AwaitRoom).
//
// Threads. One thread makes, writes and destroys it; Capture's functions are called by any thread
// that holds the shard in question; RequestAbort and the counters are for all. One at a time per
// keyspace.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "storage/capture.h"
#include "storage/disk/rdb_writer.h"
#include "storage/keyspace.h"

namespace redstart {

class Snapshot : private Capture {
 public:
  struct Options {
    RdbWriter::Options rdb;
    // Commands instead of an RDB file; what they say about their time, see CommandWriter.
    bool as_commands = false;
    int64_t second = 0;
    // Facts for the head of the file.
    std::vector<std::pair<std::string, std::string>> facts;
    // Sources of function libraries.
    std::vector<std::string> functions = {};
    size_t capture_budget = size_t{32} << 20;
    // Called after each key, without locks of its own; may be empty. It must not dawdle once `stop`
    // is set.
    std::function<void(const std::atomic<bool>& stop)> after_key;
  };
  Snapshot(Keyspace* keyspace, Options options);
  ~Snapshot() override;
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  // The instant. REQUIRES: every shard is locked; Keyspace::PrepareCut was called before.
  void Cut(const ShardLocks& all);
  // Writes what was there at the cut. REQUIRES: the thread holds no locks.
  absl::Status Write(ByteSink* sink);
  // Writes what is there now, without a cut. REQUIRES: every shard is locked, throughout.
  absl::Status WriteLocked(const ShardLocks& all, ByteSink* sink);

  // Makes Write fail soon with kAborted.
  void RequestAbort() { abort_.store(true, std::memory_order_relaxed); }
  bool abort_requested() const { return abort_.load(std::memory_order_relaxed); }

  uint64_t keys_written() const { return keys_written_.load(std::memory_order_relaxed); }
  // Keys at the cut.
  uint64_t keys_in_all() const { return keys_in_all_.load(std::memory_order_relaxed); }
  // Bytes of entries that clients changed ahead of the walk: those that wait now, and all so far.
  uint64_t bytes_waiting() const { return keyspace_->captured_bytes(); }
  uint64_t bytes_captured() const { return bytes_captured_.load(std::memory_order_relaxed); }

 private:
  // What an entry was at the cut: the entry itself, or its record in the file.
  struct Captured {
    int database;
    Entry* entry;
    std::string record;
    size_t bytes;
  };
  struct DatabaseSizes {
    int number;
    uint64_t keys = 0;
    uint64_t with_deadline = 0;
  };
  // Copies of entries that own a reference to their blobs.
  class Images;

  void Take(Shard* shard, int database, Entry* entry) override;
  void Copy(Shard* shard, int database, const Entry& entry) override;
  void Add(Shard* shard, Captured captured);

  std::unique_ptr<SnapshotWriter> NewWriter(ByteSink* sink) const;
  void AppendRecord(const Entry& entry, std::string* out) const;
  void WriteHead(SnapshotWriter* writer);
  void Select(SnapshotWriter* writer, const DatabaseSizes& database);
  void ReadSizes();
  void AddSizes(const DatabaseSizes& sizes);
  void SortSizes();
  void WriteShard(SnapshotWriter* writer, size_t shard, const DatabaseSizes& database);
  // Takes what was captured in a shard of one database.
  std::vector<Captured> TakeCaptured(size_t shard, int database);
  void WriteCaptured(SnapshotWriter* writer, size_t shard, std::vector<Captured> captured);
  void RelieveBudget(SnapshotWriter* writer);
  void Free(size_t shard, const std::vector<Captured>& captured);
  void AfterKey();
  absl::Status Finish(SnapshotWriter* writer);
  void EndCut(bool completed);

  Keyspace* const keyspace_;
  // Gives the file the version that hashes of which fields have deadlines need, if there are any:
  // data is never dropped to please a version.
  void ChooseVersion(const ShardLocks& all);

  Options options_;                              // The same from the cut on.
  std::vector<std::vector<Captured>> captured_;  // By shard, under its lock.
  std::vector<DatabaseSizes> databases_;
  int selected_ = -1;
  std::vector<int> sized_;  // Databases whose sizes have been written.
  bool cut_ = false;
  std::atomic<bool> abort_{false};
  std::atomic<uint64_t> keys_written_{0};
  std::atomic<uint64_t> keys_in_all_{0};
  std::atomic<uint64_t> bytes_captured_{0};
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_SNAPSHOT_H_
