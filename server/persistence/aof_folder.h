#ifndef REDSTART_SERVER_PERSISTENCE_AOF_FOLDER_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_FOLDER_H_

// The folder that the files of the append-only file lie in, and its manifest on the disk.
//
// A manifest takes the place of another by being renamed, so there is a whole one at any time; what
// it names was there before it. No state: every function reads the folder's place from the
// configuration. Any thread, but one at a time for what writes.

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/config/config.h"
#include "server/persistence/aof_manifest.h"

namespace redstart::aof_folder {

// In `dir`; and a file in the folder.
std::string FolderOf(const Config& config);
std::string PathOf(const Config& config, const std::string& name);
// Names of what is not finished; they lie in the folder, but the base in `dir`, as on Redis.
std::string TemporaryIncrement(const Config& config);
std::string TemporaryBasePath(const Config& config);

// Makes the folder if it is not there.
absl::Status Create(const Config& config);
// An empty one if there is none. The status of a damaged one names it and says what is wrong.
absl::StatusOr<AofManifest> ReadManifest(const Config& config);
// Durable on return.
absl::Status WriteManifest(const Config& config, const AofManifest& manifest);
// If there is a single file of Redis before 7 in `dir`, and no other data: moves it into the folder
// as the base. An upgrade that was cut off goes on.
absl::Status UpgradeOldFile(const Config& config, AofManifest* manifest);

// Of a file in the folder. kNotFound if it is not there.
absl::StatusOr<uint64_t> SizeOf(const Config& config, const std::string& name);

}  // namespace redstart::aof_folder

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_FOLDER_H_
