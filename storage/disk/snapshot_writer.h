#ifndef REDSTART_STORAGE_DISK_SNAPSHOT_WRITER_H_
#define REDSTART_STORAGE_DISK_SNAPSHOT_WRITER_H_

// What a snapshot writes its entries with: an RDB file, or the commands that make them anew.
//
// Order: Begin, facts, then for each database SelectDatabase and its entries, then End. The caller
// sees to it that an entry does not change meanwhile. After an error of the sink everything else
// does nothing; status() has the error. Belongs to one thread.

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "storage/entry.h"

namespace redstart {

class SnapshotWriter {
 public:
  virtual ~SnapshotWriter() = default;

  virtual void Begin() = 0;
  // A fact about the file, such as "redis-ver".
  virtual void Fact(std::string_view name, std::string_view value) = 0;
  // The source of a function library.
  virtual void Function(std::string_view source) = 0;
  // What follows belongs to this database.
  virtual void SelectDatabase(int database) = 0;
  // `keys` and `with_deadline` let the reader reserve space.
  virtual void Sizes(uint64_t keys, uint64_t with_deadline) = 0;
  virtual void Add(const Entry& entry) = 0;
  // What the format's own AppendRecord made of an entry.
  virtual void AddRecord(std::string_view record) = 0;
  virtual void End() = 0;
  virtual const absl::Status& status() const = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_SNAPSHOT_WRITER_H_
