#ifndef REDSTART_SERVER_CONFIG_HOST_LIMITS_H_
#define REDSTART_SERVER_CONFIG_HOST_LIMITS_H_

// What this process may really use of the machine. std::thread::hardware_concurrency() knows
// nothing of a container's CPU quota: with `docker run --cpus 2` on 64 cores it says 64, and 64
// threads then share two cores' worth of time. Likewise the machine's memory is not the
// container's.
//
// Sources: sched_getaffinity(2); cgroup v2 cpu.max and memory.max, cgroup v1 cpu.cfs_quota_us,
// cpu.cfs_period_us and memory.limit_in_bytes (Linux kernel documentation,
// admin-guide/cgroup-v2.rst and scheduler/sched-bwc.rst). No state, any thread.

#include <cstdint>
#include <string>

#include "server/config/config.h"

namespace redstart {

// CPUs this process may use: the affinity mask, lowered by the tightest quota of its cgroup and
// those above it. A fraction counts as a whole CPU. At least 1.
int UsableCpus();

// The quota alone, in CPUs rounded up, or 0 if there is none. `root` stands before every path, so
// that tests can lay out a file system of their own; it is empty in service.
int CgroupCpuQuota(const std::string& root);

// Bytes of memory that the tightest of these groups allows, or 0 if none does. `root`: as above.
uint64_t CgroupMemoryLimit(const std::string& root);

// Lets maxmemory be maxmemory-container-percent of the container's limit, if there are both.
void TakeShareOfContainer(Config* config);

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_HOST_LIMITS_H_
