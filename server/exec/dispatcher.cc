#include "server/exec/dispatcher.h"

#include "server/exec/admission.h"
#include "server/exec/clock.h"
#include "server/exec/errors.h"
#include "server/exec/keyspace_access.h"
#include "server/exec/monitor_feed.h"
#include "server/exec/publisher.h"
#include "server/exec/session_registry.h"

namespace redstart {
namespace {

// Keys that are prefetched together: more would push each other out of the first-level cache.
constexpr size_t kKeysPerGroup = 16;
// Entries of so many bytes are in the second-level cache anyway.
constexpr size_t kCachedBytes = size_t{512} << 10;

// What a pause of those that write holds up.
constexpr uint32_t kMayChangeData = kWrite | kMayReplicate;

// Whether a request may change data: by itself, or EXEC by what was queued.
bool MayWrite(const Session& session, const CommandRow& row, uint32_t flags) {
  if ((flags & kMayChangeData) != 0) return true;
  return row.spec->Has(kEndsTransaction) && session.in_transaction() &&
         session.transaction().Has(kMayChangeData);
}

}  // namespace

Dispatcher::Dispatcher(const Services& services)
    : services_(services),
      stats_(services.stats->AddThread()),
      recorder_(services.journal),
      blocking_(services, stats_, &recorder_),
      reader_(&services.keyspace->reclaimer()) {
  config();
  RefreshTime();
}

void Dispatcher::ReloadConfig() {
  // The number first: should a newer table come between, the next command sees another number.
  config_generation_ = services_.config->generation();
  config_ = services_.config->current();
  slow_.Configure(*config_);
}

void Dispatcher::RefreshTime() {
  now_us_ = services_.clock->NowMicros();
}

size_t Dispatcher::Execute(Session& session, const RequestBatch& batch, ReplyBuilder& reply) {
  const size_t executed = ExecuteBatch(session, batch, reply);
  Mailbox::FlushWakes();
  return executed;
}

size_t Dispatcher::ExecuteBatch(Session& session, const RequestBatch& batch, ReplyBuilder& reply) {
  RefreshTime();
  session.last_interaction_ms.store(now_us_ / 1000, std::memory_order_relaxed);
  plans_.clear();
  keys_.clear();
  for (size_t i = 0; i < batch.size(); ++i) plans_.push_back(MakePlan(batch[i]));

  for (size_t next = 0; next < batch.size();) {
    const size_t first_key = plans_[next].first_key;
    size_t key_count = 0;
    size_t end = next;
    while (end < batch.size() && key_count < kKeysPerGroup) key_count += plans_[end++].key_count;
    if (key_count > 1 && services_.keyspace->pages().bytes_in_use() > kCachedBytes) {
      Prefetch(session.database.load(std::memory_order_relaxed),
               absl::Span<const KeyRef>(keys_).subspan(first_key, key_count));
    }
    const Moment started = moment_ = LookAtClock();
    for (; next < end; ++next) {
      if (session.close_requested()) [[unlikely]] {
        session.close_after_reply = true;
      }
      if (session.close_after_reply) [[unlikely]] {
        return next;
      }
      ExecuteOne(session, plans_[next], batch[next], reply);
      if (session.is_waiting()) [[unlikely]] {
        return session.wait().reason == WaitReason::kPaused ? next : next + 1;
      }
    }
    stats_->command_nanos.Add(NanosBetween(started, moment_));
  }
  return batch.size();
}

Dispatcher::Plan Dispatcher::MakePlan(const CommandRow* row, Args args) {
  Plan plan = {row, static_cast<uint32_t>(keys_.size()), 0};
  if (plan.row == nullptr || !plan.row->spec->AcceptsCount(args.size())) return plan;
  if (plan.row->only_key != 0) [[likely]] {
    AddKey(args[plan.row->only_key]);
    plan.key_count = 1;
    return plan;
  }
  positions_.clear();
  if (!FindKeys(*plan.row->spec, args, &positions_)) return plan;
  for (const int position : positions_) AddKey(args[position]);
  plan.key_count = static_cast<uint32_t>(positions_.size());
  return plan;
}

void Dispatcher::Prefetch(int database, absl::Span<const KeyRef> keys) {
  // Two stages: by the time the second one reads the buckets, the first one's lines have arrived.
  // (Fetching the next group's lines while this one is executed gained nothing more.)
  const Reclaimer::ReadScope scope(&reader_);
  const Keyspace& keyspace = *services_.keyspace;
  for (const KeyRef& key : keys) keyspace.PrefetchBucket(database, key.hash);
  for (const KeyRef& key : keys) keyspace.PrefetchNode(database, key.hash);
}

void Dispatcher::ExecuteOne(Session& session, const Plan& plan, Args args, ReplyBuilder& reply) {
  if (session.reply_mode == ReplyMode::kSkipNext) session.reply_mode = ReplyMode::kSkipThis;
  const ReplyBuilder::Mark mark = reply.GetMark();
  BeginReply(session, reply);
  config();
  session.last_command.store(plan.row, std::memory_order_relaxed);
  if (config_->maxmemory > 0) [[unlikely]] {
    memory_limit_.MakeRoom(Parts(), ExpiryModeNow() == ExpiryMode::kDelete, now_us_);
  }
  const uint32_t flags = FlagsOf(plan.row, args);
  if (const AdmissionRequest request = {session, plan.row, flags, args, *config_, *services_.state};
      !IsAdmitted(request)) [[unlikely]] {
    Refuse(session, plan.row, RefusalOf(request), reply);
  } else if (WaitsForPause(session, MayWrite(session, *plan.row, flags))) [[unlikely]] {
    // Nothing has happened yet.
  } else if (session.in_transaction() && !plan.row->spec->Has(kNeverQueued)) [[unlikely]] {
    Queue(session, *plan.row, args, flags, reply);
  } else {
    Run(session, *plan.row, args, KeysOf(plan), reply);
    slow_.Publish();
  }
  if (session.reply_mode != ReplyMode::kOn) [[unlikely]] {
    ApplyReplyMode(session, mark, reply);
  }
}

void Dispatcher::BeginReply(const Session& session, ReplyBuilder& reply) {
  counted_errors_ = reply.error_count();
  reply.set_resp_version(session.resp_version.load(std::memory_order_relaxed));
}

void Dispatcher::ApplyReplyMode(Session& session, const ReplyBuilder::Mark& mark,
                                ReplyBuilder& reply) {
  // CLIENT REPLY SKIP itself writes nothing. Pushes are no replies: what SUBSCRIBE says is sent all
  // the same.
  if (session.reply_mode != ReplyMode::kSkipNext && reply.push_count() == mark.pushes) {
    reply.RewindTo(mark);
  }
  if (session.reply_mode != ReplyMode::kSkipThis) return;
  if (session.is_waiting() && session.wait().reason == WaitReason::kPaused) {
    session.reply_mode = ReplyMode::kSkipNext;  // The request is still to come.
    return;
  }
  session.reply_mode = ReplyMode::kOn;
  if (session.is_waiting()) session.wait().is_silent = true;
}

bool Dispatcher::Resume(Session& session, uint64_t wait, const Continuation& then,
                        ReplyBuilder& reply) {
  if (!session.is_waiting() || session.wait().number != wait) return false;
  SessionWait ended = std::move(session.wait());
  session.EndWait();
  const ReplyBuilder::Mark mark = BeginResumption(session, &ended, reply);
  if (then != nullptr) then(*this, session, reply);
  FinishResumption(session, &ended, mark, reply);
  return true;
}

bool Dispatcher::ResumeIfDue(Session& session, ReplyBuilder& reply) {
  RefreshTime();
  if (!session.is_waiting() || session.wait().options.deadline_ms > now_us_ / 1000) return false;
  SessionWait& wait = session.wait();
  const ReplyBuilder::Mark mark = BeginResumption(session, &wait, reply);
  if (wait.options.on_deadline != nullptr && !wait.options.on_deadline(*this, session, reply)) {
    return false;
  }
  SessionWait ended = std::move(wait);
  session.EndWait();
  FinishResumption(session, &ended, mark, reply);
  return true;
}

ReplyBuilder::Mark Dispatcher::BeginResumption(const Session& session, SessionWait* wait,
                                               ReplyBuilder& reply) {
  RefreshTime();
  config();
  wait->is_silent |= session.reply_mode == ReplyMode::kOff;
  moment_ = LookAtClock();
  const ReplyBuilder::Mark mark = reply.GetMark();
  BeginReply(session, reply);
  return mark;
}

void Dispatcher::FinishResumption(Session& session, SessionWait* wait,
                                  const ReplyBuilder::Mark& mark, ReplyBuilder& reply) {
  if (wait->command == nullptr) {
    CountErrors(reply);
  } else {
    const Moment started = std::exchange(moment_, LookAtClock());
    const uint64_t nanos = wait->command_nanos + NanosBetween(started, moment_);
    if (session.is_waiting()) {
      session.wait().command = std::move(wait->command);
      session.wait().command_nanos = nanos;
    } else {
      Count(session, *wait->command->row(), wait->command->args(), nanos, reply);
    }
  }
  slow_.Publish();
  if (wait->is_silent) reply.RewindTo(mark);
}

void Dispatcher::Leave(Session& session) {
  if (session.is_waiting()) {
    // Taken out first: nothing ends this wait a second time.
    const SessionWait wait = std::move(session.wait());
    session.EndWait();
    if (wait.options.on_leave != nullptr) wait.options.on_leave(*this, session);
  }
  services_.monitors->Remove(&session);
  // Not called off: nothing may point to a session that is gone.
  while (session.is_watching()) Unwatch(session);
  services_.publisher->Leave(session);
}

void Dispatcher::Refuse(Session& session, const CommandRow* row, const std::string& error,
                        ReplyBuilder& reply) {
  if (row != nullptr) stats_->commands[row->index].rejected.Add();
  if (row != nullptr && row->spec->Has(kEndsTransaction)) {
    session.EndTransaction();
    Unwatch(session);
    const std::string_view reason =
        std::string_view(error).substr(error.starts_with("ERR ") ? 4 : 0);
    reply.FailWith({"EXECABORT Transaction discarded because of: ", reason});
  } else {
    if (session.in_transaction()) session.transaction().aborted = true;
    reply.Fail(error);
  }
  CountErrors(reply);
}

bool Dispatcher::CountNewErrors(const ReplyBuilder& reply) {
  const size_t errors = reply.error_count() - counted_errors_;
  counted_errors_ = reply.error_count();
  stats_->error_replies.Add(errors);
  stats_->errors.Add(reply.last_error(), errors);
  return true;
}

void Dispatcher::Queue(Session& session, const CommandRow& row, Args args, uint32_t flags,
                       ReplyBuilder& reply) {
  Transaction& transaction = session.transaction();
  // A transaction that will be refused anyway must not pile up memory.
  if (!transaction.aborted) {
    transaction.commands.emplace_back(&row, args, flags);
    transaction.memory_bytes += transaction.commands.back().MemoryBytes();
    session.queued_commands.store(static_cast<int>(transaction.commands.size()),
                                  std::memory_order_relaxed);
    session.queued_bytes.store(static_cast<uint32_t>(transaction.memory_bytes),
                               std::memory_order_relaxed);
  }
  reply.Simple("QUEUED");
}

Scope Dispatcher::ScopeOf(const CommandRow& row, Args args) {
  if (row.spec->needs_whole != nullptr && row.spec->needs_whole(args)) [[unlikely]] {
    return Scope::kAll;
  }
  return row.scope;
}

ShardLocks Dispatcher::LockFor(Scope scope, absl::Span<const KeyRef> keys) {
  Keyspace& keyspace = *services_.keyspace;
  if (scope == Scope::kAll) return keyspace.LockAllUnlessBusy();
  if (keys.size() == 1) [[likely]] {
    return keyspace.LockShardUnlessBusy(keyspace.ShardOf(keys[0].hash));
  }
  absl::InlinedVector<uint64_t, 32> hashes;
  for (const KeyRef& key : keys) hashes.push_back(key.hash);
  return keyspace.LockUnlessBusy(hashes);
}

bool Dispatcher::BeginPause(Session& session, bool may_write) {
  using Who = ClientPause::Who;
  const Who who = services_.pause->WhoWaits(now_us_ / 1000);
  if (who == Who::kNobody || (who == Who::kWriters && !may_write)) return false;
  // A pause is there to let replicas come up to date.
  if (session.reads_journal.load(std::memory_order_relaxed)) return false;
  session.BeginWait(WaitReason::kPaused, {.deadline_ms = services_.pause->end_ms()});
  // Whoever has just ended it may not have seen that this session waits.
  if (services_.pause->is_set()) return true;
  session.EndWait();
  return false;
}

bool Dispatcher::IsOver(Session& session) const {
  if (!services_.state->stopping.load(std::memory_order_relaxed)) [[likely]] {
    return false;
  }
  // What was saved at the end is all that there will be: nothing is acknowledged any more.
  session.close_after_reply = true;
  return true;
}

void Dispatcher::Run(Session& session, const CommandRow& row, Args args,
                     absl::Span<const KeyRef> keys, ReplyBuilder& reply) {
  const Scope scope = ScopeOf(row, args);
  // A walk would stop at the first shard that a script holds, where it could not be called off.
  if (scope == Scope::kWalk && !services_.keyspace->LockShardUnlessBusy(0)) [[unlikely]] {
    return RefuseAsBusy(session, row, reply);
  }
  if (scope == Scope::kNone || scope == Scope::kWalk) {
    BeginEffects();
    RunLocked(session, row, args, keys, nullptr, reply);
    recorder_.CommitWithoutKeys();
    if (services_.gate->is_used() || stages_) [[unlikely]] {
      EndUnlocked(session, row, scope);
    }
    if (blocking_.has_more()) [[unlikely]] {
      blocking_.ServeLate(*config_);
    }
    return;
  }
  if (row.spec->Has(kMayChangeData)) services_.keyspace->AwaitRoom();
  ShardLocks locks = LockFor(scope, keys);
  if (!locks) [[unlikely]] {
    return RefuseAsBusy(session, row, reply);
  }
  if (row.spec->Has(kWrite)) {
    blocking_.Widen(&locks, session.database.load(std::memory_order_relaxed), keys);
  }
  if (IsOver(session) || WaitsForPause(session, (FlagsOf(&row, args) & kMayChangeData) != 0))
      [[unlikely]] {
    return;
  }
  BeginEffects();
  RunLocked(session, row, args, keys, &locks, reply);
  EndEffects(session, locks);
  if (blocking_.has_more()) [[unlikely]] {
    locks.Unlock();
    blocking_.ServeLate(*config_);
  }
}

void Dispatcher::EndEffects(Session& session, ShardLocks& locks) {
  const uint64_t end = recorder_.Commit(locks);
  blocking_.Serve(locks, *config_);
  if (!services_.gate->is_used() && !stages_) [[likely]] {
    return;
  }
  if (end != 0) session.own_effect = end;
  session.SeeEffect(end != 0 ? end : locks.last_effect());
  ReleaseCaused();
}

void Dispatcher::EndUnlocked(Session& session, const CommandRow& row, Scope scope) {
  // What it has seen is in no shard that could be asked: keys here and there, or the functions.
  if (scope == Scope::kWalk || row.spec->group == CommandGroup::kScripting) {
    session.SeeEffect(services_.journal->log_end());
  }
  ReleaseCaused();
}

void Dispatcher::RefuseAsBusy(Session& session, const CommandRow& row, ReplyBuilder& reply) {
  Refuse(session, &row, std::string(RunningScript::ErrorWhile(services_.state->script.busy())),
         reply);
}

void Dispatcher::RunLocked(Session& session, const CommandRow& row, Args args,
                           absl::Span<const KeyRef> keys, ShardLocks* locks, ReplyBuilder& reply) {
  const KeyAccess::Frame frame = {
      .locks = locks,
      .database = session.database.load(std::memory_order_relaxed),
      .now_ms = now_us_ / 1000,
      .keys = keys,
      .touch = !session.no_touch.load(std::memory_order_relaxed),
      .expiry = ExpiryModeNow(),
      .may_wait = may_wait_,
      .in_script = in_script_,
  };
  const Moment started = moment_;
  recorder_.Begin(frame.database, args);
  CallHandler(session, row, args, frame, reply);
  recorder_.End();
  Account(session, row, args, started, reply);
}

void Dispatcher::Account(Session& session, const CommandRow& row, Args args, const Moment& started,
                         ReplyBuilder& reply) {
  moment_ = LookAtClock();
  const uint64_t nanos = NanosBetween(started, moment_);
  const bool waits = session.is_waiting();
  if (waits && session.wait().reason == WaitReason::kPaused) [[unlikely]] {
    return;  // It has not begun yet.
  }
  if (services_.monitors->any()) [[unlikely]] {
    services_.monitors->Show(session, *row.spec, args, services_.clock->NowMicros());
  }
  if (waits) [[unlikely]] {
    SessionWait& wait = session.wait();
    if (wait.command == nullptr) wait.command = std::make_shared<QueuedCommand>(&row, args);
    wait.command_nanos = nanos;
    return;  // It counts when it is done.
  }
  Count(session, row, args, nanos, reply);
}

void Dispatcher::Count(const Session& session, const CommandRow& row, Args args, uint64_t nanos,
                       ReplyBuilder& reply) {
  CommandStats& counts = stats_->commands[row.index];
  counts.calls.Add();
  counts.nanos.Add(nanos);
  stats_->commands_processed.Add();
  // The command itself may have changed what is to be recorded.
  if (config().latency_tracking) [[likely]] {
    counts.latency.Record(nanos);
  }
  if (nanos >= slow_.least_nanos()) [[unlikely]] {
    slow_.Note(session, *row.spec, args, nanos);
  }
  // What a transaction's commands answered has been counted as theirs.
  if (CountErrors(reply) || std::exchange(failed_quietly_, false)) [[unlikely]] {
    counts.failed.Add();
  }
}

void Dispatcher::CallHandler(Session& session, const CommandRow& row, Args args,
                             const KeyAccess::Frame& frame, ReplyBuilder& reply) {
  const CommandSpec& spec = *row.spec;
  switch (spec.run.kind) {
    case Handler::Kind::kRead: {
      KeyAccess access(Parts(), frame);
      spec.run.on_read(ReadKeys(&access), args, reply);
      access.SweepExpired();
      return;
    }
    case Handler::Kind::kWrite: {
      KeyAccess access(Parts(), frame);
      WriteKeys keys(&access);
      spec.run.on_write(keys, args, reply);
      return;
    }
    case Handler::Kind::kBlocking: {
      KeyAccess access(Parts(), frame);
      WriteKeys keys(&access);
      const Outcome wait = spec.run.on_blocking(keys, args, reply);
      if (wait) blocking_.Begin(session, row, args, frame, *wait);
      return;
    }
    case Handler::Kind::kSession: {
      KeyAccess access(Parts(), frame);
      const ReadKeys keys(&access);
      WriteKeys writes(&access);
      WholeKeyspace whole(Parts(), frame);
      KeyWalk walk(Parts(), frame);
      Call call({session, services_, *config_, now_us_, *this, keys, writes, whole, walk, recorder_,
                 frame.locks, frame.may_wait});
      spec.run.on_session(call, args, reply);
      access.SweepExpired();
      return;
    }
    case Handler::Kind::kWalk: {
      KeyWalk walk(Parts(), frame);
      spec.run.on_walk(walk, args, reply);
      return;
    }
    case Handler::Kind::kWhole: {
      WholeKeyspace keyspace(Parts(), frame);
      spec.run.on_whole(keyspace, args, reply);
      return;
    }
    case Handler::Kind::kAbsent:
      break;
  }
}

void Dispatcher::ExecuteTransaction(Session& session, ReplyBuilder& reply) {
  Transaction transaction = std::move(session.transaction());
  WatchList* watches = session.is_watching() ? &session.watches() : nullptr;

  // The hashes of this batch stay in keys_ for the commands behind EXEC, so the queued ones' go to
  // a list of their own.
  std::vector<KeyRef> batch_keys = std::move(keys_);
  keys_.clear();
  std::vector<Plan> plans;
  for (const QueuedCommand& command : transaction.commands)
    plans.push_back(MakePlan(command.args()));
  const std::vector<KeyRef> keys = std::exchange(keys_, std::move(batch_keys));
  {
    services_.keyspace->AwaitRoom();
    ShardLocks locks = LockFor(transaction, watches, keys);
    if (!locks) [[unlikely]] {
      session.EndTransaction();
      return reply.FailWith({"EXECABORT Transaction discarded because of: ",
                             RunningScript::ErrorWhile(services_.state->script.busy())});
    }
    blocking_.Widen(&locks, session.database.load(std::memory_order_relaxed), keys);
    if (IsOver(session)) [[unlikely]] {
      return;
    }
    if (WaitsForPause(session, transaction.Has(kMayChangeData))) [[unlikely]] {
      session.transaction() = std::move(transaction);
      return;
    }
    const bool watches_hold = watches == nullptr || WatchesHold(*watches, locks);
    if (watches != nullptr) watches->UnwatchLocked(locks, *services_.keyspace);
    session.EndTransaction();
    if (transaction.aborted) {
      reply.Fail(error::kExecAbort);
    } else if (!watches_hold) {
      reply.NullArray();
    } else {
      reply.Array(transaction.commands.size());
      may_wait_ = false;
      for (size_t i = 0; i < plans.size(); ++i) {
        const QueuedCommand& command = transaction.commands[i];
        config();
        reply.set_resp_version(session.resp_version.load(std::memory_order_relaxed));
        RunLocked(session, *command.row(), command.args(),
                  absl::Span<const KeyRef>(keys).subspan(plans[i].first_key, plans[i].key_count),
                  &locks, reply);
      }
      may_wait_ = true;
    }
    EndEffects(session, locks);
  }
  session.DropWatches();
  session.watched_bytes.store(0, std::memory_order_relaxed);
}

ShardLocks Dispatcher::LockFor(const Transaction& transaction, const WatchList* watches,
                               absl::Span<const KeyRef> keys) {
  std::vector<uint64_t> hashes;
  for (const QueuedCommand& command : transaction.commands) {
    const Scope scope = ScopeOf(*command.row(), command.args());
    if (scope == Scope::kWalk || scope == Scope::kAll)
      return services_.keyspace->LockAllUnlessBusy();
  }
  for (const KeyRef& key : keys) hashes.push_back(key.hash);
  if (watches != nullptr) {
    for (const WatchList::Key& key : watches->keys) hashes.push_back(key.hash);
  }
  return services_.keyspace->LockUnlessBusy(hashes);
}

bool Dispatcher::WatchesHold(const WatchList& watches, ShardLocks& locks) const {
  if (watches.touched.load(std::memory_order_relaxed)) return false;
  for (const WatchList::Key& key : watches.keys) {
    const Shard& shard = locks[services_.keyspace->ShardOf(key.hash)];
    if (shard.listeners().IsMarkedExpired(key.database, key.name, &watches.touched)) continue;
    const auto place =
        shard.Find(key.database, key.name, services_.keyspace->PositionInShard(key.hash));
    if (place && place.node()->IsExpired(now_us_ / 1000)) return false;
  }
  return true;
}

void Dispatcher::Unwatch(Session& session) {
  if (!session.is_watching()) return;
  // The watches stay, while a script keeps everything locked, until the next EXEC takes them back:
  // it may fail without need, never succeed without right.
  if (!session.watches().Unwatch(services_.keyspace)) return;
  session.DropWatches();
  session.watched_bytes.store(0, std::memory_order_relaxed);
}

}  // namespace redstart
