#ifndef REDSTART_SERVER_OBSERVE_HOST_H_
#define REDSTART_SERVER_OBSERVE_HOST_H_

// Facts about the machine and about this process that INFO and the start-up messages report, read
// from Linux each time they are asked for. No state, any thread. Sources: uname(2), proc(5),
// sysconf(3), getrusage(2), getrlimit(2).

#include <cstdint>
#include <string>

namespace redstart {

// As INFO's "os" field prints it: "Linux 6.1.0-18-amd64 x86_64".
std::string OperatingSystem();

// Installed memory, in bytes. A container's limit does not lower it, as in Redis.
uint64_t TotalMemoryBytes();

// Memory of this process that is in RAM, in bytes; 0 if that cannot be read.
uint64_t ResidentBytes();

// CPU time of this process, in seconds.
struct CpuTime {
  double user = 0;
  double system = 0;
};
CpuTime ProcessCpuTime();
CpuTime ThreadCpuTime();      // of the calling thread alone
CpuTime MainThreadCpuTime();  // of the thread that main() runs on, to 10 ms

// Raises the limit of open files to `wanted`, or as near to it as is allowed, and returns the limit
// now in force.
uint64_t RaiseOpenFileLimit(uint64_t wanted);

}  // namespace redstart

#endif  // REDSTART_SERVER_OBSERVE_HOST_H_
