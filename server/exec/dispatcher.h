#ifndef REDSTART_SERVER_EXEC_DISPATCHER_H_
#define REDSTART_SERVER_EXEC_DISPATCHER_H_

// Executes requests: finds the row, checks, locks by the row's scope, runs the handler, records
// effects, unlocks.
//
// One per I/O thread, used by that thread only; all of them share the services. This is the only
// place that locks shards for commands, EXEC's included. Nothing here knows a command by name: what
// is special about one is a flag of its row.

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/config/config_store.h"
#include "server/exec/blocking.h"
#include "server/exec/call.h"
#include "server/exec/change_recorder.h"
#include "server/exec/client_pause.h"
#include "server/exec/command_table.h"
#include "server/exec/key_access.h"
#include "server/exec/memory_limit.h"
#include "server/exec/reply_gate.h"
#include "server/exec/script_thread.h"
#include "server/exec/services.h"
#include "server/exec/session.h"
#include "server/exec/slow_commands.h"
#include "storage/base/lock_wait.h"
#include "storage/base/reclaimer.h"
#include "storage/base/tick_clock.h"
#include "storage/keyspace.h"

namespace redstart {

class Dispatcher {
 public:
  explicit Dispatcher(const Services& services);
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Executes the requests in order, prefetching the keys of the next few together. Returns how many
  // are done with: fewer than all if the session is to be closed, or waits; the others are to be
  // executed when the wait is over.
  size_t Execute(Session& session, const RequestBatch& batch, ReplyBuilder& reply);

  // Repeats commands that were recorded earlier, without asking whether they may be: replies are
  // written, nobody waits, and what is past its deadline stays until somebody deletes it. Returns
  // how many of the batch it knew; the one after them is no command. REQUIRES: this dispatcher
  // serves no clients.
  size_t Replay(Session& session, const RequestBatch& batch, ReplyBuilder& reply);

  // EXEC: all queued commands and the test of the watched keys under one set of locks.
  void ExecuteTransaction(Session& session, ReplyBuilder& reply);
  // One command of a script that runs in `session` under `locks`, which hold all that the command
  // needs: it is run, counted and shown like a client's, and never waits. Its reply is the script's
  // alone. With `records` false it leaves no effects of its own.
  void RunForScript(Session& session, const CommandRow& row, Args args, ShardLocks* locks,
                    bool records, ReplyBuilder& reply);
  // The errors in the reply have been counted as those of a script's commands; the script's own
  // command has failed all the same.
  void NoteErrorsCounted(const ReplyBuilder& reply) {
    counted_errors_ = reply.error_count();
    failed_quietly_ = true;
  }
  // Shows a script's command to those who watch, before what it calls.
  void ShowScript(const Session& session, Args args);
  // What serves the thread's other clients while a script takes too long; null: nothing.
  void set_poll(std::function<void()> poll) { poll_ = std::move(poll); }
  void Poll() {
    if (poll_ != nullptr) poll_();
  }
  // What scripting keeps for this thread; made when it is first needed.
  std::unique_ptr<ScriptThread>& script_thread() { return script_thread_; }

  // Takes a session's watches back. REQUIRES: no shard is locked by this thread.
  void Unwatch(Session& session);

  // --- How a wait ends (session_wait.h); called by the session's connection. ---
  // True if the session may go on: this was its current wait. `then` may be null.
  bool Resume(Session& session, uint64_t wait, const Continuation& then, ReplyBuilder& reply);
  // The same when the deadline of its wait may have come.
  bool ResumeIfDue(Session& session, ReplyBuilder& reply);
  // The session goes away, or begins anew (RESET): nothing that it left with others may point to
  // it. REQUIRES: as Unwatch.
  void Leave(Session& session);

  // Runs work on keys that is no client's request, under the keys' locks, once clients may write.
  // What it changes it records with WriteKeys::Effect. False if the server has ended. REQUIRES: the
  // thread is this dispatcher's, locks nothing, and serves no clients.
  bool RunOnKeys(int database, absl::Span<const std::string_view> names,
                 const std::function<void(WriteKeys& keys)>& work);

  // Deletes keys whose deadline has passed in every `stride`-th shard from `first` on, for at most
  // `budget_us`. True if there is more to delete at once.
  bool SweepExpired(size_t first, size_t stride, uint64_t budget_us);

  // Evicts keys if too much memory is in use, as far as the configuration lets a request do it.
  // True if there is more to evict at once.
  bool EvictIfFull();

  // The configuration in force, read anew if it changed since the last command.
  const Config& config() {
    if (services_.config->generation() != config_generation_) [[unlikely]] {
      ReloadConfig();
    }
    return *config_;
  }
  // For whoever needs it beyond the current command.
  std::shared_ptr<const Config> config_in_force() const { return config_; }
  ThreadStats& stats() { return *stats_; }
  Blocking& blocking() { return blocking_; }
  const Services& services() const { return services_; }

 private:
  // A request that has been looked up: its row and its keys' hashes, which stand in keys_.
  struct Plan {
    const CommandRow* row;
    uint32_t first_key;
    uint32_t key_count;
  };

  // A point in time between two commands, for how long each takes: the end of one is the beginning
  // of the next, so that a command costs one look at the clock. Sleeping for a lock does not count.
  struct Moment {
    uint64_t ticks = 0;
    uint64_t slept_ns = 0;
  };
  Moment LookAtClock() const { return {ticks_.Now(), SleptForLocksNanos()}; }
  uint64_t NanosBetween(const Moment& from, const Moment& to) const {
    const uint64_t elapsed = ticks_.Nanos(to.ticks - from.ticks);
    const uint64_t slept = to.slept_ns - from.slept_ns;
    return elapsed > slept ? elapsed - slept : 0;
  }

  void ReloadConfig();
  size_t ExecuteBatch(Session& session, const RequestBatch& batch, ReplyBuilder& reply);
  Plan MakePlan(Args args) { return MakePlan(services_.commands->Resolve(args), args); }
  Plan MakePlan(const CommandRow* row, Args args);
  uint32_t FlagsOf(const CommandRow* row, Args args) const {
    if (row == nullptr) return 0;
    return row->spec->flags_of == nullptr ? row->spec->flags : row->spec->flags_of(services_, args);
  }
  void AddKey(std::string_view key) { keys_.push_back({key, services_.keyspace->HashOf(key)}); }
  absl::Span<const KeyRef> KeysOf(const Plan& plan) const {
    return absl::Span<const KeyRef>(keys_).subspan(plan.first_key, plan.key_count);
  }
  void Prefetch(int database, absl::Span<const KeyRef> keys);
  void ExecuteOne(Session& session, const Plan& plan, Args args, ReplyBuilder& reply);
  // Drops what was replied since `mark` if the client wants no replies.
  void ApplyReplyMode(Session& session, const ReplyBuilder::Mark& mark, ReplyBuilder& reply);
  void BeginReply(const Session& session, ReplyBuilder& reply);
  // Answers a request that was not admitted.
  void Refuse(Session& session, const CommandRow* row, const std::string& error,
              ReplyBuilder& reply);
  // Counts the errors answered since it was called last; whether there were any.
  bool CountErrors(const ReplyBuilder& reply) {
    return reply.error_count() != counted_errors_ && CountNewErrors(reply);
  }
  bool CountNewErrors(const ReplyBuilder& reply);
  void Queue(Session& session, const CommandRow& row, Args args, uint32_t flags,
             ReplyBuilder& reply);
  // The row's scope, or a wider one that this request needs.
  static Scope ScopeOf(const CommandRow& row, Args args);
  ShardLocks LockFor(Scope scope, absl::Span<const KeyRef> keys);
  // Whether the server has ended, as far as the data is concerned; to be asked after locking.
  bool IsOver(Session& session) const;
  // Locks what the row's scope asks for and runs it.
  void Run(Session& session, const CommandRow& row, Args args, absl::Span<const KeyRef> keys,
           ReplyBuilder& reply);
  // Around RunLocked while somebody keeps an append-only file (reply_gate.h): what is caused is
  // released, and who waits for keys is served, once the effects are in the log.
  void BeginEffects() {
    if (services_.gate->is_used()) [[unlikely]] {
      stages_ = true;
      Mailbox::Stage();
    }
  }
  void ReleaseCaused() {
    if (std::exchange(stages_, false)) Mailbox::ReleaseStaged();
  }
  void EndEffects(Session& session, ShardLocks& locks);
  void EndUnlocked(Session& session, const CommandRow& row, Scope scope);
  // Answers a request that cannot have its locks because a script has them for too long.
  void RefuseAsBusy(Session& session, const CommandRow& row, ReplyBuilder& reply);
  // Runs a row under `locks`, which are null only for the scopes kNone and kWalk.
  void RunLocked(Session& session, const CommandRow& row, Args args, absl::Span<const KeyRef> keys,
                 ShardLocks* locks, ReplyBuilder& reply);
  // Counts a call that began at `started`, and has ended unless the session waits.
  void Account(Session& session, const CommandRow& row, Args args, const Moment& started,
               ReplyBuilder& reply);
  // Counts a call that has ended.
  void Count(const Session& session, const CommandRow& row, Args args, uint64_t nanos,
             ReplyBuilder& reply);
  // Before and after what is to be done at the end of a wait; the call that waited is counted.
  ReplyBuilder::Mark BeginResumption(const Session& session, SessionWait* wait,
                                     ReplyBuilder& reply);
  void FinishResumption(Session& session, SessionWait* wait, const ReplyBuilder::Mark& mark,
                        ReplyBuilder& reply);
  void CallHandler(Session& session, const CommandRow& row, Args args,
                   const KeyAccess::Frame& frame, ReplyBuilder& reply);
  // The locks that a transaction needs.
  ShardLocks LockFor(const Transaction& transaction, const WatchList* watches,
                     absl::Span<const KeyRef> keys);
  // Whether the session is to wait because clients are paused, and then with the request still to
  // come.
  bool WaitsForPause(Session& session, bool may_write) {
    return services_.pause->is_set() && BeginPause(session, may_write);
  }
  bool BeginPause(Session& session, bool may_write);
  bool WatchesHold(const WatchList& watches, ShardLocks& locks) const;
  // While those that write wait, nobody deletes what has expired.
  ExpiryMode ExpiryModeNow() const {
    if (replays_) [[unlikely]] {
      return ExpiryMode::kKeep;
    }
    if (!services_.pause->is_set()) [[likely]] {
      return ExpiryMode::kDelete;
    }
    return services_.pause->WhoWaits(now_us_ / 1000) == ClientPause::Who::kNobody
               ? ExpiryMode::kDelete
               : ExpiryMode::kHide;
  }
  KeyAccess::Parts Parts() {
    return {services_.keyspace, &recorder_,          stats_,
            config_.get(),      services_.publisher, blocking_.ready()};
  }
  void RefreshTime();
  bool SweepShards(size_t first, size_t stride, uint64_t budget_us);
  bool SweepShard(size_t shard, std::vector<Entry*>* due);

  Services services_;
  ThreadStats* stats_;
  ChangeRecorder recorder_;
  Blocking blocking_;
  SlowCommands slow_{services_};
  MemoryLimit memory_limit_{services_, &blocking_, &slow_};
  const TickClock ticks_;
  Moment moment_;  // The last look at the clock.
  Reclaimer::Reader reader_;
  std::shared_ptr<const Config> config_;
  uint64_t config_generation_ = 0;
  uint64_t now_us_ = 0;
  // No transaction is running.
  bool may_wait_ = true;
  // Between BeginEffects and ReleaseCaused.
  bool stages_ = false;
  bool replays_ = false;
  bool in_script_ = false;
  bool failed_quietly_ = false;
  // Errors of the reply under way that have been counted.
  size_t counted_errors_ = 0;
  // Of the batch that is being executed.
  std::vector<Plan> plans_;
  std::vector<KeyRef> keys_;
  std::vector<int> positions_;
  std::vector<KeyRef> script_keys_;  // Of a script's command.
  std::unique_ptr<ScriptThread> script_thread_;
  std::function<void()> poll_;
  // Where SweepExpired goes on: a cursor in the shard's table.
  size_t sweep_shard_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_DISPATCHER_H_
