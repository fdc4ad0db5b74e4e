#ifndef REDSTART_STORAGE_DISK_RDB_WRITER_H_
#define REDSTART_STORAGE_DISK_RDB_WRITER_H_

// Writes an RDB file to a sink, in portions of some 64 KiB, with its checksum.
//
// Source of the format: Redis's rdb.c, versions 9 to 12.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/disk/file.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/disk/snapshot_writer.h"
#include "storage/entry.h"

namespace redstart {

// What a file says about how a key was used.
enum class RdbUsage : uint8_t { kNothing, kIdleTime, kFrequency };

class RdbWriter final : public SnapshotWriter {
 public:
  struct Options {
    uint16_t version = kDefaultRdbVersion;
    RdbCompression compression = RdbCompression::kOn;
    bool checksum = true;
    RdbUsage usage = RdbUsage::kNothing;
    // For the usage: idle times are counted from here, frequencies decay until here.
    uint64_t now_ms = 0;
    int lfu_decay_minutes = 1;
  };
  RdbWriter(const Options& options, ByteSink* sink) : options_(options), sink_(sink) {}

  void Begin() override;
  void Fact(std::string_view name, std::string_view value) override;
  void Function(std::string_view source) override;
  void SelectDatabase(int database) override;
  void Sizes(uint64_t keys, uint64_t with_deadline) override;
  void Add(const Entry& entry) override;
  void AddRecord(std::string_view record) override;
  void End() override;
  const absl::Status& status() const override { return status_; }

  // An entry as it stands in the file.
  static void AppendRecord(const Options& options, const Entry& entry, std::string* out);

 private:
  static void AppendHead(const Options& options, const Entry& entry, std::string* out);
  // Hands what has been gathered to the sink, if it is enough.
  void FlushIfLarge();
  void Flush();
  void Send(std::string_view bytes);

  const Options options_;
  ByteSink* const sink_;
  std::string buffer_;
  uint64_t checksum_ = 0;
  absl::Status status_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_WRITER_H_
