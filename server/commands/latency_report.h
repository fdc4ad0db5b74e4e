#ifndef REDSTART_SERVER_COMMANDS_LATENCY_REPORT_H_
#define REDSTART_SERVER_COMMANDS_LATENCY_REPORT_H_

// What LATENCY GRAPH and LATENCY DOCTOR say, from the spikes that the monitor has kept. Pure
// functions.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/config/config.h"
#include "server/observe/latency_monitor.h"

namespace redstart {

// The spikes of one kind of event as a picture, with how long ago each was.
std::string DrawLatencyGraph(std::string_view event, const LatencyMonitor::Series& series,
                             uint64_t now_s);

// How bad the spikes are, and what may help against them.
std::string DiagnoseLatency(
    const std::vector<std::pair<std::string, LatencyMonitor::Series>>& events, const Config& config,
    uint64_t now_s);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_LATENCY_REPORT_H_
