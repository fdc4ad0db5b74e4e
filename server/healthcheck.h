#ifndef REDSTART_SERVER_HEALTHCHECK_H_
#define REDSTART_SERVER_HEALTHCHECK_H_

// `redstart-server --healthcheck`: asks a running server whether it serves, for Docker's
// HEALTHCHECK and its like. Runs in a process of its own, so it uses plain blocking sockets.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"

namespace redstart {

// Whether the server that this configuration describes answers PING with PONG within some seconds.
// One that is still loading answers otherwise. The status says what was wrong.
absl::Status CheckHealth(const Config& config);

// The arguments of process 1, if that is a server: inside a container it is the one to ask.
std::vector<std::string> ArgumentsOfFirstProcess();

}  // namespace redstart

#endif  // REDSTART_SERVER_HEALTHCHECK_H_
