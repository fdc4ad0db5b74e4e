#ifndef REDSTART_STORAGE_DISK_RDB_WRITER_H_
#define REDSTART_STORAGE_DISK_RDB_WRITER_H_

// Writes an RDB file to a sink, in portions of some 64 KiB, with its checksum.
//
// Source of the format: Redis's rdb.c, versions 9 to 12. Order: Begin, facts, then for each
// database SelectDatabase and its entries, then End. The caller sees to it that an entry does not
// change meanwhile. After an error of the sink everything else does nothing; status() has the
// error.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/disk/file.h"
#include "storage/disk/rdb_primitives.h"
#include "storage/entry.h"

namespace redstart {

// What a file says about how a key was used.
enum class RdbUsage : uint8_t { kNothing, kIdleTime, kFrequency };

class RdbWriter {
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

  void Begin();
  // A fact about the file, such as "redis-ver".
  void Fact(std::string_view name, std::string_view value);
  // The source of a function library.
  void Function(std::string_view source);
  // What follows belongs to this database.
  void SelectDatabase(int database);
  // `keys` and `with_deadline` let the reader reserve space.
  void Sizes(uint64_t keys, uint64_t with_deadline);
  void Add(const Entry& entry);
  // A record that AppendRecord made.
  void AddRecord(std::string_view record);
  void End();

  // An entry as it stands in the file.
  static void AppendRecord(const Options& options, const Entry& entry, std::string* out);

  const absl::Status& status() const { return status_; }

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
