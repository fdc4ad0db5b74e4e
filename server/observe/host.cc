#include "server/observe/host.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace redstart {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

CpuTime Usage(int who) {
  rusage usage = {};
  getrusage(who, &usage);
  return {Seconds(usage.ru_utime), Seconds(usage.ru_stime)};
}

uint64_t PageBytes() {
  return static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

std::string OperatingSystem() {
  utsname name = {};
  uname(&name);
  return std::string(name.sysname) + ' ' + name.release + ' ' + name.machine;
}

uint64_t TotalMemoryBytes() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  return pages < 0 ? 0 : static_cast<uint64_t>(pages) * PageBytes();
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");  // total, resident, ..., in pages
  uint64_t total = 0;
  uint64_t resident = 0;
  statm >> total >> resident;
  return statm ? resident * PageBytes() : 0;
}

CpuTime ProcessCpuTime() {
  return Usage(RUSAGE_SELF);
}

CpuTime ThreadCpuTime() {
  return Usage(RUSAGE_THREAD);
}

uint64_t RaiseOpenFileLimit(uint64_t wanted) {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur >= wanted) return limit.rlim_cur;
  // Only root may go over the hard limit; everyone may go up to it.
  const rlimit asked = {wanted, std::max<rlim_t>(limit.rlim_max, wanted)};
  const rlimit allowed = {std::min<rlim_t>(wanted, limit.rlim_max), limit.rlim_max};
  if (setrlimit(RLIMIT_NOFILE, &asked) != 0 && setrlimit(RLIMIT_NOFILE, &allowed) != 0) {
    return limit.rlim_cur;
  }
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace redstart
