#include "server/net/io_thread.h"

#include <algorithm>
#include <utility>

#include "server/exec/client_memory.h"
#include "server/exec/client_pause.h"
#include "server/exec/clock.h"
#include "server/exec/session_registry.h"
#include "server/exec/used_memory.h"
#include "server/net/socket_stream.h"
#include "server/observe/log.h"

namespace redstart {
namespace {

// Large enough that a pipeline of a hundred small requests, or of sixteen with 1 KB values, arrives
// whole.
constexpr size_t kInputBytes = 64 * 1024;
constexpr auto kTick = std::chrono::milliseconds(100);
// Idle and output limits are looked at once a second.
constexpr uint64_t kTicksPerCheck = 10;
// How long expired keys are deleted before clients get their turn again.
constexpr uint64_t kSweepSliceMicros = 250;

}  // namespace

IoThread::Cycle::Cycle(IoThread* thread)
    : thread_(thread),
      started_(thread->ticks_clock_.Now()),
      commands_before_(thread->dispatcher_.stats().commands_processed.Get()) {}

IoThread::Cycle::~Cycle() {
  ThreadStats& stats = thread_->dispatcher_.stats();
  const uint64_t nanos = thread_->ticks_clock_.Nanos(thread_->ticks_clock_.Now() - started_);
  stats.loop_cycles.Add();
  stats.loop_nanos.Add(nanos);
  if (nanos > stats.loop_longest_nanos.Get()) stats.loop_longest_nanos.Set(nanos);
  const uint64_t commands = stats.commands_processed.Get() - commands_before_;
  if (commands > stats.loop_most_commands.Get()) stats.loop_most_commands.Set(commands);
}

IoThread::IoThread(const Services& services, size_t number, size_t count)
    : services_(services),
      number_(number),
      count_(count),
      context_(1),
      keep_running_(context_.get_executor()),
      mailbox_([this] { Post([this] { ReadMail(); }); }),
      dispatcher_(services),
      input_(kInputBytes),
      timer_(context_.get_executor()),
      deadline_timer_(context_.get_executor()) {
  dispatcher_.set_poll([this] { PollWhileBusy(); });
}

IoThread::~IoThread() = default;

void IoThread::Run() {
  Tick();
  context_.run();
  // On its own thread, because connections may be used on no other.
  while (!connections_.empty()) {
    const std::shared_ptr<Connection> connection = connections_.begin()->second;
    connection->Close();
  }
  context_.restart();
  context_.poll();  // Lets cancelled waits release their connections.
}

void IoThread::PollWhileBusy() {
  // Each round gives the script its turn again.
  constexpr int kEventsPerRound = 64;
  if (busy_dispatcher_ == nullptr) {
    busy_dispatcher_ = std::make_unique<Dispatcher>(services_);
    busy_input_.resize(kInputBytes);
  }
  ReplyBuffer& script_replies = *replies_;
  RequestBatch& script_batch = *batch_;
  ReplyBuffer replies;
  RequestBatch batch;
  replies_ = &replies;
  batch_ = &batch;
  input_.swap(busy_input_);
  current_ = busy_dispatcher_.get();
  for (int i = 0; i < kEventsPerRound && context_.poll_one() > 0; ++i) {
  }
  Mailbox::FlushWakes();
  current_ = &dispatcher_;
  input_.swap(busy_input_);
  batch_ = &script_batch;
  replies_ = &script_replies;
}

bool IoThread::PutOffClosing(std::shared_ptr<Connection> connection) {
  if (!PutsOff()) return false;
  to_close_.push_back(std::move(connection));
  return true;
}

void IoThread::CatchUp() {
  for (const auto& connection : std::exchange(to_close_, {})) connection->Close();
  ReadMail();
  OnDeadlines();
}

void IoThread::Stop() {
  context_.stop();
}

void IoThread::Post(std::function<void()> job) {
  asio::post(context_.get_executor(), std::move(job));
}

void IoThread::Adopt(int family, int descriptor, Session::Peer peer) {
  connection_count_.fetch_add(1, std::memory_order_relaxed);
  Post([this, family, descriptor, peer = std::move(peer)]() mutable {
    Open(family, descriptor, std::move(peer));
  });
}

void IoThread::Open(int family, int descriptor, Session::Peer peer) {
  const uint64_t id = services_.sessions->NextId();
  dispatcher_.stats().connections_received.Add();
  auto connection = std::make_shared<Connection>(
      this, std::make_unique<SocketStream>(&context_, family, descriptor), id, std::move(peer),
      now_ms());
  services_.sessions->Add(&connection->session());
  connections_.emplace(id, connection);
  connection->Start();
}

void IoThread::Forget(const Session& session) {
  services_.sessions->Remove(session);
  connections_.erase(session.id());
  connection_count_.fetch_sub(1, std::memory_order_relaxed);
}

uint64_t IoThread::now_ms() const {
  return services_.clock->NowMicros() / 1000;
}

void IoThread::ReadMail() {
  if (PutsOff()) return;  // Messages may need locks: CatchUp reads them.
  const Cycle cycle(this);
  std::vector<std::shared_ptr<Connection>> pushed_to;
  for (const Mailbox::Message& message : mailbox_.Take()) {
    if (message.subject == Mailbox::Subject::kPublication) {
      QueuePushes(message, &pushed_to);
      continue;
    }
    if (message.subject == Mailbox::Subject::kSafe) {
      ReleaseHeld();
      continue;
    }
    const auto found = connections_.find(message.session);
    if (found == connections_.end()) continue;
    const std::shared_ptr<Connection> connection = found->second;
    switch (message.subject) {
      case Mailbox::Subject::kClose:
        connection->Close();
        break;
      case Mailbox::Subject::kJournalBytes:
        connection->SendFeed();
        break;
      case Mailbox::Subject::kResume:
        connection->Resume(message.wait, message.then);
        break;
      case Mailbox::Subject::kDeliver:
        connection->Deliver(*message.bytes);
        pushed_to.push_back(connection);
        break;
      case Mailbox::Subject::kPublication:
      case Mailbox::Subject::kSafe:
        break;
    }
  }
  // Several messages for one client leave with one call.
  for (const auto& connection : pushed_to) connection->SendPushes();
  Mailbox::FlushWakes();
}

void IoThread::QueuePushes(const Mailbox::Message& message,
                           std::vector<std::shared_ptr<Connection>>* pushed_to) {
  for (const uint64_t id : message.readers) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) continue;
    found->second->QueuePush(*message.publication);
    pushed_to->push_back(found->second);
  }
}

void IoThread::Hold(std::shared_ptr<Connection> connection) {
  held_.push_back(std::move(connection));
  if (std::exchange(release_posted_, true)) return;
  // Runs behind the connections that are ready now: what all of them write is written together.
  Post([this] {
    const Cycle cycle(this);
    release_posted_ = false;
    ReleaseHeld();
  });
}

void IoThread::ReleaseHeld() {
  if (held_.empty()) return;
  uint64_t seen = 0;
  for (const auto& connection : held_) {
    seen = std::max(seen, connection->session().seen_effect);
  }
  services_.gate->Secure(seen, &mailbox_);
  const bool failed = services_.gate->has_failed();
  // Those that are released may be held again at once, by what they go on with.
  const auto held = std::exchange(held_, {});
  for (const auto& connection : held) {
    if (failed || services_.gate->IsSafe(connection->session().seen_effect)) {
      connection->Release(failed);
    } else {
      held_.push_back(connection);
    }
  }
  Mailbox::FlushWakes();
}

void IoThread::MoveDeadline(uint64_t session, uint64_t from_ms, uint64_t to_ms) {
  const uint64_t first = deadlines_.empty() ? WaitOptions::kNoDeadline : deadlines_.begin()->first;
  if (from_ms != WaitOptions::kNoDeadline) deadlines_.erase({from_ms, session});
  if (to_ms == WaitOptions::kNoDeadline) return;
  deadlines_.emplace(to_ms, session);
  // A timer that goes off too early finds nothing to do; only an earlier deadline needs a new one.
  if (to_ms < first) ArmDeadlines();
}

void IoThread::ArmDeadlines() {
  if (deadlines_.empty()) return;
  const uint64_t now_us = services_.clock->NowMicros();
  // Far enough that the sum below stays a time; then it is armed again.
  constexpr uint64_t kFarthestMs = 3'600'000;
  const uint64_t now_ms = now_us / 1000;
  const uint64_t in_ms =
      std::min(kFarthestMs, std::max(deadlines_.begin()->first, now_ms) - now_ms);
  deadline_timer_.expires_after(std::chrono::microseconds(in_ms * 1000 + 1000 - now_us % 1000));
  deadline_timer_.async_wait([this](const ErrorCode& error) {
    if (!error) OnDeadlines();
  });
}

void IoThread::OnDeadlines() {
  if (PutsOff()) return;
  const uint64_t now = now_ms();
  std::vector<uint64_t> due;
  for (const auto& [deadline_ms, session] : deadlines_) {
    if (deadline_ms > now) break;
    due.push_back(session);
  }
  for (const uint64_t session : due) {
    const auto found = connections_.find(session);
    if (found == connections_.end()) continue;
    const std::shared_ptr<Connection> connection = found->second;
    connection->ResumeIfDue();
  }
  // One that somebody else is just ending is left to that.
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    deadlines_.erase(deadlines_.begin());
  }
  Mailbox::FlushWakes();
  ArmDeadlines();
}

void IoThread::Tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([this](const ErrorCode& error) {
    if (!error) Tick();
  });
  if (PutsOff()) return;
  const Cycle cycle(this);
  if (!std::exchange(caught_up_, true)) CatchUp();
  const uint64_t started = ticks_clock_.Now();
  if (++ticks_ % kTicksPerCheck == 0) CheckConnections();
  services_.keyspace->reclaimer().Collect();
  if (number_ == 0) {
    services_.stats->SampleRates(services_.clock->NowMicros());
    UsedMemory(services_);
    LimitClientMemory(services_, dispatcher_.config());
    services_.pause->ForgetIfOver(now_ms());
  }
  if (!std::exchange(sweeping_, true)) Sweep();
  if (!std::exchange(evicting_, true)) Evict();
  dispatcher_.stats().tick_nanos.Add(ticks_clock_.Nanos(ticks_clock_.Now() - started));
}

void IoThread::Sweep() {
  // In slices, so that clients never wait for a mass of expiring keys.
  if (dispatcher_.SweepExpired(number_, count_, kSweepSliceMicros)) {
    Post([this] { Sweep(); });
  } else {
    sweeping_ = false;
  }
}

void IoThread::Evict() {
  // When the limit was lowered, or a single request made much that is new; clients go on meanwhile.
  if (dispatcher_.EvictIfFull()) {
    Post([this] { Evict(); });
  } else {
    evicting_ = false;
  }
}

void IoThread::CheckConnections() {
  const uint64_t now = now_ms();
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection);
  for (const auto& connection : all) connection->CheckLimits(now);
}

}  // namespace redstart
