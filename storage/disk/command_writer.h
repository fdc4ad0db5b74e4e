#ifndef REDSTART_STORAGE_DISK_COMMAND_WRITER_H_
#define REDSTART_STORAGE_DISK_COMMAND_WRITER_H_

// Writes a data set as commands that make it: the base of an append-only file without RDB preamble.
//
// Which commands, and how many elements each has, is as on Redis (aof.c), so that any Redis can
// repeat them.

#include <string>
#include <string_view>

#include "storage/disk/file.h"
#include "storage/disk/snapshot_writer.h"

namespace redstart {

class CommandWriter final : public SnapshotWriter {
 public:
  // Elements of one command.
  static constexpr size_t kMostElements = 64;

  // `second`: what the file's first line says about its time; 0: nothing.
  CommandWriter(int64_t second, ByteSink* sink) : second_(second), sink_(sink) {}

  void Begin() override;
  void Fact(std::string_view, std::string_view) override {}
  void Function(std::string_view source) override;
  void SelectDatabase(int database) override;
  void Sizes(uint64_t, uint64_t) override {}
  void Add(const Entry& entry) override;
  void AddRecord(std::string_view record) override;
  void End() override { Flush(); }
  const absl::Status& status() const override { return status_; }

  // The commands that make an entry.
  static void AppendRecord(const Entry& entry, std::string* out);

 private:
  void FlushIfLarge();
  void Flush();

  const int64_t second_;
  ByteSink* const sink_;
  std::string buffer_;
  absl::Status status_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_COMMAND_WRITER_H_
