#include "server/persistence/aof_writer.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "server/exec/clock.h"
#include "server/observe/latency_monitor.h"
#include "server/observe/log.h"
#include "storage/disk/file.h"
#include "storage/disk/journal.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
constexpr auto kTick = std::chrono::milliseconds(100);
// An error that stays is logged this often.
constexpr uint64_t kSecondsBetweenErrors = 30;
// A buffer that has grown beyond this by a burst is given back.
constexpr size_t kKeptBytes = size_t{1} << 20;

absl::Status Failed(const std::string& path) {
  return absl::InternalError("Can't open the append-only file " + path + ": " +
                             std::strerror(errno));
}

// Writes all of `bytes`, or as much as there is room for; `*error` says why it stopped.
size_t WriteAll(int descriptor, std::string_view bytes, int* error) {
  size_t written = 0;
  while (written < bytes.size()) {
    const ssize_t count = write(descriptor, bytes.data() + written, bytes.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      *error = count < 0 ? errno : ENOSPC;
      break;
    }
    written += static_cast<size_t>(count);
  }
  return written;
}

}  // namespace

struct AofWriter::File {
  File(int opened, std::string at, uint64_t size)
      : descriptor(opened), path(std::move(at)), bytes(size) {}
  ~File() { close(descriptor); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  static absl::StatusOr<std::shared_ptr<File>> Open(const std::string& path, bool truncate) {
    const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | (truncate ? O_TRUNC : 0);
    const int descriptor = open(path.c_str(), flags, 0644);
    struct stat facts = {};
    if (descriptor < 0 || fstat(descriptor, &facts) != 0) return Failed(path);
    return std::make_shared<File>(descriptor, path, static_cast<uint64_t>(facts.st_size));
  }

  const int descriptor;
  const std::string path;
  uint64_t bytes;
};

AofWriter::~AofWriter() {
  Close();
}

absl::Status AofWriter::Open(const std::string& path, bool truncate) {
  auto file = File::Open(path, truncate);
  if (!file.ok()) return file.status();
  const MutexLock lock(&mutex_);
  file_bytes_ = (*file)->bytes;
  file_ = std::move(*file);
  taken_.clear();
  taken_ends_file_ = false;
  return absl::OkStatus();
}

void AofWriter::Begin() {
  const uint64_t end = services_.journal->log_end();
  written_ = end;
  durable_ = end;
  {
    const MutexLock lock(&state_mutex_);
    stopping_ = false;
    wanted_ = end;
  }
  services_.state->aof_error = 0;
  services_.journal->OpenLog();
  open_ = true;
  services_.gate->Open(this, end);
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "aof");
}

void AofWriter::Close() {
  if (open_.exchange(false)) {
    FlushAndSync();
    services_.journal->CloseLog();
    services_.gate->Close();
    services_.state->aof_error = 0;
    std::vector<Waiter> waiters;
    {
      const MutexLock lock(&state_mutex_);
      stopping_ = true;
      waiters = std::exchange(waiters_, {});
      changed_.notify_all();
    }
    thread_.join();
    for (const Waiter& waiter : waiters) waiter.done(false);
    Mailbox::FlushWakes();
  }
  const MutexLock lock(&mutex_);
  file_ = nullptr;
  next_ = nullptr;
  left_.clear();
  taken_ = {};
  taken_bytes_ = 0;
  file_bytes_ = 0;
}

absl::Status AofWriter::OpenNext(const std::string& path) {
  auto file = File::Open(path, /*truncate=*/true);
  if (!file.ok()) return file.status();
  const MutexLock lock(&mutex_);
  next_ = std::move(*file);
  return absl::OkStatus();
}

void AofWriter::Switch() {
  services_.journal->EndLogSection();
}

void AofWriter::DropNext() {
  const MutexLock lock(&mutex_);
  next_ = nullptr;
}

void AofWriter::Configure(const Config& config) {
  policy_ = config.appendfsync;
  spares_busy_disk_ = config.no_appendfsync_on_rewrite;
  latency_threshold_ms_ = static_cast<uint64_t>(config.latency_monitor_threshold);
}

uint64_t AofWriter::buffered_bytes() const {
  return services_.journal->log_pending_bytes() + taken_bytes_;
}

void AofWriter::Secure(uint64_t offset) {
  if (!IsPolicy(AppendFsync::kAlways)) {
    const MutexLock lock(&mutex_);
    // Another thread may have written it meanwhile, or found that it cannot be written.
    if (written_ < offset && !services_.gate->has_failed()) WritePending();
    if (!IsPolicy(AppendFsync::kAlways)) return;
  }
  const MutexLock lock(&state_mutex_);
  if (wanted_ >= offset) return;
  wanted_ = offset;
  changed_.notify_all();
}

void AofWriter::Loop() {
  for (;;) {
    {
      const MutexLock lock(&state_mutex_);
      if (stopping_) return;
      const bool waits = !IsPolicy(AppendFsync::kAlways) || wanted_ <= durable_;
      if (waits) changed_.wait_for(state_mutex_, kTick);
      if (stopping_) return;
    }
    Work();
  }
}

void AofWriter::Work() {
  const uint64_t now = services_.clock->NowMicros();
  if (IsPolicy(AppendFsync::kAlways)) {
    if (Flush() && written_ > durable_) Sync();
    return;
  }
  if (!services_.gate->has_failed()) {
    Flush();
  } else if (now - last_retry_us_ >= kMicros) {
    last_retry_us_ = now;
    Flush();
  }
  const bool spared = spares_busy_disk_ && is_disk_busy();
  const bool due = now - last_sync_us_ >= kMicros || now < last_sync_us_;
  if (IsPolicy(AppendFsync::kEverySec) && written_ > durable_ && due && !spared) {
    last_sync_us_ = now;
    Sync();
  }
}

bool AofWriter::Flush() {
  const MutexLock lock(&mutex_);
  return WritePending();
}

bool AofWriter::FlushAndSync() {
  return Flush() && Sync();
}

bool AofWriter::WritePending() {
  if (file_ == nullptr) return true;
  for (;;) {
    if (taken_.empty() && !taken_ends_file_) {
      EffectLog::Portion portion = services_.journal->TakeLog(std::move(taken_));
      taken_ = std::move(portion.bytes);
      taken_end_ = portion.end;
      taken_ends_file_ = portion.ends_section;
      taken_bytes_ = taken_.size();
      if (taken_.empty() && !taken_ends_file_) break;
    }
    if (!taken_.empty() && !WriteOut()) return false;
    written_ = taken_end_;
    if (std::exchange(taken_ends_file_, false)) {
      left_.push_back(std::exchange(file_, std::exchange(next_, nullptr)));
      file_bytes_ = file_->bytes;
    }
  }
  if (services_.state->aof_error != 0 && services_.gate->has_failed()) {
    logging::Notice("AOF write error looks solved, Redstart can write again.");
    services_.state->aof_error = 0;
    services_.gate->SetFailed(false);
  }
  if (!IsPolicy(AppendFsync::kAlways)) services_.gate->Advance(written_);
  return true;
}

bool AofWriter::WriteOut() {
  if (const uint64_t delay = delay_us_; delay > 0) usleep(static_cast<useconds_t>(delay));
  const uint64_t started = latency_threshold_ms_ > 0 ? services_.clock->NowMicros() : 0;
  int error = 0;
  const size_t written = WriteAll(file_->descriptor, taken_, &error);
  if (written < taken_.size()) {
    HandleWriteError(written, error);
    return false;
  }
  file_->bytes += written;
  file_bytes_ = file_->bytes;
  taken_.clear();
  if (taken_.capacity() > kKeptBytes) taken_.shrink_to_fit();
  taken_bytes_ = 0;
  if (started != 0) {
    NoteLatency("aof-write", started);
    NoteLatency(is_disk_busy() ? "aof-write-active-child"
                : is_syncing() ? "aof-write-pending-fsync"
                               : "aof-write-alone",
                started);
  }
  return true;
}

void AofWriter::HandleWriteError(size_t written, int error) {
  const uint64_t now_s = services_.clock->NowMicros() / kMicros;
  const bool is_logged = now_s - last_logged_s_ > kSecondsBetweenErrors;
  if (is_logged) {
    last_logged_s_ = now_s;
    logging::Warning("Error writing to the AOF file {} at offset {}: {} ({} of {} bytes written)",
                     file_->path, file_->bytes, std::strerror(error), written, taken_.size());
  }
  if (written > 0 && ftruncate(file_->descriptor, static_cast<off_t>(file_->bytes)) != 0) {
    if (is_logged) {
      logging::Warning("Could not remove short write from the append-only file: {}",
                       std::strerror(errno));
    }
    // What is there stays there; the rest goes behind it.
    file_->bytes += written;
    file_bytes_ = file_->bytes;
    taken_.erase(0, written);
    taken_bytes_ = taken_.size();
  }
  if (IsPolicy(AppendFsync::kAlways)) {
    logging::Warning(
        "Can't recover from AOF write error when the AOF fsync policy is 'always'. Exiting...");
    std::_Exit(EXIT_FAILURE);
  }
  services_.state->aof_error = error;
  services_.gate->SetFailed(true);
}

bool AofWriter::Sync() {
  const MutexLock one_at_a_time(&sync_mutex_);
  std::vector<std::shared_ptr<File>> files;
  uint64_t offset = 0;
  {
    const MutexLock lock(&mutex_);
    files = std::exchange(left_, {});
    if (file_ != nullptr) files.push_back(file_);
    offset = written_;
  }
  const uint64_t started = services_.clock->NowMicros();
  syncing_ = true;
  int error = 0;
  for (const auto& file : files) {
    if (fdatasync(file->descriptor) != 0) error = errno;
  }
  syncing_ = false;
  const bool always = IsPolicy(AppendFsync::kAlways);
  if (always) NoteLatency("aof-fsync-always", started);
  if (error != 0) {
    // None of them is safe yet.
    const MutexLock lock(&mutex_);
    if (!files.empty() && files.back() == file_) files.pop_back();
    left_.insert(left_.begin(), files.begin(), files.end());
  }
  if (error == 0) {
    if (!services_.gate->has_failed()) services_.state->aof_error = 0;
    NoteDurable(offset);
    return true;
  }
  if (always) {
    logging::Warning(
        "Can't persist AOF for fsync error when the AOF fsync policy is 'always': {}. Exiting...",
        std::strerror(error));
    std::_Exit(EXIT_FAILURE);
  }
  if (services_.state->aof_error.exchange(error) != error) {
    logging::Warning("Fail to fsync the AOF file: {}", std::strerror(error));
  }
  return false;
}

void AofWriter::NoteDurable(uint64_t offset) {
  durable_ = offset;
  std::vector<Waiter> done;
  {
    const MutexLock lock(&state_mutex_);
    const auto is_early = [offset](const Waiter& waiter) { return waiter.offset > offset; };
    const auto first = std::stable_partition(waiters_.begin(), waiters_.end(), is_early);
    done.assign(std::make_move_iterator(first), std::make_move_iterator(waiters_.end()));
    waiters_.erase(first, waiters_.end());
  }
  if (IsPolicy(AppendFsync::kAlways)) services_.gate->Advance(offset);
  for (const Waiter& waiter : done) waiter.done(true);
  Mailbox::FlushWakes();
}

void AofWriter::AwaitDurable(uint64_t offset, std::function<void(bool)> done) {
  {
    const MutexLock lock(&state_mutex_);
    if (!IsDurable(offset) && is_open()) {
      waiters_.push_back({offset, std::move(done)});
      return;
    }
  }
  done(IsDurable(offset));
}

void AofWriter::NoteLatency(std::string_view event, uint64_t started_us) const {
  const uint64_t threshold = latency_threshold_ms_;
  if (threshold == 0) return;
  const uint64_t now = services_.clock->NowMicros();
  const uint64_t took = (now - std::min(now, started_us)) / 1000;
  if (took >= threshold) services_.latency_monitor->Add(event, took, now / kMicros);
}

}  // namespace redstart
