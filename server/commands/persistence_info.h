#ifndef REDSTART_SERVER_COMMANDS_PERSISTENCE_INFO_H_
#define REDSTART_SERVER_COMMANDS_PERSISTENCE_INFO_H_

// INFO's section about saving and loading. No state, no locks.

#include "server/commands/info_sections.h"
#include "server/exec/call.h"

namespace redstart {

void WritePersistenceInfo(const Call& call, InfoFields& fields);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_PERSISTENCE_INFO_H_
