#include "server/persistence/append_only_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/observe/log.h"
#include "server/persistence/aof_folder.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;
// After so many failures in a row the next rewrite waits for a minute, then twice as long each
// time.
constexpr uint64_t kFailuresBeforeDelay = 3;
constexpr uint64_t kLongestDelayMinutes = 60;

std::string_view TextOf(const absl::Status& status) {
  const absl::string_view text = status.message();
  return {text.data(), text.size()};
}

absl::Status Move(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return absl::OkStatus();
  return absl::InternalError("Error trying to rename " + from + " into " + to + ": " +
                             std::strerror(errno));
}

}  // namespace

absl::Status AppendOnlyFile::ReadManifest() {
  const auto config = services_.config->current();
  absl::StatusOr<AofManifest> manifest = aof_folder::ReadManifest(*config);
  if (!manifest.ok()) {
    return absl::FailedPreconditionError(std::string(TextOf(manifest.status())));
  }
  const MutexLock lock(&mutex_);
  manifest_ = std::move(*manifest);
  return absl::OkStatus();
}

absl::Status AppendOnlyFile::Load() {
  const auto config = services_.config->current();
  AofManifest manifest;
  {
    const MutexLock lock(&mutex_);
    const absl::Status upgraded = aof_folder::UpgradeOldFile(*config, &manifest_);
    if (!upgraded.ok()) return absl::FailedPreconditionError(std::string(TextOf(upgraded)));
    manifest = manifest_;
  }
  const absl::Status status = loader_.Load(manifest);
  if (!status.ok()) return status;
  const MutexLock lock(&mutex_);
  settled_bytes_ = SettledBytes(*config);
  if (manifest.base()) {
    base_bytes_ = aof_folder::SizeOf(*config, manifest.base()->name).value_or(0);
  }
  return absl::OkStatus();
}

bool AppendOnlyFile::IsEmpty() const {
  const MutexLock lock(&mutex_);
  return manifest_.empty();
}

absl::Status AppendOnlyFile::OpenAtStart(const std::string& base_path) {
  const auto config = services_.config->current();
  const MutexLock lock(&mutex_);
  if (absl::Status status = aof_folder::Create(*config); !status.ok()) return status;
  AofManifest changed = manifest_;
  if (changed.empty()) {
    const std::string& base = changed.AddBase(config->appendfilename, config->aof_use_rdb_preamble);
    if (absl::Status status = Move(base_path, aof_folder::PathOf(*config, base)); !status.ok()) {
      return status;
    }
    logging::Notice("Creating AOF base file {} on server start", base);
  }
  const bool goes_on = !changed.increments().empty();
  const std::string name =
      goes_on ? changed.increments().back().name : changed.AddIncrement(config->appendfilename);
  const std::string path = aof_folder::PathOf(*config, name);
  if (absl::Status status = writer_.Open(path, /*truncate=*/false); !status.ok()) return status;
  if (absl::Status status = Adopt(*config, std::move(changed)); !status.ok()) return status;
  logging::Notice("{} AOF incr file {} on server start", goes_on ? "Opening" : "Creating", name);
  settled_bytes_ = SettledBytes(*config);
  if (base_bytes_ == 0) base_bytes_ = settled_bytes_.load();
  writer_.Begin();
  state_ = State::kOn;
  return absl::OkStatus();
}

void AppendOnlyFile::TurnOn() {
  const MutexLock lock(&mutex_);
  state_ = State::kAwaitsBase;
}

void AppendOnlyFile::TurnOff() {
  const auto config = services_.config->current();
  writer_.Close();
  const MutexLock lock(&mutex_);
  state_ = State::kOff;
  follows_ = false;
  if (std::exchange(is_temporary_, false)) {
    unlink(aof_folder::PathOf(*config, aof_folder::TemporaryIncrement(*config)).c_str());
  }
  settled_bytes_ = 0;
  base_bytes_ = 0;
}

absl::Status AppendOnlyFile::Adopt(const Config& config, AofManifest changed) {
  if (changed == manifest_) return absl::OkStatus();
  if (absl::Status status = aof_folder::WriteManifest(config, changed); !status.ok()) return status;
  manifest_ = std::move(changed);
  return absl::OkStatus();
}

uint64_t AppendOnlyFile::SettledBytes(const Config& config) const {
  uint64_t bytes = 0;
  std::vector<std::string> names = manifest_.FilesToLoad();
  if (!manifest_.increments().empty()) names.pop_back();
  for (const std::string& name : names) bytes += aof_folder::SizeOf(config, name).value_or(0);
  return bytes;
}

absl::Status AppendOnlyFile::Prepare() {
  const auto config = services_.config->current();
  const MutexLock lock(&mutex_);
  absl::Status status = aof_folder::Create(*config);
  if (!status.ok() || state_ == State::kOff) return status;
  if (state_ == State::kAwaitsBase) {
    const std::string name = aof_folder::TemporaryIncrement(*config);
    status = writer_.Open(aof_folder::PathOf(*config, name), /*truncate=*/true);
    if (status.ok()) logging::Notice("Creating AOF incr file {} on background rewrite", name);
    follows_ = is_temporary_ = status.ok();
    return status;
  }
  AofManifest changed = manifest_;
  const std::string name = changed.AddIncrement(config->appendfilename);
  const std::string path = aof_folder::PathOf(*config, name);
  status = writer_.OpenNext(path);
  if (!status.ok()) return status;
  status = Adopt(*config, std::move(changed));
  if (!status.ok()) {
    writer_.DropNext();
    unlink(path.c_str());
    return status;
  }
  logging::Notice("Creating AOF incr file {} on background rewrite", name);
  follows_ = true;
  return absl::OkStatus();
}

void AppendOnlyFile::AtCut() {
  const MutexLock lock(&mutex_);
  if (!std::exchange(follows_, false)) return;
  if (is_temporary_) {
    writer_.Begin();
  } else {
    writer_.Switch();
  }
}

absl::Status AppendOnlyFile::Install(const std::string& path, bool is_rdb) {
  const auto config = services_.config->current();
  // What belongs into the increment before goes there now, so that its size is known.
  writer_.Flush();
  const MutexLock lock(&mutex_);
  AofManifest changed = manifest_;
  const std::string base = changed.AddBase(config->appendfilename, is_rdb);
  const std::string base_path = aof_folder::PathOf(*config, base);
  if (absl::Status status = Move(path, base_path); !status.ok()) return status;
  logging::Notice("Successfully renamed the temporary AOF base file {} into {}", path, base);
  std::string increment_path;
  absl::Status status;
  if (is_temporary_) {
    const std::string temporary = aof_folder::TemporaryIncrement(*config);
    const std::string increment = changed.AddIncrement(config->appendfilename);
    increment_path = aof_folder::PathOf(*config, increment);
    status = Move(aof_folder::PathOf(*config, temporary), increment_path);
    if (status.ok()) {
      logging::Notice("Successfully renamed the temporary AOF incr file {} into {}", temporary,
                      increment);
    }
  }
  changed.RetireIncrements(/*keep_last=*/is_temporary_ || state_ == State::kOn);
  if (status.ok()) status = Adopt(*config, std::move(changed));
  if (!status.ok()) {
    unlink(base_path.c_str());
    if (!increment_path.empty()) unlink(increment_path.c_str());
    return status;
  }
  settled_bytes_ = SettledBytes(*config);
  base_bytes_ = CurrentBytes();
  last_rewrite_failed_ = false;
  failures_ = 0;
  if (std::exchange(is_temporary_, false)) state_ = State::kOn;
  return absl::OkStatus();
}

void AppendOnlyFile::Abandon(bool counts_as_failure) {
  if (counts_as_failure) {
    last_rewrite_failed_ = true;
    failures_.fetch_add(1);
  }
  {
    const MutexLock lock(&mutex_);
    follows_ = false;
    if (!std::exchange(is_temporary_, false)) return;
  }
  writer_.Close();
  const auto config = services_.config->current();
  const std::string name = aof_folder::TemporaryIncrement(*config);
  logging::Notice("Removing the temp incr aof file {} in the background", name);
  unlink(aof_folder::PathOf(*config, name).c_str());
}

bool AppendOnlyFile::IsLimited() {
  if (failures_ < kFailuresBeforeDelay) {
    delay_minutes_ = 0;
    next_try_s_ = 0;
    return false;
  }
  const uint64_t now = services_.clock->NowMicros() / kMicros;
  if (next_try_s_ != 0) {
    if (now < next_try_s_) return true;
    next_try_s_ = 0;
    return false;
  }
  delay_minutes_ = std::clamp<uint64_t>(delay_minutes_ * 2, 1, kLongestDelayMinutes);
  next_try_s_ = now + delay_minutes_ * 60;
  logging::Warning(
      "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in {} "
      "minutes",
      delay_minutes_.load());
  return true;
}

bool AppendOnlyFile::IsRewriteDue(const Config& config) {
  if (state_ != State::kOn || config.auto_aof_rewrite_percentage == 0) return false;
  const uint64_t bytes = CurrentBytes();
  if (bytes <= static_cast<uint64_t>(config.auto_aof_rewrite_min_size)) return false;
  const uint64_t base = std::max<uint64_t>(base_bytes_, 1);
  const uint64_t percent = bytes * 100 / base;
  if (percent < 100 + static_cast<uint64_t>(config.auto_aof_rewrite_percentage)) return false;
  if (IsLimited()) return false;
  logging::Notice("Starting automatic rewriting of AOF on {}% growth", percent - 100);
  return true;
}

absl::Status AppendOnlyFile::RemoveHistory(const Config& config) {
  if (config.aof_disable_auto_gc) return absl::OkStatus();
  const MutexLock lock(&mutex_);
  AofManifest changed = manifest_;
  const auto forgotten = changed.ForgetHistory(static_cast<size_t>(config.aof_history_keep));
  if (forgotten.empty()) return absl::OkStatus();
  // The manifest first: it must not name a file that is not there.
  if (absl::Status status = Adopt(config, std::move(changed)); !status.ok()) return status;
  for (const AofManifest::File& file : forgotten) {
    logging::Notice("Removing the history file {} in the background", file.name);
    unlink(aof_folder::PathOf(config, file.name).c_str());
  }
  return absl::OkStatus();
}

AppendOnlyFile::Facts AppendOnlyFile::facts() const {
  return {.enabled = state() != State::kOff,
          .current_bytes = CurrentBytes(),
          .base_bytes = base_bytes_,
          .last_rewrite_failed = last_rewrite_failed_,
          .failures = failures_};
}

}  // namespace redstart
