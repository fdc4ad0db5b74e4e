#include "server/migration/migrator.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"
#include "server/exec/key_access.h"
#include "storage/disk/value_codec.h"

namespace redstart {
namespace {

// As on Redis.
constexpr uint64_t kIdleMs = 10'000;
constexpr size_t kMaxIdle = 64;
// So often what changed meanwhile is sent again, before it is held.
constexpr int kRounds = 3;

std::string AddressOf(const MigrationRequest& request) {
  return request.host + ':' + request.port;
}

// The error with which a request for keys ends, for the client.
void Answer(const WaitToken& token, const std::string& error) {
  Resume(token, [error](Dispatcher&, Session&, ReplyBuilder& reply) {
    if (error.empty()) return reply.Ok();
    reply.Fail(error);
  });
  Mailbox::FlushWakes();
}

// Deletes keys and records it as one command.
void DeleteKeys(const std::vector<std::string_view>& names, WriteKeys& keys) {
  std::vector<std::string_view> effect = {"DEL"};
  for (const std::string_view name : names) {
    if (!keys.Delete(name)) continue;
    keys.Changed(name, Event::kGeneric, "del");
    effect.push_back(name);
  }
  if (effect.size() > 1) keys.Effect(effect);
}

}  // namespace

// Sends a job's keys round by round, and deletes here what has arrived.
class Migrator::Mover {
 public:
  Mover(Migrator* migrator, Dispatcher* dispatcher, Job* job)
      : migrator_(migrator), dispatcher_(dispatcher), job_(job) {
    for (const auto& key : job->keys) {
      sent_.push_back({key->name, std::move(key->payload), key->deadline_ms});
      left_.push_back(key.get());
    }
  }

  // Returns the error, or an empty text.
  std::string Run() {
    for (int round = 0; round < kRounds && !left_.empty(); ++round) {
      const TransferResult result = migrator_->Transfer(job_->request, sent_);
      Note(result);
      if (job_->request.copy) return error_;
      OnKeys([&](WriteKeys& keys) { Settle(result, keys); });
      if (!error_.empty()) break;
    }
    if (!left_.empty() && error_.empty()) OnKeys([&](WriteKeys& keys) { MoveLocked(keys); });
    if (!left_.empty()) OnKeys([&](WriteKeys& keys) { Unwatch(keys); });
    return error_;
  }

 private:
  template <typename Work>
  void OnKeys(Work&& work) {
    std::vector<std::string_view> names;
    for (const Key* key : left_) names.push_back(key->name);
    dispatcher_->RunOnKeys(job_->database, names, std::forward<Work>(work));
  }

  void Note(const TransferResult& result) {
    if (error_.empty()) error_ = result.error;
  }

  // With the shards locked: what has arrived and was not touched since is deleted; what was touched
  // is to be sent as it is now.
  void Settle(const TransferResult& result, WriteKeys& keys) {
    std::vector<MigratedKey> again;
    std::vector<Key*> left;
    std::vector<Key*> done;
    for (size_t i = 0; i < left_.size(); ++i) {
      Key* key = left_[i];
      if (!result.arrived[i]) {
        left.push_back(key);  // There is an error: to be unwatched.
        again.push_back(std::move(sent_[i]));
      } else if (key->touched.exchange(false)) {
        left.push_back(key);
        again.push_back(CurrentOf(key->name, keys));
      } else {
        done.push_back(key);
      }
    }
    // The end of the watch first: the deletion itself is no touch.
    std::vector<std::string_view> names;
    for (Key* key : done) {
      keys.ShardOf(key->name).listeners().Unwatch(keys.database(), key->name, &key->touched);
      names.push_back(key->name);
    }
    DeleteKeys(names, keys);
    left_ = std::move(left);
    sent_ = std::move(again);
  }

  // The value of a key at this moment; without one, that it is to be deleted there.
  static MigratedKey CurrentOf(const std::string& name, WriteKeys& keys) {
    MigratedKey key = {.name = name, .replace = true};
    const Entry* entry = keys.FindEntry(name);
    if (entry == nullptr) return key;
    key.payload = DumpPayloadOf(
        *entry, keys.config().rdbcompression ? RdbCompression::kOn : RdbCompression::kOff);
    if (entry->has_deadline()) key.deadline_ms = entry->deadline();
    return key;
  }

  // The last resort: nobody can change them while they are sent.
  void MoveLocked(WriteKeys& keys) {
    sent_.clear();
    for (const Key* key : left_) sent_.push_back(CurrentOf(key->name, keys));
    const TransferResult result = migrator_->Transfer(job_->request, sent_);
    Note(result);
    for (Key* key : left_) key->touched = false;
    Settle(result, keys);
  }

  void Unwatch(WriteKeys& keys) {
    for (Key* key : left_) {
      keys.ShardOf(key->name).listeners().Unwatch(keys.database(), key->name, &key->touched);
    }
  }

  Migrator* const migrator_;
  Dispatcher* const dispatcher_;
  Job* const job_;
  // The keys that are still to be moved, and what was sent of each.
  std::vector<Key*> left_;
  std::vector<MigratedKey> sent_;
  std::string error_;
};

Migrator::~Migrator() {
  std::vector<std::thread> threads;
  {
    const MutexLock lock(&mutex_);
    stopping_ = true;
    queue_.clear();
    threads.swap(threads_);
  }
  work_.notify_all();
  for (std::thread& thread : threads) thread.join();
}

void Migrator::Start(std::unique_ptr<Job> job) {
  const MutexLock lock(&mutex_);
  queue_.push_back(std::move(job));
  if (idle_threads_ < queue_.size() && threads_.size() < kMaxThreads) {
    threads_.emplace_back([this] { RunThread(); });
  }
  work_.notify_one();
}

void Migrator::RunThread() {
  Dispatcher dispatcher(services_);
  while (const std::unique_ptr<Job> job = NextJob()) {
    Answer(job->token, Mover(this, &dispatcher, job.get()).Run());
  }
}

std::unique_ptr<Migrator::Job> Migrator::NextJob() {
  const MutexLock lock(&mutex_);
  while (!stopping_ && queue_.empty()) {
    ++idle_threads_;
    work_.wait_for(mutex_, std::chrono::seconds(1));
    --idle_threads_;
    DropOldConnections();
  }
  if (stopping_) return nullptr;
  std::unique_ptr<Job> job = std::move(queue_.front());
  queue_.pop_front();
  return job;
}

std::string Migrator::MoveNow(const Job& job, WriteKeys& keys) {
  std::vector<MigratedKey> sent;
  for (const auto& key : job.keys) sent.push_back({key->name, key->payload, key->deadline_ms});
  const TransferResult result = Transfer(job.request, sent);
  std::vector<std::string_view> arrived;
  for (size_t i = 0; i < sent.size(); ++i) {
    if (result.arrived[i]) arrived.push_back(sent[i].name);
  }
  if (!job.request.copy) DeleteKeys(arrived, keys);
  return result.error;
}

TransferResult Migrator::Transfer(const MigrationRequest& request,
                                  const std::vector<MigratedKey>& keys) {
  TransferResult result;
  for (const bool may_be_old : {true, false}) {
    std::unique_ptr<RemoteServer> server = TakeConnection(request, may_be_old);
    if (server == nullptr) {
      result = {.error = "IOERR error or timeout connecting to the client"};
      result.arrived.resize(keys.size());
      return result;
    }
    result = TransferKeys(request, keys, NowMs(), server.get());
    if (!result.connection_broke) {
      KeepConnection(request, std::move(server));
      return result;
    }
    // The other side may have closed a connection that was idle; what has begun is not begun anew.
    const bool has_begun = std::ranges::find(result.arrived, true) != result.arrived.end();
    if (result.timed_out || has_begun || stopping_) return result;
  }
  return result;
}

std::unique_ptr<RemoteServer> Migrator::TakeConnection(const MigrationRequest& request,
                                                       bool may_be_old) {
  if (may_be_old) {
    const MutexLock lock(&mutex_);
    const auto found = idle_.find(AddressOf(request));
    if (found != idle_.end()) {
      std::unique_ptr<RemoteServer> server = std::move(found->second.server);
      idle_.erase(found);
      cached_.store(idle_.size(), std::memory_order_relaxed);
      return server;
    }
  }
  return RemoteServer::Connect(request.host, request.port, request.timeout_ms, &stopping_);
}

void Migrator::KeepConnection(const MigrationRequest& request,
                              std::unique_ptr<RemoteServer> server) {
  const MutexLock lock(&mutex_);
  if (idle_.size() >= kMaxIdle) idle_.erase(idle_.begin());
  idle_.emplace(AddressOf(request), Idle{std::move(server), NowMs()});
  cached_.store(idle_.size(), std::memory_order_relaxed);
}

void Migrator::DropOldConnections() {
  const uint64_t now = NowMs();
  std::erase_if(idle_, [&](const auto& idle) { return now > idle.second.since_ms + kIdleMs; });
  cached_.store(idle_.size(), std::memory_order_relaxed);
}

uint64_t Migrator::NowMs() const {
  return services_.clock->NowMicros() / 1000;
}

}  // namespace redstart
