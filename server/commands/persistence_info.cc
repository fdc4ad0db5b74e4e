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

void WriteAof(const Call& call, InfoFields& fields) {
  const Persistence& persistence = *call.services().persistence;
  const Persistence::Facts jobs = persistence.facts();
  const AppendOnlyFile::Facts aof = persistence.aof().facts();
  fields.Number("aof_enabled", aof.enabled ? 1 : 0);
  fields.Number("aof_rewrite_in_progress", jobs.rewriting ? 1 : 0);
  fields.Number("aof_rewrite_scheduled", jobs.rewrite_scheduled ? 1 : 0);
  fields.Signed("aof_last_rewrite_time_sec", jobs.last_rewrite_s);
  fields.Signed("aof_current_rewrite_time_sec", jobs.current_rewrite_s);
  fields.Text("aof_last_bgrewrite_status", aof.last_rewrite_failed ? "err" : "ok");
  fields.Number("aof_rewrites", jobs.rewrites);
  fields.Number("aof_rewrites_consecutive_failures", aof.failures);
  fields.Text("aof_last_write_status", call.services().state->aof_error == 0 ? "ok" : "err");
  fields.Number("aof_last_cow_size", jobs.last_rewrite_captured_bytes);
}

void WriteAofSizes(const Persistence& persistence, InfoFields& fields) {
  const AppendOnlyFile::Facts aof = persistence.aof().facts();
  if (!aof.enabled) return;
  const AofWriter& writer = persistence.aof().writer();
  fields.Number("aof_current_size", aof.current_bytes);
  fields.Number("aof_base_size", aof.base_bytes);
  fields.Number("aof_pending_rewrite", persistence.facts().rewrite_scheduled ? 1 : 0);
  fields.Number("aof_buffer_length", writer.is_open() ? writer.buffered_bytes() : 0);
  fields.Number("aof_pending_bio_fsync", writer.is_syncing() ? 1 : 0);
  // Writing never waits for a sync, so nothing is put off.
  fields.Number("aof_delayed_fsync", 0);
}

void WriteLoading(const Call& call, InfoFields& fields) {
  const Persistence& persistence = *call.services().persistence;
  const auto [total, so_far] = persistence.load_progress();
  const uint64_t loaded = std::min(total, so_far);
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
  WriteAof(call, fields);
  fields.Number("module_fork_in_progress", 0);
  fields.Number("module_fork_last_cow_size", 0);
  WriteAofSizes(persistence, fields);
  if (loading) WriteLoading(call, fields);
}

}  // namespace redstart
