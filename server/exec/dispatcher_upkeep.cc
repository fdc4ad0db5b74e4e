// What a dispatcher does that is no client's request: the deletion of expired keys, eviction, and
// work that a service wants done on keys.

#include <chrono>
#include <string>
#include <thread>

#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"

namespace redstart {

bool Dispatcher::RunOnKeys(int database, absl::Span<const std::string_view> names,
                           const std::function<void(WriteKeys& keys)>& work) {
  constexpr auto kBetweenLooks = std::chrono::milliseconds(10);
  std::vector<uint64_t> hashes;
  std::vector<KeyRef> refs;
  for (const std::string_view name : names) {
    hashes.push_back(services_.keyspace->HashOf(name));
    refs.push_back({name, hashes.back()});
  }
  config();
  services_.keyspace->AwaitRoom();
  ShardLocks locks = services_.keyspace->Lock(hashes);
  for (RefreshTime(); ExpiryModeNow() == ExpiryMode::kHide; RefreshTime()) {
    locks.Unlock();  // Clients are paused: nothing is written.
    std::this_thread::sleep_for(kBetweenLooks);
    locks = services_.keyspace->Lock(hashes);
  }
  blocking_.Widen(&locks, database, refs);
  if (services_.state->stopping.load(std::memory_order_relaxed)) return false;
  BeginEffects();
  recorder_.Begin(database, {});
  KeyAccess access(Parts(),
                   {.locks = &locks, .database = database, .now_ms = now_us_ / 1000, .keys = refs});
  WriteKeys keys(&access);
  work(keys);
  recorder_.End();
  recorder_.Commit(locks);
  blocking_.Serve(locks, *config_);
  ReleaseCaused();
  locks.Unlock();
  blocking_.ServeLate(*config_);
  Mailbox::FlushWakes();
  return true;
}

size_t Dispatcher::Replay(Session& session, const RequestBatch& batch, ReplyBuilder& reply) {
  replays_ = true;
  config();
  RefreshTime();
  moment_ = LookAtClock();
  plans_.clear();
  keys_.clear();
  for (size_t i = 0; i < batch.size(); ++i) plans_.push_back(MakePlan(batch[i]));
  Prefetch(session.database.load(std::memory_order_relaxed), keys_);
  for (size_t i = 0; i < batch.size(); ++i) {
    const CommandRow* row = plans_[i].row;
    if (row == nullptr || !row->spec->AcceptsCount(batch[i].size()) ||
        row->spec->run.kind == Handler::Kind::kAbsent) {
      return i;
    }
    BeginReply(session, reply);
    may_wait_ = false;
    if (session.in_transaction() && !row->spec->Has(kNeverQueued)) {
      Queue(session, *row, batch[i], FlagsOf(row, batch[i]), reply);
    } else {
      Run(session, *row, batch[i], KeysOf(plans_[i]), reply);
    }
  }
  return batch.size();
}

bool Dispatcher::SweepExpired(size_t first, size_t stride, uint64_t budget_us) {
  const ServerState& state = *services_.state;
  if (!state.active_expiry.load(std::memory_order_relaxed) || state.loading || state.cron_paused) {
    return false;
  }
  if (ExpiryModeNow() == ExpiryMode::kHide) return false;
  if (services_.keyspace->is_busy()) return false;
  if (services_.keyspace->lacks_room()) return false;  // A snapshot cannot keep more for now.
  config();
  RefreshTime();
  const Moment started = LookAtClock();
  const bool more = SweepShards(first, stride, budget_us);
  const uint64_t nanos = NanosBetween(started, LookAtClock());
  stats_->sweep_nanos.Add(nanos);
  if (more) stats_->sweeps_cut_short.Add();
  slow_.NoteEvent("expire-cycle", nanos);
  return more;
}

bool Dispatcher::EvictIfFull() {
  if (config().maxmemory == 0) return false;
  RefreshTime();
  const bool more =
      memory_limit_.MakeRoom(Parts(), ExpiryModeNow() == ExpiryMode::kDelete, now_us_);
  Mailbox::FlushWakes();
  return more;
}

bool Dispatcher::SweepShards(size_t first, size_t stride, uint64_t budget_us) {
  const uint64_t started = now_us_;
  const size_t shards = services_.keyspace->shard_count();
  std::vector<Entry*> due;
  if (sweep_shard_ % stride != first % stride) sweep_shard_ = first;
  for (size_t visited = 0; visited < shards; visited += stride) {
    while (SweepShard(sweep_shard_, &due)) {
      if (services_.clock->NowMicros() - started >= budget_us) return true;
    }
    sweep_shard_ += stride;
    if (sweep_shard_ >= shards) sweep_shard_ = first;
  }
  return false;
}

bool Dispatcher::SweepShard(size_t shard, std::vector<Entry*>* due) {
  // As many as are deleted in some 20 us under one hold of the lock.
  constexpr size_t kDeletesPerHold = 64;
  ShardLocks locks = services_.keyspace->LockShardUnlessBusy(shard);
  if (!locks || services_.state->stopping.load(std::memory_order_relaxed)) return false;
  BeginEffects();
  bool more = false;
  for (const int database : locks[shard].Databases()) {
    uint64_t cursor = 0;
    due->clear();
    // The table collects what is due at a time; expired is what was due before now.
    more |= !locks[shard].CollectDue(database, now_us_ / 1000 - 1, &cursor, kDeletesPerHold, due);
    KeyAccess access(Parts(), {.locks = &locks, .database = database, .now_ms = now_us_ / 1000});
    for (const Entry* entry : *due) {
      const std::string key(entry->key());
      const KeyAccess::Located located = access.Locate(key, database);
      if (entry->IsExpired(now_us_ / 1000)) {
        access.DeleteExpired(located, database, key);
      } else {
        more |= !access.DeleteDueFields(located, database, key, kDeletesPerHold);
      }
    }
  }
  recorder_.CommitEach(locks);
  ReleaseCaused();
  locks.Unlock();
  blocking_.ServeLate(*config_);
  Mailbox::FlushWakes();
  return more;
}

}  // namespace redstart
