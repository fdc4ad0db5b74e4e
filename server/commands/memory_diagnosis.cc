#include "server/commands/memory_diagnosis.h"

#include <algorithm>
#include <string_view>

namespace redstart {
namespace {

constexpr uint64_t kMegabyte = uint64_t{1} << 20;
// Below this nothing that is measured means anything.
constexpr uint64_t kLeastUsed = 5 * kMegabyte;
// An excess of less than this is not worth a word.
constexpr uint64_t kLeastExcess = 10 * kMegabyte;

// Whether `part` exceeds `whole` by a factor, and by enough to matter.
bool Exceeds(uint64_t part, uint64_t whole, double factor) {
  return RatioOf(part, whole) > factor && part - whole > kLeastExcess;
}

struct Finding {
  bool (*applies)(const MemoryReport& report);
  std::string_view text;
};

// The limits are those of Redis.
constexpr Finding kFindings[] = {
    {[](const MemoryReport& report) { return RatioOf(report.peak, report.used) > 1.5; },
     "Peak memory: more than 150 % of what is in use now was in use once. The allocator may keep "
     "memory from that time. It is used again as data comes; 'MEMORY PURGE' gives some of it "
     "back."},
    {[](const MemoryReport& report) { return Exceeds(report.resident, report.used, 1.4); },
     "High total RSS: the process has more than 1.4 times as much memory in RAM as it uses. A "
     "peak in the past explains it, or a load that leaves pages half empty."},
    {[](const MemoryReport& report) {
       return Exceeds(report.allocator.active, report.allocator.allocated, 1.1);
     },
     "High allocator fragmentation: pages that hold something are more than 10 % larger than what "
     "they hold. Values that change their size often, or a peak in the past, have that effect."},
    {[](const MemoryReport& report) {
       return Exceeds(report.allocator.resident, report.allocator.active, 1.1);
     },
     "High allocator RSS overhead: the allocator keeps more than 10 % of empty pages. 'MEMORY "
     "PURGE' returns them."},
    {[](const MemoryReport& report) {
       return Exceeds(report.resident, report.allocator.resident, 1.1);
     },
     "High process RSS overhead: more than 10 % of the memory in RAM is not the allocator's and "
     "not the keyspace's."},
    {[](const MemoryReport& report) {
       return report.clients.replicas > 0 &&
              report.clients.replica_bytes / report.clients.replicas > 10 * kMegabyte;
     },
     "Big replica buffers: readers of the effect stream have more than 10 MB each waiting. They "
     "do not keep up; 'CLIENT LIST TYPE replica' shows which."},
    {[](const MemoryReport& report) {
       return report.clients.client_bytes / std::max<uint64_t>(1, report.clients.clients) >
              200 * 1024;
     },
     "Big client buffers: clients take more than 200 KB each on average, because they send huge "
     "pipelines or do not read their replies. 'CLIENT LIST' shows which."},
};

}  // namespace

std::string DiagnoseMemory(const MemoryReport& report) {
  if (report.used < kLeastUsed) {
    return "Hardly any memory is in use, so there is nothing to judge yet. Ask again when there is "
           "some data.\n";
  }
  std::string findings;
  for (const Finding& finding : kFindings) {
    if (finding.applies(report)) findings.append(" * ").append(finding.text).append("\n\n");
  }
  if (findings.empty()) return "No issue with memory was found.\n";
  return "Some figures are out of the ordinary:\n\n" + findings;
}

}  // namespace redstart
