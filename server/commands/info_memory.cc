#include "server/commands/info_memory.h"

#include <fmt/format.h>

#include "server/commands/memory_report.h"
#include "server/config/config_store.h"
#include "server/observe/host.h"
#include "server/persistence/persistence.h"
#include "server/scripting/function_registry.h"
#include "server/scripting/script_engine.h"
#include "storage/keyspace.h"

namespace redstart {
namespace {

void WriteBytes(InfoFields& fields, std::string_view name, uint64_t bytes) {
  fields.Number(name, bytes);
  fields.Text(std::string(name).append("_human"), HumanBytes(bytes));
}

// Interpreters, of which each thread has one, and what they run.
void WriteScriptMemory(ScriptEngine& scripts, InfoFields& fields) {
  const size_t interpreters = scripts.usage().bytes;
  const size_t cached = scripts.cache().bytes();
  fields.Number("used_memory_lua", interpreters);
  fields.Number("used_memory_vm_eval", interpreters);
  fields.Text("used_memory_lua_human", HumanBytes(interpreters));
  fields.Number("used_memory_scripts_eval", cached);
  fields.Number("number_of_cached_scripts", scripts.cache().size());
  const FunctionRegistry::Usage functions = scripts.functions().usage();
  fields.Number("number_of_functions", functions.functions);
  fields.Number("number_of_libraries", functions.libraries);
  fields.Number("used_memory_vm_functions", functions.vm_bytes);
  WriteBytes(fields, "used_memory_vm_total", interpreters + functions.vm_bytes);
  fields.Number("used_memory_functions", functions.source_bytes);
  WriteBytes(fields, "used_memory_scripts", cached + functions.source_bytes);
}

void WriteFragmentation(const MemoryReport& report, InfoFields& fields) {
  const auto compare = [&](std::string_view name, uint64_t a, uint64_t b) {
    fields.Real(std::string(name).append("_ratio"), RatioOf(a, b));
    fields.Signed(std::string(name).append("_bytes"),
                  static_cast<int64_t>(a) - static_cast<int64_t>(b));
  };
  compare("allocator_frag", report.allocator.active, report.allocator.allocated);
  compare("allocator_rss", report.allocator.resident, report.allocator.active);
  compare("rss_overhead", report.resident, report.allocator.resident);
  compare("mem_fragmentation", report.resident, report.used);
}

}  // namespace

void WriteMemoryInfo(const Call& call, InfoFields& fields) {
  const Services& services = call.services();
  const MemoryReport report = MeasureMemory(call);
  WriteBytes(fields, "used_memory", report.used);
  WriteBytes(fields, "used_memory_rss", report.resident);
  WriteBytes(fields, "used_memory_peak", report.peak);
  fields.Text("used_memory_peak_perc", fmt::format("{:.2f}%", report.PeakPercent()));
  fields.Number("used_memory_overhead", report.overhead);
  fields.Number("used_memory_startup", report.at_startup);
  fields.Number("used_memory_dataset", report.dataset);
  fields.Text("used_memory_dataset_perc", fmt::format("{:.2f}%", report.DatasetPercent()));
  fields.Number("allocator_allocated", report.allocator.allocated);
  fields.Number("allocator_active", report.allocator.active);
  fields.Number("allocator_resident", report.allocator.resident);
  WriteBytes(fields, "total_system_memory", TotalMemoryBytes());
  WriteScriptMemory(*services.scripts, fields);
  WriteBytes(fields, "maxmemory", static_cast<uint64_t>(call.config().maxmemory));
  constexpr std::string_view kPolicy = "maxmemory-policy";
  fields.Text("maxmemory_policy", services.config->Get({&kPolicy, 1})[0].second);
  WriteFragmentation(report, fields);
  const uint64_t output = report.clients.replica_output_bytes;
  fields.Number("mem_not_counted_for_evict",
                output + services.persistence->facts().waiting_captured_bytes);
  fields.Number("mem_replication_backlog", 0);
  fields.Number("mem_total_replication_buffers", output);
  fields.Number("mem_clients_slaves", report.clients.replica_bytes);
  fields.Number("mem_clients_normal", report.clients.client_bytes);
  fields.Number("mem_cluster_links", 0);
  const AofWriter& aof = call.services().persistence->aof().writer();
  fields.Number("mem_aof_buffer", aof.is_open() ? aof.buffered_bytes() : 0);
  fields.Text("mem_allocator", AllocatorName());
  fields.Number("active_defrag_running", 0);
  LazyFree& lazy_free = services.keyspace->lazy_free();
  fields.Number("lazyfree_pending_objects", lazy_free.pending_objects());
  fields.Number("lazyfreed_objects",
                lazy_free.freed_objects() - services.state->lazyfreed_at_reset);
}

}  // namespace redstart
