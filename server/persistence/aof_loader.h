#ifndef REDSTART_SERVER_PERSISTENCE_AOF_LOADER_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_LOADER_H_

// Brings the data of an append-only file back: reads its base, which is an RDB file or commands (or
// one followed by the other, as before Redis 7), and repeats the commands of its increments.
//
// Commands run through a dispatcher of the loader's own, whose effects nobody records and whose
// calls nobody counts. Threads. Load runs on one thread, which holds no locks; RequestAbort and the
// counters are for all.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/exec/services.h"
#include "server/persistence/aof_manifest.h"
#include "server/persistence/rdb_loader.h"

namespace redstart {

class AofLoader {
 public:
  // `rdb` reads the bases.
  AofLoader(const Services& services, RdbLoader* rdb);
  ~AofLoader();
  AofLoader(const AofLoader&) = delete;
  AofLoader& operator=(const AofLoader&) = delete;

  // Loads what the manifest lists. kNotFound if it lists nothing. kFailedPrecondition, with a
  // message that names file and offset, if a file is missing or damaged; what was read until then
  // stays in the keyspace. A last file that was cut off is shortened to its last whole command, if
  // aof-load-truncated allows it.
  absl::Status Load(const AofManifest& manifest);
  void RequestAbort() { abort_.store(true, std::memory_order_relaxed); }

  uint64_t total_bytes() const { return total_bytes_.load(std::memory_order_relaxed); }
  uint64_t loaded_bytes() const {
    return files_bytes_.load(std::memory_order_relaxed) +
           file_bytes_.load(std::memory_order_relaxed);
  }

 private:
  class Replayer;

  absl::Status LoadFile(const std::string& name, bool is_last);
  absl::Status Replay(const std::string& name, MappedFile* file, size_t begin, bool is_last);
  // What follows `position` was never finished.
  absl::Status CutOff(const std::string& name, size_t position, bool is_last);

  const Services services_;
  RdbLoader* const rdb_;
  std::shared_ptr<const Config> config_;
  std::unique_ptr<Replayer> replayer_;  // While files are loaded.
  std::atomic<bool> abort_{false};
  std::atomic<uint64_t> total_bytes_{0};
  std::atomic<uint64_t> files_bytes_{0};  // Of files that have been loaded.
  std::atomic<uint64_t> file_bytes_{0};   // Of the one that is being loaded.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_LOADER_H_
