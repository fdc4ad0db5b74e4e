#ifndef REDSTART_SERVER_NET_IO_THREADS_H_
#define REDSTART_SERVER_NET_IO_THREADS_H_

// All I/O threads, the listening sockets, and the signals that stop them: the network as the server
// sees it.
//
// Owned by the server. Run() turns the calling thread into the first I/O thread; Stop() may be
// called from any thread.

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/exec/services.h"

namespace redstart {

class IoThread;
class Listener;

class IoThreads {
 public:
  IoThreads(const Services& services, size_t count);
  ~IoThreads();
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  // Listens as the configuration says; at run time only from the first I/O thread (see RunOnFirst).
  absl::Status Listen(const Config& config);
  // Calls `on_signal` for each SIGTERM and SIGINT, on a thread of its own: signals are heard also
  // while all I/O threads wait for a lock.
  void HandleSignals(std::function<void(int signal)> on_signal);
  // Serves until Stop.
  void Run();
  void Stop();
  // Runs a job on the first thread, from any thread, and waits for it; at once if this is the first
  // thread.
  void RunOnFirst(const std::function<void()>& job);

 private:
  struct Signals;

  std::vector<std::unique_ptr<IoThread>> threads_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Signals> signals_;
  std::thread::id first_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_IO_THREADS_H_
