#ifndef REDSTART_STORAGE_DISK_FILE_H_
#define REDSTART_STORAGE_DISK_FILE_H_

// Files as snapshots need them: one that is written under a temporary name and takes the place of
// another only when every byte is safe, and one that is read as a whole.
//
// Owned and used by one thread at a time; no locks. Invariant. Whatever happens to an OutputFile
// before Commit, what had its final name is untouched and the temporary file goes away.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace redstart {

// Where the bytes of a snapshot go.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Write(std::string_view bytes) = 0;
};

class OutputFile : public ByteSink {
 public:
  struct Options {
    // Bytes are pushed to the disk this often, so that the sync at the end is short; 0: never.
    size_t sync_every = 0;
    // Whether they stay in the page cache: they are not read again soon unless the server restarts.
    bool keep_cached = false;
  };
  // Creates the file, or empties it if it is there.
  static absl::StatusOr<std::unique_ptr<OutputFile>> Create(const std::string& path,
                                                            const Options& options);
  ~OutputFile() override;
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  absl::Status Write(std::string_view bytes) override;
  // Makes everything durable.
  absl::Status Sync();
  // Gives the file its final name, in the same folder; SyncFolderOf makes that durable.
  absl::Status Commit(const std::string& final_path);
  // Makes the file nameless, and hands over its descriptor; it is gone when that is closed.
  int TakeUnnamed();
  uint64_t size() const { return size_; }

 private:
  OutputFile(std::string path, int descriptor, const Options& options)
      : path_(std::move(path)), descriptor_(descriptor), options_(options) {}
  void Push();

  const std::string path_;
  int descriptor_;
  const Options options_;
  uint64_t size_ = 0;
  uint64_t pushed_ = 0;
};

// Makes the names in a file's folder durable.
absl::Status SyncFolderOf(const std::string& path);

// A file in memory, as its bytes are asked for: nothing is read ahead of need, and nothing copied.
// Another process must not shorten it meanwhile.
class MappedFile {
 public:
  // kNotFound if there is no such file.
  static absl::StatusOr<MappedFile> Open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }
  // Everything before `position` is not needed any more: gives its memory back.
  void Forget(size_t position);

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}

  std::string_view bytes_;
  size_t forgotten_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_FILE_H_
