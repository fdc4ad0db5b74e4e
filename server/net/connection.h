#ifndef REDSTART_SERVER_NET_CONNECTION_H_
#define REDSTART_SERVER_NET_CONNECTION_H_

// One client's connection: reads requests, has them executed, sends the replies.
//
// Owner. Its I/O thread, and each wait that is under way; used on that thread only. Reading and
// replying go through buffers of the thread; a connection keeps bytes of its own only for a request
// that is not complete, and for replies that the socket did not take. A client is never stopped
// from sending because it does not read: a pipeline that is sent whole before the first reply is
// read must not deadlock. What bounds it are the query buffer and output buffer limits.

#include <cstdint>
#include <memory>
#include <string_view>

#include "protocol/resp_parser.h"
#include "server/exec/session.h"
#include "server/net/byte_stream.h"
#include "server/net/output_queue.h"

namespace redstart {

class IoThread;

class Connection : public StreamWaiter, public std::enable_shared_from_this<Connection> {
 public:
  Connection(IoThread* thread, std::unique_ptr<ByteStream> stream, uint64_t id, Session::Peer peer,
             uint64_t now_ms);
  ~Connection() override;

  void Start();
  // The session need not wait any more, if this is its current wait (server/exec/session_wait.h).
  void Resume(uint64_t wait, const Continuation& then);
  // The same when its deadline may have come.
  void ResumeIfDue();
  // Sends what the effect stream has for this session.
  void SendFeed();
  // Queues bytes that the client gets besides its replies; SendPushes is to follow.
  void Deliver(std::string_view bytes);
  // Queues a message that was published, unless the session has left its channel; SendPushes is to
  // follow. REQUIRES: no request of this thread is being executed.
  void QueuePush(const Publication& publication);
  // Sends what was queued so.
  void SendPushes();
  // What the session has seen is safe by now (reply_gate.h), or will not be: sends what was held,
  // and goes on. REQUIRES: the connection was given to IoThread::Hold.
  void Release(bool failed);
  // Closes at once; what was not sent is lost. The thread forgets the connection.
  void Close();
  // Called about once a second: idle timeout and the soft output limit.
  void CheckLimits(uint64_t now_ms);

  Session& session() { return session_; }

  void OnReadable(bool usable) override;
  void OnWritable(bool usable) override;

 private:
  // While held, nothing is sent, and nothing executed; input may have come meanwhile.
  enum class Hold : uint8_t { kNone, kHeld, kHeldWithInput };
  // Bytes of a request that is not complete.
  struct Pending {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
    size_t capacity = 0;
  };

  // Reads once; returns all unconsumed input, which lies in the thread's buffer or in pending_.
  // Null data: nothing to do.
  std::string_view ReadMore();
  void Process(std::string_view input);
  // Executes what came while the session waited.
  void GoOn();
  // Requests that were parsed and not executed become input again, in front of `rest`, as the bytes
  // of a canonical request. Returns all of it.
  std::string_view PutBack(size_t executed, std::string_view rest);
  // Keeps unconsumed input for the next read.
  void Keep(std::string_view rest);
  bool GrowPending(size_t wanted);
  // Writes replies to the socket, queues what it does not take.
  void Flush();
  ByteStream::Result WriteReplies(const ReplyBuffer& replies);
  void WriteQueue();
  // Whether what is to be sent has to wait for the log; then the thread has been told.
  bool IsHeld();
  // What came from elsewhere has seen all that is in the log.
  void SeeLog();
  void WaitForWriting();
  void AfterOutput();
  // Counts what this client takes now, and closes those that take too much, itself perhaps.
  void AccountMemory();
  void SetDeadline(uint64_t deadline_ms);
  bool IsOverOutputLimit(uint64_t now_ms);
  size_t OutputBytes();

  IoThread* thread_;
  std::unique_ptr<ByteStream> stream_;
  Session session_;
  RequestParser parser_;
  Pending pending_;
  std::unique_ptr<OutputQueue> queue_;
  uint64_t deadline_ms_ = WaitOptions::kNoDeadline;  // What the thread was asked to wake us at.
  uint32_t over_soft_limit_since_ms_ = 0;            // The clock's low bits, never 0; 0: it is not.
  bool waiting_to_write_ = false;
  Hold hold_ = Hold::kNone;
  bool closed_ = false;
  bool closing_ = false;  // Close is put off: nothing is read or written any more.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_CONNECTION_H_
