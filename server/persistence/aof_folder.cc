#include "server/persistence/aof_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "server/observe/log.h"
#include "storage/disk/file.h"

namespace redstart::aof_folder {
namespace {

constexpr std::string_view kTemporary = "temp-";
constexpr std::string_view kManifest = ".manifest";

bool IsThere(const std::string& path) {
  return access(path.c_str(), F_OK) == 0;
}

std::string InDir(const Config& config, const std::string& name) {
  return config.dir.empty() ? name : config.dir + '/' + name;
}

std::string ManifestName(const Config& config) {
  return config.appendfilename + std::string(kManifest);
}

absl::Status Failed(std::string_view what, const std::string& path) {
  const int error = errno;
  const std::string text = std::string(what) + ' ' + path + ": " + std::strerror(error);
  return error == ENOENT ? absl::NotFoundError(text) : absl::InternalError(text);
}

}  // namespace

std::string FolderOf(const Config& config) {
  return InDir(config, config.appenddirname);
}

std::string PathOf(const Config& config, const std::string& name) {
  return FolderOf(config) + '/' + name;
}

std::string TemporaryIncrement(const Config& config) {
  return std::string(kTemporary) + config.appendfilename + ".incr";
}

std::string TemporaryBasePath(const Config& config) {
  return InDir(config, "temp-rewriteaof-bg-" + std::to_string(getpid()) + ".aof");
}

absl::Status Create(const Config& config) {
  const std::string folder = FolderOf(config);
  if (mkdir(folder.c_str(), 0755) == 0) return SyncFolderOf(folder);
  struct stat facts = {};
  if (errno == EEXIST && stat(folder.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) return absl::OkStatus();
    errno = ENOTDIR;
  }
  return Failed("Can't open or create append-only dir", folder);
}

absl::StatusOr<AofManifest> ReadManifest(const Config& config) {
  const std::string path = PathOf(config, ManifestName(config));
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (absl::IsNotFound(file.status())) return AofManifest();
  absl::Status status = file.status();
  if (status.ok()) {
    absl::StatusOr<AofManifest> manifest = AofManifest::Parse(file->bytes());
    if (manifest.ok()) return manifest;
    status = manifest.status();
  }
  const absl::string_view reason = status.message();
  return absl::DataLossError("FATAL AOF MANIFEST FILE ERROR: reading " + path + ' ' +
                             std::string(reason.data(), reason.size()));
}

absl::Status WriteManifest(const Config& config, const AofManifest& manifest) {
  const std::string path = PathOf(config, ManifestName(config));
  const std::string temporary = PathOf(config, std::string(kTemporary) + ManifestName(config));
  auto file = OutputFile::Create(temporary, {.sync_every = 0, .keep_cached = true});
  absl::Status status = file.status();
  if (status.ok()) status = (*file)->Write(manifest.Format());
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = (*file)->Commit(path);
  if (status.ok()) status = SyncFolderOf(path);
  if (status.ok()) return status;
  const absl::string_view reason = status.message();
  return absl::InternalError("Error trying to write the AOF manifest file " + path + ": " +
                             std::string(reason.data(), reason.size()));
}

absl::Status UpgradeOldFile(const Config& config, AofManifest* manifest) {
  const std::string old_path = InDir(config, config.appendfilename);
  const std::string new_path = PathOf(config, config.appendfilename);
  if (!std::filesystem::is_regular_file(old_path)) return absl::OkStatus();
  const bool was_cut_off = manifest->base() && manifest->increments().empty() &&
                           manifest->base()->name == config.appendfilename && !IsThere(new_path);
  if (!manifest->empty() && !was_cut_off) return absl::OkStatus();
  if (const absl::Status created = Create(config); !created.ok()) return created;
  AofManifest upgraded = *manifest;
  upgraded.SetOldStyleBase(config.appendfilename);
  if (absl::Status status = WriteManifest(config, upgraded); !status.ok()) return status;
  if (std::rename(old_path.c_str(), new_path.c_str()) != 0) {
    return Failed("Error trying to move the old AOF file into", FolderOf(config));
  }
  if (absl::Status status = SyncFolderOf(new_path); !status.ok()) return status;
  *manifest = std::move(upgraded);
  logging::Notice("Successfully migrated an old-style AOF file ({}) into the AOF directory ({}).",
                  config.appendfilename, config.appenddirname);
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> SizeOf(const Config& config, const std::string& name) {
  struct stat facts = {};
  if (stat(PathOf(config, name).c_str(), &facts) == 0) {
    return static_cast<uint64_t>(facts.st_size);
  }
  const int error = errno;
  const std::string text =
      "Unable to obtain the AOF file " + name + " length. stat: " + std::strerror(error);
  return error == ENOENT ? absl::NotFoundError(text) : absl::InternalError(text);
}

}  // namespace redstart::aof_folder
