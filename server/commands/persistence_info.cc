#include "server/commands/persistence_info.h"

#include <algorithm>

#include "server/persistence/persistence.h"

namespace redstart {
namespace {

constexpr uint64_t kMicros = 1'000'000;

double Percent(uint64_t part, uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void WriteSaving(const Persistence::Facts& facts, InfoFields& fields) {
  // What copy-on-write is to a server that forks, captured entries are here.
  fields.Number("current_cow_peak", facts.current_captured_bytes);
  fields.Number("current_cow_size", facts.current_captured_bytes);
  fields.Number("current_cow_size_age", 0);
  fields.Real("current_fork_perc", Percent(facts.keys_processed, facts.keys_total));
  fields.Number("current_save_keys_processed", facts.keys_processed);
  // Keys are counted a moment after the cut: some of them may have gone by then.
  fields.Number("current_save_keys_total", std::max(facts.keys_total, facts.keys_processed));
  fields.Number("rdb_changes_since_last_save", facts.changes_since_save);
  fields.Number("rdb_bgsave_in_progress", facts.saving ? 1 : 0);
  fields.Number("rdb_last_save_time", facts.last_save_s);
  fields.Text("rdb_last_bgsave_status", facts.last_failed ? "err" : "ok");
  fields.Signed("rdb_last_bgsave_time_sec", facts.last_duration_s);
  fields.Signed("rdb_current_bgsave_time_sec", facts.current_duration_s);
  fields.Number("rdb_saves", facts.saves);
  fields.Number("rdb_last_cow_size", facts.last_captured_bytes);
}

void WriteLoading(const Call& call, InfoFields& fields) {
  const Persistence& persistence = *call.services().persistence;
  const uint64_t total = persistence.loader().total_bytes();
  const uint64_t loaded = std::min(total, persistence.loader().loaded_bytes());
  const uint64_t since = persistence.loading_since_us();
  const uint64_t seconds = (call.now_us() - std::min(call.now_us(), since)) / kMicros;
  fields.Number("loading_start_time", since / kMicros);
  fields.Number("loading_total_bytes", total);
  fields.Number("loading_rdb_used_mem", persistence.loader().used_memory_then());
  fields.Number("loading_loaded_bytes", loaded);
  fields.Real("loading_loaded_perc", Percent(loaded, total));
  // Before there is anything to go by, one second is as good as any.
  const uint64_t eta = loaded == 0 || seconds == 0 ? 1 : seconds * (total - loaded) / loaded;
  fields.Number("loading_eta_seconds", eta);
}

}  // namespace

void WritePersistenceInfo(const Call& call, InfoFields& fields) {
  const Persistence& persistence = *call.services().persistence;
  const bool loading = call.services().state->loading;
  fields.Number("loading", loading ? 1 : 0);
  fields.Number("async_loading", 0);
  WriteSaving(persistence.facts(), fields);
  fields.Number("rdb_last_load_keys_expired", persistence.loader().keys_expired());
  fields.Number("rdb_last_load_keys_loaded", persistence.loader().keys_loaded());
  for (const std::string_view name :
       {"aof_enabled", "aof_rewrite_in_progress", "aof_rewrite_scheduled"}) {
    fields.Number(name, 0);
  }
  fields.Signed("aof_last_rewrite_time_sec", -1);
  fields.Signed("aof_current_rewrite_time_sec", -1);
  fields.Text("aof_last_bgrewrite_status", "ok");
  fields.Number("aof_rewrites", 0);
  fields.Number("aof_rewrites_consecutive_failures", 0);
  fields.Text("aof_last_write_status", "ok");
  for (const std::string_view name :
       {"aof_last_cow_size", "module_fork_in_progress", "module_fork_last_cow_size"}) {
    fields.Number(name, 0);
  }
  if (loading) WriteLoading(call, fields);
}

}  // namespace redstart
