#ifndef REDSTART_SERVER_CONFIG_ENVIRONMENT_H_
#define REDSTART_SERVER_CONFIG_ENVIRONMENT_H_

// Options from environment variables, which containers are configured by:
//
//   REDSTART_<OPTION>          REDSTART_MAXMEMORY_POLICY=allkeys-lru is `maxmemory-policy
//   allkeys-lru` REDSTART_PASSWORD          the same as REDSTART_REQUIREPASS REDSTART_PASSWORD_FILE
//   a file (a Docker secret) whose first line is the password REDSTART_DEFAULT_<OPTION>  counts
//   less than the configuration file: what an image begins with
//
// The others count more than the file and less than the command line. A variable that names no
// option is an error, for it may be a misspelt REDSTART_PASSWORD; but what Kubernetes and Docker
// links set for a service that is called "redstart" (REDSTART_PORT=tcp://10.0.0.1:6379,
// REDSTART_SERVICE_HOST, ...) is ignored.
//
// Used once, by the thread that starts the server.

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace redstart {

struct EnvironmentOptions {
  // As lines of a configuration file.
  std::string defaults;
  std::string options;
};

// `variables` are "NAME=value". The status of a failure is ready to be printed.
absl::StatusOr<EnvironmentOptions> ReadEnvironment(absl::Span<const std::string> variables);

// The variables of this process.
absl::StatusOr<EnvironmentOptions> ReadEnvironment();

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_ENVIRONMENT_H_
