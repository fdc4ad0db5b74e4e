#include "storage/disk/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

namespace redstart {
namespace {

absl::Status ErrorOf(int error, const std::string& path) {
  const std::string text = path + ": " + std::strerror(error);
  return error == ENOENT ? absl::NotFoundError(text) : absl::InternalError(text);
}

}  // namespace

absl::Status SyncFolderOf(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path();
  const std::string name = folder.empty() ? "." : folder;
  const int descriptor = open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return ErrorOf(errno, name);
  const int result = fsync(descriptor);
  const int error = errno;
  close(descriptor);
  // Some file systems cannot sync a folder, and say so.
  if (result != 0 && error != EINVAL && error != EROFS) return ErrorOf(error, name);
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path,
                                                               const Options& options) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (descriptor < 0) return ErrorOf(errno, path);
  return std::unique_ptr<OutputFile>(new OutputFile(path, descriptor, options));
}

OutputFile::~OutputFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(path_.c_str());
}

absl::Status OutputFile::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return ErrorOf(errno, path_);
    size_ += static_cast<uint64_t>(written);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  if (options_.sync_every > 0 && size_ - pushed_ >= options_.sync_every) Push();
  return absl::OkStatus();
}

void OutputFile::Push() {
  // Starts the writing of what is new, and waits for what was started the last time. An error shows
  // in Commit's fsync.
  const auto begin = static_cast<off_t>(pushed_);
  sync_file_range(descriptor_, begin, static_cast<off_t>(size_ - pushed_), SYNC_FILE_RANGE_WRITE);
  sync_file_range(descriptor_, 0, begin,
                  SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  if (!options_.keep_cached) posix_fadvise(descriptor_, 0, begin, POSIX_FADV_DONTNEED);
  pushed_ = size_;
}

absl::Status OutputFile::Sync() {
  if (fsync(descriptor_) != 0) return ErrorOf(errno, path_);
  if (!options_.keep_cached) posix_fadvise(descriptor_, 0, 0, POSIX_FADV_DONTNEED);
  return absl::OkStatus();
}

absl::Status OutputFile::Commit(const std::string& final_path) {
  if (rename(path_.c_str(), final_path.c_str()) != 0) {
    return absl::InternalError("moving it to " + final_path + ": " + std::strerror(errno));
  }
  const int closed = close(std::exchange(descriptor_, -1));
  return closed == 0 ? absl::OkStatus() : ErrorOf(errno, final_path);
}

int OutputFile::TakeUnnamed() {
  unlink(path_.c_str());
  return std::exchange(descriptor_, -1);
}

absl::StatusOr<MappedFile> MappedFile::Open(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return ErrorOf(errno, path);
  struct stat facts = {};
  if (fstat(descriptor, &facts) != 0 || S_ISDIR(facts.st_mode)) {
    const int error = S_ISDIR(facts.st_mode) ? EISDIR : errno;
    close(descriptor);
    return ErrorOf(error, path);
  }
  const auto size = static_cast<size_t>(facts.st_size);
  if (size == 0) {
    close(descriptor);
    return MappedFile({});
  }
  void* memory = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  const int error = errno;
  close(descriptor);
  if (memory == MAP_FAILED) return ErrorOf(error, path);
  madvise(memory, size, MADV_SEQUENTIAL);
  return MappedFile({static_cast<const char*>(memory), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), forgotten_(other.forgotten_) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

void MappedFile::Forget(size_t position) {
  constexpr size_t kStep = size_t{4} << 20;
  const size_t until = position / kStep * kStep;
  if (until <= forgotten_) return;
  madvise(const_cast<char*>(bytes_.data()) + forgotten_, until - forgotten_, MADV_DONTNEED);
  forgotten_ = until;
}

}  // namespace redstart
