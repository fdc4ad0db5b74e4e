#ifndef REDSTART_SERVER_NET_BYTE_STREAM_H_
#define REDSTART_SERVER_NET_BYTE_STREAM_H_

// What a connection reads from and writes to. It is an interface, so that a connection never knows
// whether it talks over TCP, a Unix socket or an encrypted stream.
//
// Owned by its connection, used on its I/O thread only. Reads and writes never block; readiness is
// waited for first, because then the buffers can belong to the thread and an idle connection has
// none.

#include <sys/uio.h>

#include <cstddef>
#include <memory>

#include "absl/types/span.h"

namespace redstart {

// Who is told that a stream is ready. Held until the wait ends, which it does in any case: `usable`
// is false once the stream has been closed.
class StreamWaiter {
 public:
  virtual ~StreamWaiter() = default;
  virtual void OnReadable(bool usable) = 0;
  virtual void OnWritable(bool usable) = 0;
};

class ByteStream {
 public:
  enum class Status { kOk, kWouldBlock, kClosed };
  struct Result {
    Status status;
    size_t bytes = 0;
  };

  virtual ~ByteStream() = default;

  virtual Result Read(char* to, size_t size) = 0;
  // Writes as much as the stream takes now.
  virtual Result Write(absl::Span<const iovec> pieces) = 0;
  virtual void WaitReadable(std::shared_ptr<StreamWaiter> waiter) = 0;
  virtual void WaitWritable(std::shared_ptr<StreamWaiter> waiter) = 0;
  // Ends all waits.
  virtual void Close() = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_BYTE_STREAM_H_
