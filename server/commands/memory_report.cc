#include "server/commands/memory_report.h"

#include <algorithm>
#include <map>

#include "server/exec/keyspace_access.h"
#include "server/exec/used_memory.h"
#include "server/observe/host.h"

namespace redstart {
namespace {

// Of an entry: type, encoding, flags, access clock and lengths; and its deadline, if it has one.
constexpr uint64_t kHeaderBytes = 8;
constexpr uint64_t kDeadlineBytes = 8;

std::vector<MemoryReport::Database> MeasureDatabases(KeyWalk& walk) {
  std::map<int, MemoryReport::Database> databases;
  walk.ForEachShard([&](const Shard& shard) {
    for (const int number : shard.Databases()) {
      MemoryReport::Database& database = databases[number];
      database.number = number;
      database.keys += shard.size(number);
      database.table_bytes +=
          shard.table(number)->MemoryBytes() + shard.size(number) * kHeaderBytes;
      database.deadline_bytes += shard.with_deadline(number) * kDeadlineBytes;
    }
  });
  std::vector<MemoryReport::Database> with_keys;
  for (const auto& [number, database] : databases) {
    if (database.keys > 0) with_keys.push_back(database);
  }
  return with_keys;
}

}  // namespace

double MemoryReport::DatasetPercent() const {
  return 100 * RatioOf(dataset, UsedSinceStart());
}

double MemoryReport::PeakPercent() const {
  return 100 * RatioOf(used, peak);
}

uint64_t MemoryReport::BytesPerKey() const {
  return keys == 0 ? 0 : UsedSinceStart() / keys;
}

MemoryReport MeasureMemory(const Call& call) {
  const Services& services = call.services();
  MemoryReport report;
  report.used = UsedMemory(services);
  report.peak = services.state->peak_memory;
  report.at_startup = services.state->startup_memory;
  report.resident = ResidentBytes();
  report.allocator = ReadAllocatorUsage();
  const uint64_t pages = services.keyspace->pages().bytes_in_use();
  report.allocator.allocated += services.keyspace->entry_bytes();
  report.allocator.active += pages;
  report.allocator.resident += pages;
  report.clients = TotalOfClients(*services.sessions);
  report.databases = MeasureDatabases(call.walk());
  report.overhead = report.at_startup + report.clients.client_bytes + report.clients.replica_bytes;
  for (const MemoryReport::Database& database : report.databases) {
    report.keys += database.keys;
    report.overhead += database.table_bytes + database.deadline_bytes;
  }
  report.dataset = report.used - std::min(report.used, report.overhead);
  return report;
}

double RatioOf(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace redstart
