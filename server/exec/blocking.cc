#include "server/exec/blocking.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/exec/reply_gate.h"
#include "server/exec/session.h"
#include "server/exec/session_registry.h"

namespace redstart {
namespace {

// With so many rounds of locking more and more, everything is locked instead.
constexpr int kRounds = 8;

const BlockedRequest& RequestOf(const KeyListeners::Wait& wait) {
  return static_cast<const BlockedRequest&>(*wait.waiter);
}

}  // namespace

bool BlockedRequest::TryEnd() {
  for (;;) {
    State expected = State::kWaiting;
    if (state.compare_exchange_strong(expected, State::kEnded)) return true;
    if (expected == State::kEnded) return false;
    // It is being served, by a thread that waits for nobody: whether it ends will be known at once.
    std::this_thread::yield();
  }
}

bool Blocking::CollectNeeds(const ShardLocks& locks, int database, absl::Span<const KeyRef> keys,
                            std::vector<uint64_t>* hashes) const {
  const Keyspace& keyspace = *services_.keyspace;
  std::vector<KeyRef> written(keys.begin(), keys.end());
  absl::flat_hash_set<uint64_t> seen;
  bool complete = true;
  for (size_t i = 0; i < written.size(); ++i) {
    const KeyRef key = written[i];
    if (!seen.insert(key.hash).second) continue;
    hashes->push_back(key.hash);
    const size_t shard = keyspace.ShardOf(key.hash);
    if (!locks.Holds(shard)) {
      complete = false;
      continue;
    }
    if (!locks[shard].attention()) continue;
    const KeyListeners& listeners = locks[shard].listeners();
    uint64_t number = 0;
    while (const auto* wait = listeners.NextWait(database, key.name, false, &number)) {
      const BlockedRequest& blocked = RequestOf(*wait);
      for (const KeyRef& other : blocked.keys) {
        if (!locks.Holds(keyspace.ShardOf(other.hash))) {
          hashes->push_back(other.hash);
          complete = false;
        }
      }
      if (blocked.pushes_to >= 0) {
        written.push_back(blocked.keys[static_cast<size_t>(blocked.pushes_to)]);
      }
    }
  }
  return complete;
}

void Blocking::WidenForWaiters(ShardLocks* locks, int database, absl::Span<const KeyRef> keys) {
  for (int round = 0; round < kRounds; ++round) {
    std::vector<uint64_t> hashes;
    if (CollectNeeds(*locks, database, keys, &hashes)) return;
    // Another thread may change who waits meanwhile: hence the next round.
    locks->Unlock();
    *locks = services_.keyspace->Lock(hashes);
  }
  locks->Unlock();
  *locks = services_.keyspace->LockAll();
}

void Blocking::Begin(Session& session, const CommandRow& row, Args args,
                     const KeyAccess::Frame& frame, const KeyWait& wait) {
  std::vector<std::string_view> kept(args.begin(), args.end());
  for (const auto& [index, text] : wait.replaced) kept[index] = text;
  const auto blocked = std::make_shared<BlockedRequest>(&row, kept);
  blocked->database = frame.database;
  blocked->resp_version = session.resp_version.load(std::memory_order_relaxed);
  blocked->touch = frame.touch;
  // Names into the copy, in the order of the frame's keys.
  const Args copy = blocked->request.args();
  for (size_t i = 0; i < args.size(); ++i) {
    const auto is_it = [&](const KeyRef& key) {
      return key.name.data() == args[i].data() && key.name.size() == args[i].size();
    };
    const auto key = std::find_if(frame.keys.begin(), frame.keys.end(), is_it);
    if (key == frame.keys.end()) continue;
    if (static_cast<int>(i) == wait.pushes_to)
      blocked->pushes_to = static_cast<int>(blocked->keys.size());
    blocked->keys.push_back({copy[i], key->hash});
  }
  blocked->token = session.BeginWait(
      WaitReason::kBlocked,
      {.deadline_ms = wait.deadline_ms,
       .on_deadline =
           [blocked](Dispatcher& dispatcher, Session& waiting, ReplyBuilder& reply) {
             if (!blocked->TryEnd()) return false;
             dispatcher.blocking().Finish(waiting, *blocked);
             reply.NullArray();
             return true;
           },
       .on_leave =
           [blocked](Dispatcher& dispatcher, Session& waiting) {
             if (blocked->TryEnd()) dispatcher.blocking().Finish(waiting, *blocked);
           }});
  session.wait().command = std::shared_ptr<const QueuedCommand>(blocked, &blocked->request);
  services_.sessions->SetBlocked(&session, blocked);
  for (size_t i = 0; i < wait.key_count; ++i) {
    const std::string_view name = copy[wait.first_key + i];
    const auto is_it = [&](const auto& link) { return link.key.name == name; };
    if (std::any_of(blocked->links.begin(), blocked->links.end(), is_it)) continue;
    const uint64_t hash = services_.keyspace->HashOf(name);
    Shard& shard = (*frame.locks)[services_.keyspace->ShardOf(hash)];
    const uint64_t number =
        shard.listeners().AddWait(frame.database, name, {blocked, wait.type, wait.at_any_rate});
    blocked->links.push_back({{name, hash}, number});
  }
}

void Blocking::Finish(Session& session, const BlockedRequest& blocked) const {
  UnlinkWithLocks(blocked);
  services_.sessions->SetBlocked(&session, nullptr);
}

void Blocking::Unlink(const BlockedRequest& blocked, const ShardLocks& locks) const {
  for (const BlockedRequest::Link& link : blocked.links) {
    locks[services_.keyspace->ShardOf(link.key.hash)].listeners().RemoveWait(
        blocked.database, link.key.name, link.number);
  }
}

void Blocking::UnlinkWithLocks(const BlockedRequest& blocked) const {
  std::vector<uint64_t> hashes;
  for (const BlockedRequest::Link& link : blocked.links) hashes.push_back(link.key.hash);
  const ShardLocks locks = services_.keyspace->Lock(hashes);
  Unlink(blocked, locks);
}

bool Blocking::Unblock(SessionRegistry* sessions, uint64_t session, bool with_error) {
  const std::shared_ptr<BlockedRequest> blocked = sessions->BlockedOf(session);
  if (blocked == nullptr || !blocked->TryEnd()) return false;
  Resume(blocked->token,
         [blocked, with_error](Dispatcher& dispatcher, Session& waiting, ReplyBuilder& reply) {
           dispatcher.blocking().Finish(waiting, *blocked);
           if (with_error) {
             reply.Fail("UNBLOCKED client unblocked via CLIENT UNBLOCK");
           } else {
             reply.NullArray();
           }
         });
  return true;
}

bool Blocking::HoldsAll(const ShardLocks& locks, const BlockedRequest& blocked) const {
  return std::all_of(blocked.keys.begin(), blocked.keys.end(), [&](const KeyRef& key) {
    return locks.Holds(services_.keyspace->ShardOf(key.hash));
  });
}

void Blocking::ServeReady(ShardLocks& locks, const Config& config) {
  // What made the keys ready is over; those who are served live in a time of their own.
  now_ms_ = services_.clock->NowMicros() / 1000;
  // Serving a BLMOVE may make another key ready, whose turn comes after those of this round.
  while (!ready_.empty()) {
    for (const ReadyKeys::Key& key : ready_.Take()) ServeKey(key, locks, config);
  }
  std::swap(ready_, late_);
}

void Blocking::ServeLate(const Config& config) {
  while (!ready_.empty()) {
    const std::vector<ReadyKeys::Key> keys = ready_.Take();
    // A key at a time: its database decides who waits for it.
    for (const ReadyKeys::Key& key : keys) {
      const KeyRef ref = {key.name, key.hash};
      ShardLocks locks = services_.keyspace->LockShard(services_.keyspace->ShardOf(key.hash));
      WidenForWaiters(&locks, key.database, {&ref, 1});
      if (services_.state->stopping.load(std::memory_order_relaxed)) return;
      ready_.Add(key.database, key.name, key.hash);
      const bool stages = services_.gate->is_used();
      if (stages) Mailbox::Stage();
      ServeReady(locks, config);
      if (stages) Mailbox::ReleaseStaged();
    }
  }
  Mailbox::FlushWakes();
}

void Blocking::ServeKey(const ReadyKeys::Key& key, ShardLocks& locks, const Config& config) {
  const size_t number = services_.keyspace->ShardOf(key.hash);
  if (!locks.Holds(number)) return late_.Add(key.database, key.name, key.hash);
  Shard& shard = locks[number];
  const uint64_t position = services_.keyspace->PositionInShard(key.hash);
  // Whoever begins to wait meanwhile has seen what there is.
  const uint64_t last = shard.listeners().last_wait();
  bool is_there = true;
  for (uint64_t at = 0;;) {
    const auto* wait = shard.listeners().NextWait(key.database, key.name, !is_there, &at);
    if (wait == nullptr || at > last) return;
    const auto place = shard.Find(key.database, key.name, position);
    is_there = place && !place.node()->IsExpired(now_ms_);
    const bool fits = is_there && place.node()->type() == wait->type;
    if (!fits && !wait->at_any_rate) continue;
    const std::shared_ptr<Waiter> keeps_alive = wait->waiter;
    auto& blocked = static_cast<BlockedRequest&>(*keeps_alive);
    if (!HoldsAll(locks, blocked)) return late_.Add(key.database, key.name, key.hash);
    auto expected = BlockedRequest::State::kWaiting;
    if (!blocked.state.compare_exchange_strong(expected, BlockedRequest::State::kServing)) continue;
    ReplyBuffer buffer;
    ReplyBuilder reply(&buffer, blocked.resp_version);
    if (!Rerun(blocked, locks, config, reply)) {
      blocked.state.store(BlockedRequest::State::kWaiting);
      continue;
    }
    Unlink(blocked, locks);
    blocked.state.store(BlockedRequest::State::kEnded);
    std::string bytes;
    buffer.ForEachPiece([&](std::string_view piece) { bytes.append(piece); });
    Resume(blocked.token,
           [bytes = std::move(bytes)](Dispatcher& dispatcher, Session& waiting, ReplyBuilder& to) {
             dispatcher.services().sessions->SetBlocked(&waiting, nullptr);
             to.Raw(bytes);
           });
  }
}

bool Blocking::Rerun(BlockedRequest& blocked, ShardLocks& locks, const Config& config,
                     ReplyBuilder& reply) {
  const CommandRow& row = *blocked.request.row();
  const Args args = blocked.request.args();
  if (row.spec->Has(kDenyOom) && config.maxmemory > 0 &&
      services_.state->over_memory_limit.load(std::memory_order_relaxed)) {
    reply.Fail(error::kOutOfMemory);
  } else {
    KeyAccess access({services_.keyspace, recorder_, stats_, &config, services_.publisher, &ready_},
                     {.locks = &locks,
                      .database = blocked.database,
                      .now_ms = now_ms_,
                      .keys = blocked.keys,
                      .touch = blocked.touch});
    WriteKeys keys(&access);
    recorder_->Begin(blocked.database, args);
    const Outcome outcome = row.spec->run.on_blocking(keys, args, reply);
    recorder_->End();
    recorder_->Commit(locks);
    if (outcome) return false;
  }
  // The call counts on its own thread, when the session goes on.
  if (reply.error_count() > 0) {
    stats_->commands[row.index].failed.Add();
    stats_->error_replies.Add(reply.error_count());
    stats_->errors.Add(reply.last_error(), reply.error_count());
  }
  return true;
}

}  // namespace redstart
