#ifndef REDSTART_SERVER_COMMANDS_INFO_MEMORY_H_
#define REDSTART_SERVER_COMMANDS_INFO_MEMORY_H_

// INFO's section about memory.

#include "server/commands/info_sections.h"
#include "server/exec/call.h"

namespace redstart {

void WriteMemoryInfo(const Call& call, InfoFields& fields);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_INFO_MEMORY_H_
