#ifndef REDSTART_SERVER_NET_IO_THREAD_H_
#define REDSTART_SERVER_NET_IO_THREAD_H_

// One I/O thread: an event loop, the connections it serves, the dispatcher that executes their
// commands, and the buffers they share.
//
// Threads. Everything is used on its own thread, but for Adopt, Post, Stop and connection_count,
// which any thread may call. Order of life. Connections go before the dispatcher, the dispatcher
// before the keyspace.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "protocol/reply_buffer.h"
#include "protocol/request.h"
#include "server/exec/dispatcher.h"
#include "server/exec/mailbox.h"
#include "server/exec/reply_gate.h"
#include "server/net/asio.h"
#include "server/net/connection.h"
#include "storage/base/tick_clock.h"
#include "storage/disk/journal.h"

namespace redstart {

class IoThread {
 public:
  // While one lives the thread deals with one event. It counts as a cycle of the event loop.
  class Cycle {
   public:
    explicit Cycle(IoThread* thread);
    ~Cycle();
    Cycle(const Cycle&) = delete;
    Cycle& operator=(const Cycle&) = delete;

   private:
    IoThread* const thread_;
    const uint64_t started_;
    const uint64_t commands_before_;
  };

  // Thread `number` of `count`.
  IoThread(const Services& services, size_t number, size_t count);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  // Serves until Stop.
  void Run();

  // --- Any thread. ---
  void Stop();
  void Post(std::function<void()> job);
  // Takes over a connected, non-blocking socket.
  void Adopt(int family, int descriptor, Session::Peer peer);
  size_t connection_count() const { return connection_count_.load(std::memory_order_relaxed); }

  // --- Its own thread. ---
  asio::io_context& context() { return context_; }
  // The one that works now: while a script takes too long, another than the script's.
  Dispatcher& dispatcher() { return *current_; }
  Mailbox& mailbox() { return mailbox_; }
  absl::Span<char> input_buffer() { return absl::MakeSpan(input_); }
  ReplyBuffer& reply_buffer() { return *replies_; }
  RequestBatch& batch() { return *batch_; }
  uint64_t now_ms() const;
  // Calls ResumeIfDue of a connection at a deadline, instead of at another one;
  // WaitOptions::kNoDeadline: not at all.
  void MoveDeadline(uint64_t session, uint64_t from_ms, uint64_t to_ms);
  ReplyGate* gate() { return services_.gate; }
  uint64_t log_end() const { return services_.journal->log_end(); }
  // Releases a connection when the log is safe as far as its session has seen it, which is asked
  // for once for all connections that this cycle of the event loop deals with.
  void Hold(std::shared_ptr<Connection> connection);
  // While a script takes too long nothing is closed, for that may need locks: Close is called
  // later instead. False if there is none.
  bool PutOffClosing(std::shared_ptr<Connection> connection);
  // A connection has closed itself; it goes away once its waits have ended.
  void Forget(const Session& session);

 private:
  void Open(int family, int descriptor, Session::Peer peer);
  void ReadMail();
  void QueuePushes(const Mailbox::Message& message,
                   std::vector<std::shared_ptr<Connection>>* pushed_to);
  void ReleaseHeld();
  // Serves the other clients while a script runs on this thread, with buffers and a dispatcher of
  // its own: those of the script's client are in use. Most commands are refused.
  void PollWhileBusy();
  // What was put off while a script took too long.
  void CatchUp();
  // Whether something is to be put off because a script takes too long.
  bool PutsOff() {
    if (!services_.keyspace->is_busy()) [[likely]] {
      return false;
    }
    caught_up_ = false;
    return true;
  }
  void Tick();
  void Sweep();
  void Evict();
  void CheckConnections();
  // Wakes the thread at the earliest deadline.
  void ArmDeadlines();
  void OnDeadlines();

  Services services_;
  const size_t number_;
  const size_t count_;
  asio::io_context context_;
  asio::executor_work_guard<IoExecutor> keep_running_;
  Mailbox mailbox_;
  Dispatcher dispatcher_;
  std::unique_ptr<Dispatcher> busy_dispatcher_;  // Made when it is first needed.
  Dispatcher* current_ = &dispatcher_;
  std::vector<char> input_;
  std::vector<char> busy_input_;
  ReplyBuffer own_replies_;
  RequestBatch own_batch_;
  ReplyBuffer* replies_ = &own_replies_;
  RequestBatch* batch_ = &own_batch_;
  std::vector<std::shared_ptr<Connection>> to_close_;
  absl::flat_hash_map<uint64_t, std::shared_ptr<Connection>> connections_;
  std::vector<std::shared_ptr<Connection>> held_;
  bool release_posted_ = false;
  std::atomic<size_t> connection_count_{0};
  SteadyTimer timer_;
  const TickClock ticks_clock_;
  uint64_t ticks_ = 0;
  // Of the sessions that wait: time and session, the earliest first.
  std::set<std::pair<uint64_t, uint64_t>> deadlines_;
  SteadyTimer deadline_timer_;
  bool sweeping_ = false;
  bool evicting_ = false;
  bool caught_up_ = true;  // Nothing was put off since the last tick.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_IO_THREAD_H_
