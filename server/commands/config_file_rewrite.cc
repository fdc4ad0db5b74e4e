#include "server/commands/config_file_rewrite.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "storage/disk/file.h"

namespace redstart {
namespace {

absl::Status SystemError(int error) {
  return absl::InternalError(std::strerror(error));
}

// Without the path that file.h puts before the system's words.
absl::Status WithoutPath(const absl::Status& status) {
  const absl::string_view text = status.message();
  const size_t colon = text.rfind(": ");
  return absl::InternalError(colon == absl::string_view::npos ? text : text.substr(colon + 2));
}

}  // namespace

absl::Status RewriteConfigFile(const std::string& path, const Config& config, RewriteScope scope) {
  std::string old_text;
  mode_t mode = 0644;
  struct stat facts = {};
  // A file that has gone is written anew.
  if (stat(path.c_str(), &facts) == 0) {
    mode = facts.st_mode & 07777;
    std::ifstream file(path);
    old_text.assign(std::istreambuf_iterator<char>(file), {});
    if (!file) return SystemError(errno != 0 ? errno : EIO);
  } else if (errno != ENOENT) {
    return SystemError(errno);
  }
  const std::string temporary = path + "." + std::to_string(getpid()) + ".tmp";
  auto file = OutputFile::Create(temporary, {.keep_cached = true});
  if (!file.ok()) return WithoutPath(file.status());
  if (chmod(temporary.c_str(), mode) != 0) return SystemError(errno);
  absl::Status status = (*file)->Write(RewriteConfigText(old_text, config, scope));
  if (status.ok()) status = (*file)->Sync();
  if (status.ok()) status = (*file)->Commit(path);
  if (status.ok()) status = SyncFolderOf(path);
  return status.ok() ? status : WithoutPath(status);
}

}  // namespace redstart
