#ifndef REDSTART_SERVER_COMMANDS_CONFIG_FILE_REWRITE_H_
#define REDSTART_SERVER_COMMANDS_CONFIG_FILE_REWRITE_H_

// CONFIG REWRITE's file: read, rewritten (server/config/config_rewrite.h), and replaced in one step
// that a crash cannot leave half done.
//
// Nothing is owned or locked; two at the same time each leave a whole file.

#include <string>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/config/config_rewrite.h"

namespace redstart {

// The status of a failure says what the system said, and nothing else: clients see it. The file
// keeps its permissions, because it may hold a password.
absl::Status RewriteConfigFile(const std::string& path, const Config& config, RewriteScope scope);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_CONFIG_FILE_REWRITE_H_
