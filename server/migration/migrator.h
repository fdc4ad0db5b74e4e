#ifndef REDSTART_SERVER_MIGRATION_MIGRATOR_H_
#define REDSTART_SERVER_MIGRATION_MIGRATOR_H_

// Moves keys to other servers: MIGRATE. The session that asked for it waits; threads of this class
// talk to the other server, so that no I/O thread does, and no shard is locked meanwhile.
//
// So clients may change a key after its value was sent. A key that is on its way is watched, as by
// WATCH, and deleted here only if nobody has touched it: if somebody has, what is there now is sent
// again. A key that is changed all the time is sent a last time under its shard's lock.
//
// Owner. The server; one per process. Threads are started when there is work, at most kMaxThreads,
// each with a dispatcher of its own. Lock. One mutex guards the queue and the idle connections,
// which are kept for some seconds, as on Redis. Order of life. It goes before the keyspace, and
// after the I/O threads have stopped.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/exec/services.h"
#include "server/exec/session_wait.h"
#include "server/migration/transfer.h"
#include "storage/base/mutex.h"

namespace redstart {

class WriteKeys;

class Migrator {
 public:
  // A key that is on its way. It does not move: the shard's listeners know `touched`.
  struct Key {
    std::string name;
    std::string payload;
    uint64_t deadline_ms;
    std::atomic<bool> touched{false};
  };
  struct Job {
    MigrationRequest request;
    int database = 0;  // Where the keys are here.
    std::vector<std::unique_ptr<Key>> keys;
    WaitToken token;
  };

  explicit Migrator(const Services& services) : services_(services) {}
  ~Migrator();
  Migrator(const Migrator&) = delete;
  Migrator& operator=(const Migrator&) = delete;

  // Takes a job whose session waits and whose keys are watched, unless they are only copied. Any
  // thread, also while shards are locked.
  void Start(std::unique_ptr<Job> job);
  // Does it all on the calling thread, which holds the keys' shards (MIGRATE in a transaction).
  // Returns the error, or an empty text.
  std::string MoveNow(const Job& job, WriteKeys& keys);

  // Idle connections that are kept.
  size_t cached_connections() const { return cached_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kMaxThreads = 4;

  class Mover;  // A thread's work on one job.
  struct Idle {
    std::unique_ptr<RemoteServer> server;
    uint64_t since_ms;
  };

  void RunThread();
  // Sends keys, over a connection that is there already or a new one.
  TransferResult Transfer(const MigrationRequest& request, const std::vector<MigratedKey>& keys);
  std::unique_ptr<RemoteServer> TakeConnection(const MigrationRequest& request, bool may_be_old);
  void KeepConnection(const MigrationRequest& request, std::unique_ptr<RemoteServer> server);
  void DropOldConnections() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The next job, or null once the process is to end. Waits for one.
  std::unique_ptr<Job> NextJob();
  uint64_t NowMs() const;

  const Services services_;
  std::atomic<bool> stopping_{false};
  std::atomic<size_t> cached_{0};
  Mutex mutex_;
  std::condition_variable_any work_;
  std::deque<std::unique_ptr<Job>> queue_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mutex_);
  size_t idle_threads_ ABSL_GUARDED_BY(mutex_) = 0;
  std::multimap<std::string, Idle> idle_ ABSL_GUARDED_BY(mutex_);  // By "host:port".
};

}  // namespace redstart

#endif  // REDSTART_SERVER_MIGRATION_MIGRATOR_H_
