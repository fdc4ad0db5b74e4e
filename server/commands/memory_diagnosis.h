#ifndef REDSTART_SERVER_COMMANDS_MEMORY_DIAGNOSIS_H_
#define REDSTART_SERVER_COMMANDS_MEMORY_DIAGNOSIS_H_

// What MEMORY DOCTOR says about a report: which figures are out of the ordinary, and what that
// means. A pure function.

#include <string>

#include "server/commands/memory_report.h"

namespace redstart {

std::string DiagnoseMemory(const MemoryReport& report);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_MEMORY_DIAGNOSIS_H_
