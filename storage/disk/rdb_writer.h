#ifndef REDSTART_STORAGE_DISK_RDB_WRITER_H_
#define REDSTART_STORAGE_DISK_RDB_WRITER_H_

// Writes an RDB file, piece by piece, into a string that the caller hands on as it likes.
//
// Source of the format: Redis's rdb.c, version 10, which Redis 7.0 and later load. The caller holds
// the locks of what it adds. Order: Begin, then for each database SelectDatabase and its entries,
// then End.

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/disk/rdb_primitives.h"
#include "storage/entry.h"

namespace redstart {

class RdbWriter {
 public:
  struct Options {
    uint16_t version = kDefaultRdbVersion;
    RdbCompression compression = RdbCompression::kOn;
    bool checksum = true;
  };
  // Appends to `out`, whose bytes before are no part of the file.
  RdbWriter(const Options& options, std::string* out)
      : options_(options), out_(out), begin_(out->size()) {}

  void Begin();
  // A fact about the file, such as "redis-ver".
  void Fact(std::string_view name, std::string_view value);
  // `keys` and `with_deadline` let the reader reserve space.
  void SelectDatabase(int database, size_t keys, size_t with_deadline);
  void Add(const Entry& entry);
  void End();

 private:
  Options options_;
  std::string* out_;
  size_t begin_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_WRITER_H_
