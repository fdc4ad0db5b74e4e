#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

#include "server/config/options.h"
#include "server/config/words.h"

namespace redstart {
namespace {

constexpr Spelling kFsyncModes[] = {
    {"everysec", static_cast<int>(AppendFsync::kEverySec)},
    {"always", static_cast<int>(AppendFsync::kAlways)},
    {"no", static_cast<int>(AppendFsync::kNo)},
};

constexpr Spelling kSanitizeModes[] = {
    {"no", static_cast<int>(SanitizeDumpPayload::kNo)},
    {"yes", static_cast<int>(SanitizeDumpPayload::kYes)},
    {"clients", static_cast<int>(SanitizeDumpPayload::kClients)},
};

constexpr Spelling kRdbVersions[] = {
    {"auto", 0}, {"9", 9}, {"10", 10}, {"11", 11}, {"12", 12},
};

bool IsPath(std::string_view name) {
  return name.find_first_of("/\\") != std::string_view::npos;
}

std::string_view CheckDbFilename(std::string_view name) {
  return IsPath(name) ? "dbfilename can't be a path, just a filename" : std::string_view();
}

std::string_view CheckAppendFilename(std::string_view name) {
  if (name.empty()) return "appendfilename can't be empty";
  return IsPath(name) ? "appendfilename can't be a path, just a filename" : std::string_view();
}

std::string_view CheckAppendDirname(std::string_view name) {
  if (name.empty()) return "appenddirname can't be empty";
  return IsPath(name) ? "appenddirname can't be a path, just a dirname" : std::string_view();
}

// The folder must exist and be one that this process may enter. It is only resolved here; whoever
// applies the configuration changes into it.
absl::Status ParseDir(Words words, Config& config) {
  if (words.size() != 1) return absl::InvalidArgumentError("wrong number of arguments");
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::canonical(words[0], error);
  if (!error && !std::filesystem::is_directory(folder, error) && !error) {
    error = std::make_error_code(std::errc::not_a_directory);
  }
  if (!error && access(folder.c_str(), X_OK) != 0) error.assign(errno, std::generic_category());
  if (error) return absl::InvalidArgumentError(error.message());
  config.dir = folder.string();
  return absl::OkStatus();
}

std::string FormatDir(const Config& config) {
  return config.dir;
}

std::vector<std::string> LinesOfDir(const Config& config) {
  return {QuoteWord(config.dir)};
}

absl::Status ParseSave(Words words, Config& config) {
  std::vector<SavePoint> points;
  const bool none = words.size() == 1 && words[0].empty();
  const Words pairs = none ? Words() : words;
  if (pairs.size() % 2 != 0) return absl::InvalidArgumentError("Invalid save parameters");
  for (size_t i = 0; i < pairs.size(); i += 2) {
    SavePoint point;
    if (!ParseInteger(pairs[i], &point.seconds) || point.seconds < 1 ||
        !ParseInteger(pairs[i + 1], &point.changes) || point.changes < 0 ||
        point.changes > INT_MAX) {
      return absl::InvalidArgumentError("Invalid save parameters");
    }
    points.push_back(point);
  }
  config.save = std::move(points);
  return absl::OkStatus();
}

std::string FormatSave(const Config& config) {
  std::string text;
  for (const SavePoint& point : config.save) {
    if (!text.empty()) text += ' ';
    text += std::to_string(point.seconds) + ' ' + std::to_string(point.changes);
  }
  return text;
}

std::vector<std::string> LinesOfSave(const Config& config) {
  if (config.save.empty()) return {"\"\""};
  std::vector<std::string> lines;
  for (const SavePoint& point : config.save) {
    lines.push_back(std::to_string(point.seconds) + ' ' + std::to_string(point.changes));
  }
  return lines;
}

constexpr std::string_view kForTests = "it exists for Redis's own tests";

constexpr Option kRows[] = {
    {.name = "dir",
     .value = SpecialValue{ParseDir, FormatDir, LinesOfDir},
     .flags = kProtected | kDenyLoading | kAlwaysRewritten},
    {.name = "dbfilename",
     .value = Text(&Config::dbfilename, CheckDbFilename),
     .flags = kProtected},
    {.name = "save",
     .value = SpecialValue{ParseSave, FormatSave, LinesOfSave},
     .flags = kMultiWord},
    {.name = "rdbcompression", .value = Bool(&Config::rdbcompression)},
    {.name = "rdbchecksum", .value = Bool(&Config::rdbchecksum), .flags = kImmutable},
    {.name = "rdb-version", .value = Choice<&Config::rdb_version>(kRdbVersions)},
    {.name = "rdb-save-incremental-fsync", .value = Bool(&Config::rdb_save_incremental_fsync)},
    {.name = "rdb-del-sync-files",
     .value = Bool(&Config::rdb_del_sync_files),
     .support = Support::kNoEffect,
     .why = "the files of full syncs never have a name that could be left behind"},
    {.name = "stop-writes-on-bgsave-error", .value = Bool(&Config::stop_writes_on_bgsave_error)},
    {.name = "sanitize-dump-payload",
     .value = Choice<&Config::sanitize_dump_payload>(kSanitizeModes),
     .support = Support::kNoEffect,
     .why = "payloads are always checked in full"},
    {.name = "appendonly", .value = Bool(&Config::appendonly), .flags = kDenyLoading},
    {.name = "appendfilename",
     .value = Text(&Config::appendfilename, CheckAppendFilename),
     .flags = kImmutable},
    {.name = "appenddirname",
     .value = Text(&Config::appenddirname, CheckAppendDirname),
     .flags = kImmutable},
    {.name = "appendfsync", .value = Choice<&Config::appendfsync>(kFsyncModes)},
    {.name = "no-appendfsync-on-rewrite", .value = Bool(&Config::no_appendfsync_on_rewrite)},
    {.name = "auto-aof-rewrite-percentage",
     .value = Integer<&Config::auto_aof_rewrite_percentage>(0, INT_MAX)},
    {.name = "auto-aof-rewrite-min-size",
     .value = Memory<&Config::auto_aof_rewrite_min_size>(0, LLONG_MAX)},
    {.name = "aof-load-truncated", .value = Bool(&Config::aof_load_truncated)},
    {.name = "aof-use-rdb-preamble", .value = Bool(&Config::aof_use_rdb_preamble)},
    {.name = "aof-timestamp-enabled", .value = Bool(&Config::aof_timestamp_enabled)},
    {.name = "aof-rewrite-incremental-fsync",
     .value = Bool(&Config::aof_rewrite_incremental_fsync)},
    {.name = "aof-disable-auto-gc", .value = Bool(&Config::aof_disable_auto_gc), .flags = kHidden},
    {.name = "aof-history-keep", .value = Integer<&Config::aof_history_keep>(0, INT_MAX)},
    {.name = "rdb-key-save-delay",
     .value = Integer<&Config::rdb_key_save_delay>(INT_MIN, INT_MAX),
     .flags = kHidden},
    {.name = "key-load-delay",
     .value = Integer<&Config::key_load_delay>(INT_MIN, INT_MAX),
     .flags = kHidden},
    {.name = "loading-process-events-interval-bytes",
     .value = Integer<&Config::loading_process_events_interval_bytes>(1024, INT_MAX),
     .flags = kHidden,
     .support = Support::kNoEffect,
     .why = kForTests},
};

}  // namespace

std::span<const Option> PersistenceOptions() {
  return kRows;
}

}  // namespace redstart
