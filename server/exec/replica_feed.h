#ifndef REDSTART_SERVER_EXEC_REPLICA_FEED_H_
#define REDSTART_SERVER_EXEC_REPLICA_FEED_H_

// What a session that has sent SYNC is to receive: an RDB file, announced by its length, and then
// the effect stream from the file's instant on.
//
// Owner. Shared by the session and by whoever makes the file. Order. The maker calls AttachJournal
// (with every shard locked) and then Deliver or Fail, on its own thread; from then on the session's
// thread alone uses the feed: Take and pending.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "server/exec/mailbox.h"
#include "storage/disk/journal.h"

namespace redstart {

class ReplicaFeed {
 public:
  // `with_stream`: otherwise the file is all.
  ReplicaFeed(uint64_t session, Mailbox* mailbox, bool with_stream)
      : session_(session), mailbox_(mailbox), with_stream_(with_stream) {}
  ~ReplicaFeed();
  ReplicaFeed(const ReplicaFeed&) = delete;
  ReplicaFeed& operator=(const ReplicaFeed&) = delete;

  // --- Any thread. ---
  // How far the reader is, in the order of what it gets.
  enum class Phase : uint8_t { kWaitsForFile, kReadsFile, kReadsStream };
  Phase phase() const;
  // What it has told with REPLCONF ACK, and when (0: never).
  std::atomic<int64_t> acked_offset{0};
  std::atomic<uint64_t> acked_ms{0};

  // --- Who makes the file. ---
  // REQUIRES: every shard is locked.
  void AttachJournal(Journal* journal);
  // The file is there; the feed closes the descriptor. The session's thread is told.
  void Deliver(int descriptor, uint64_t size);
  // There will be none: the session is to be closed.
  void Fail();
  // The session has gone away: nobody will take anything.
  bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }

  // --- The session's thread. ---
  // Appends up to about `max` bytes of what is next to `out`. False if the feed has failed.
  bool Take(size_t max, std::string* out);
  // Bytes of the stream that wait; those of the file do not count, for they take no memory.
  uint64_t pending() const;
  // Whether there is anything to take now.
  bool HasMore() const;
  void Abandon() { abandoned_.store(true, std::memory_order_relaxed); }

 private:
  enum class State : uint8_t { kWaiting, kReady, kFailed };
  bool TakeFile(size_t max, std::string* out);
  void Tell();

  const uint64_t session_;
  Mailbox* const mailbox_;
  const bool with_stream_;
  std::atomic<State> state_{State::kWaiting};
  std::atomic<bool> abandoned_{false};
  // Written before state_ leaves kWaiting, then the session's thread's.
  std::unique_ptr<Journal::Reader> reader_;
  int descriptor_ = -1;
  uint64_t size_ = 0;
  uint64_t taken_ = 0;
  std::atomic<bool> file_taken_{false};
  bool announced_ = false;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_REPLICA_FEED_H_
