#ifndef REDSTART_SERVER_COMMANDS_INFO_STATISTICS_H_
#define REDSTART_SERVER_COMMANDS_INFO_STATISTICS_H_

// INFO's sections about what was counted: stats, commandstats, errorstats, latencystats and debug.
// Everything comes from the StatsBoard, which adds it up over the threads.

#include "server/commands/info_sections.h"
#include "server/exec/call.h"
#include "server/exec/command_table.h"
#include "server/exec/stats.h"

namespace redstart {

void WriteStatsInfo(const Call& call, InfoFields& fields);
void WriteCommandStats(const Call& call, InfoFields& fields);
void WriteErrorStats(const Call& call, InfoFields& fields);
void WriteLatencyStats(const Call& call, InfoFields& fields);
void WriteLoopStats(const Call& call, InfoFields& fields);

// How long the calls of a command took, those of its unlisted subcommands included (DEBUG SLEEP is
// DEBUG, as on Redis).
LatencyCounts LatencyOf(const StatsBoard& stats, const CommandRow& row);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_INFO_STATISTICS_H_
