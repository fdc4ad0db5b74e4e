#ifndef REDSTART_SERVER_PERSISTENCE_RDB_LOADER_H_
#define REDSTART_SERVER_PERSISTENCE_RDB_LOADER_H_

// Reads an RDB file into the keyspace: at the start, and for DEBUG RELOAD.
//
// Threads. Load runs on one thread; RequestAbort and the counters are for all. Locks. It locks the
// shard of each key for a moment, or uses the caller's if they hold all. Keys are read 32 at a time
// and their places in the tables prefetched together, because an insertion into a large table is
// mostly waiting for memory.

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/exec/services.h"
#include "storage/disk/file.h"
#include "storage/disk/rdb_reader.h"
#include "storage/keyspace.h"

namespace redstart {

class RdbLoader {
 public:
  struct Options {
    // Keys may be there already: what the file has replaces them. Otherwise that is an error.
    bool may_replace = false;
    // Set if the caller holds every shard.
    const ShardLocks* held = nullptr;
    bool keep_expired = false;
  };
  explicit RdbLoader(const Services& services);

  // Loads a file. kNotFound if there is none. The status of any other failure names the file; what
  // was read until then stays in the keyspace.
  absl::Status Load(const std::string& path, const Options& options);
  // Loads an RDB file that commands may follow: an append-only file's base. Says where it ends.
  // What has expired is kept, because the commands may be about it.
  absl::Status LoadPreamble(MappedFile* file, size_t* end);

  void RequestAbort() { abort_.store(true, std::memory_order_relaxed); }

  uint64_t total_bytes() const { return total_bytes_.load(std::memory_order_relaxed); }
  uint64_t loaded_bytes() const { return loaded_bytes_.load(std::memory_order_relaxed); }
  uint64_t keys_loaded() const { return keys_loaded_.load(std::memory_order_relaxed); }
  // Keys that were past their deadline, and left out.
  uint64_t keys_expired() const { return keys_expired_.load(std::memory_order_relaxed); }
  // What the file says about the memory that the data took when it was written.
  uint64_t used_memory_then() const { return used_memory_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kBatch = 32;

  void Begin();
  // Returns the position behind the end in *end.
  absl::Status ReadAll(MappedFile* file, const Options& options, size_t* end);
  void LogDone() const;
  void NoteFact(std::string_view name, std::string_view text);
  // Adds the first `count` records of the batch.
  absl::Status InsertBatch(size_t count, const Options& options);
  absl::Status Insert(Shard* shard, RdbRecord& record, uint64_t hash, const Options& options);
  uint32_t AccessOf(const RdbRecord& record) const;
  void Delay();

  const Services services_;
  std::shared_ptr<const Config> config_;
  uint64_t now_ms_ = 0;
  std::array<RdbRecord, kBatch> batch_;
  std::optional<Reclaimer::Reader> prefetcher_;  // While a file is loaded.
  std::atomic<bool> abort_{false};
  std::atomic<uint64_t> total_bytes_{0};
  std::atomic<uint64_t> loaded_bytes_{0};
  std::atomic<uint64_t> keys_loaded_{0};
  std::atomic<uint64_t> keys_expired_{0};
  std::atomic<uint64_t> used_memory_{0};
  uint64_t empty_skipped_ = 0;  // Collections without elements.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_RDB_LOADER_H_
