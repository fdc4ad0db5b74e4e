#ifndef REDSTART_SERVER_NET_SOCKET_STREAM_H_
#define REDSTART_SERVER_NET_SOCKET_STREAM_H_

// A byte stream over a plain socket, TCP or Unix.

#include "server/net/asio.h"
#include "server/net/byte_stream.h"

namespace redstart {

class SocketStream : public ByteStream {
 public:
  // Takes over a connected, non-blocking descriptor of the address family `family`.
  SocketStream(asio::io_context* context, int family, int descriptor);

  Result Read(char* to, size_t size) override;
  Result Write(absl::Span<const iovec> pieces) override;
  void WaitReadable(std::shared_ptr<StreamWaiter> waiter) override;
  void WaitWritable(std::shared_ptr<StreamWaiter> waiter) override;
  void Close() override;

 private:
  StreamSocket socket_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_SOCKET_STREAM_H_
