#include "server/observe/host.h"

#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

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

CpuTime MainThreadCpuTime() {
  std::ifstream stat("/proc/self/task/" + std::to_string(getpid()) + "/stat");
  const std::string text(std::istreambuf_iterator<char>(stat), {});
  // Behind the name, which may hold anything, the state is the third field; times are 14 and 15.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  return {user / ticks, system / ticks};
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
