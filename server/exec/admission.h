#ifndef REDSTART_SERVER_EXEC_ADMISSION_H_
#define REDSTART_SERVER_EXEC_ADMISSION_H_

// The checks that a request passes before it runs or is queued, in Redis's order, each one a row.

#include <string>

#include "protocol/request.h"
#include "server/config/config.h"
#include "server/exec/command_table.h"
#include "server/exec/services.h"
#include "server/exec/session.h"

namespace redstart {

struct AdmissionRequest {
  const Session& session;
  const CommandRow* row;  // Null: there is no such command.
  uint32_t flags;         // Of this request: see CommandSpec::flags_of.
  Args args;
  const Config& config;
  const ServerState& state;
};

// Whether every check lets the request pass.
bool IsAdmitted(const AdmissionRequest& request);
// What to answer. REQUIRES: !IsAdmitted(request).
std::string RefusalOf(const AdmissionRequest& request);

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_ADMISSION_H_
