#include "server/config/host_limits.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

namespace redstart {
namespace {

std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream in(path);
  if (!in) return std::nullopt;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::optional<int64_t> ToInt(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// CPUs, rounded up, of `quota` microseconds in every `period`; 0 if that is no limit.
int64_t QuotaToCpus(std::optional<int64_t> quota, std::optional<int64_t> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return 0;
  return std::min<int64_t>((*quota + *period - 1) / *period, 1 << 20);
}

int64_t QuotaOfV2Group(const std::string& folder) {
  const auto text = ReadFile(folder + "/cpu.max");  // "max 100000" or "150000 100000"
  if (!text) return 0;
  const size_t space = text->find(' ');
  if (space == std::string::npos) return 0;
  const std::string_view all = *text;
  return QuotaToCpus(ToInt(all.substr(0, space)), ToInt(all.substr(space + 1)));
}

int64_t QuotaOfV1Group(const std::string& folder) {
  const auto quota = ReadFile(folder + "/cpu.cfs_quota_us");  // -1: no limit
  const auto period = ReadFile(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return 0;
  return QuotaToCpus(ToInt(*quota), ToInt(*period));
}

// Bytes, 0 if the file is not there or says that there is no limit.
int64_t BytesIn(const std::string& path) {
  constexpr int64_t kBeyondAnyMemory = int64_t{1} << 60;
  const auto text = ReadFile(path);  // "max" or "536870912"; version 1 has a huge number for "max".
  const std::optional<int64_t> bytes = text ? ToInt(*text) : std::nullopt;
  return bytes && *bytes > 0 && *bytes < kBeyondAnyMemory ? *bytes : 0;
}

int64_t MemoryOfV2Group(const std::string& folder) {
  return BytesIn(folder + "/memory.max");
}

int64_t MemoryOfV1Group(const std::string& folder) {
  return BytesIn(folder + "/memory.limit_in_bytes");
}

// What a group limits, and where that is read.
struct Resource {
  std::string_view controller;  // Of version 1; version 2 has one hierarchy for all.
  std::vector<std::string_view> v1_mounts;
  int64_t (*of_v1_group)(const std::string& folder);
  int64_t (*of_v2_group)(const std::string& folder);
};

int64_t Tighter(int64_t a, int64_t b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

// The tightest limit of `group` and the groups that it lies in, up to the mount point.
int64_t TightestOnTheWayUp(const std::string& mount, std::string group,
                           int64_t (*limit_of)(const std::string&)) {
  int64_t tightest = 0;
  while (true) {
    tightest = Tighter(tightest, limit_of(mount + group));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return tightest;
    group.resize(slash);
  }
}

bool HasController(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const size_t comma = list.find(',');
    if (list.substr(0, comma) == name) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

int64_t TightestLimit(const std::string& root, const Resource& resource) {
  const auto groups = ReadFile(root + "/proc/self/cgroup");
  if (!groups) return 0;
  int64_t tightest = 0;
  std::istringstream lines(*groups);
  // A line is "0::/path" for v2 and "4:cpu,cpuacct:/path" for v1. Inside a container the path is
  // often that of the host and does not exist here; the walk up then ends at the mount point, which
  // is the container's own group.
  for (std::string line; std::getline(lines, line);) {
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string group = line.substr(second + 1);
    int64_t limit = 0;
    if (controllers.empty()) {
      limit = TightestOnTheWayUp(root + "/sys/fs/cgroup", group, resource.of_v2_group);
    } else if (HasController(controllers, resource.controller)) {
      for (const std::string_view mount : resource.v1_mounts) {
        if (limit != 0) break;
        const std::string path = root + "/sys/fs/cgroup/" + std::string(mount);
        limit = TightestOnTheWayUp(path, group, resource.of_v1_group);
      }
    }
    tightest = Tighter(tightest, limit);
  }
  return tightest;
}

}  // namespace

int CgroupCpuQuota(const std::string& root) {
  return static_cast<int>(
      TightestLimit(root, {"cpu", {"cpu,cpuacct", "cpu"}, QuotaOfV1Group, QuotaOfV2Group}));
}

uint64_t CgroupMemoryLimit(const std::string& root) {
  return static_cast<uint64_t>(
      TightestLimit(root, {"memory", {"memory"}, MemoryOfV1Group, MemoryOfV2Group}));
}

void TakeShareOfContainer(Config* config) {
  const auto percent = static_cast<uint64_t>(config->maxmemory_container_percent);
  const uint64_t limit = percent == 0 ? 0 : CgroupMemoryLimit("");
  if (limit > 0) config->maxmemory = static_cast<int64_t>(limit / 100 * percent);
}

int UsableCpus() {
  int cpus = 0;
  cpu_set_t mask;
  CPU_ZERO(&mask);
  if (sched_getaffinity(0, sizeof(mask), &mask) == 0) {
    cpus = CPU_COUNT(&mask);
  } else {  // More CPUs than cpu_set_t has bits.
    cpus = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  }
  if (const int quota = CgroupCpuQuota(""); quota > 0) cpus = std::min(cpus, quota);
  return std::max(cpus, 1);
}

}  // namespace redstart
