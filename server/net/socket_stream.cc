#include "server/net/socket_stream.h"

#include <cerrno>
#include <utility>

namespace redstart {
namespace {

ByteStream::Result ResultOf(ssize_t count) {
  if (count > 0) return {ByteStream::Status::kOk, static_cast<size_t>(count)};
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
    return {ByteStream::Status::kWouldBlock};
  return {ByteStream::Status::kClosed};
}

}  // namespace

SocketStream::SocketStream(asio::io_context* context, int family, int descriptor)
    : socket_(context->get_executor(), asio::generic::stream_protocol(family, 0), descriptor) {}

ByteStream::Result SocketStream::Read(char* to, size_t size) {
  return ResultOf(::recv(socket_.native_handle(), to, size, 0));
}

ByteStream::Result SocketStream::Write(absl::Span<const iovec> pieces) {
  if (pieces.size() == 1) {
    return ResultOf(
        ::send(socket_.native_handle(), pieces[0].iov_base, pieces[0].iov_len, MSG_NOSIGNAL));
  }
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(pieces.data());
  message.msg_iovlen = pieces.size();
  return ResultOf(::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL));
}

void SocketStream::WaitReadable(std::shared_ptr<StreamWaiter> waiter) {
  socket_.async_wait(StreamSocket::wait_read, [waiter = std::move(waiter)](const ErrorCode& error) {
    waiter->OnReadable(!error);
  });
}

void SocketStream::WaitWritable(std::shared_ptr<StreamWaiter> waiter) {
  socket_.async_wait(
      StreamSocket::wait_write,
      [waiter = std::move(waiter)](const ErrorCode& error) { waiter->OnWritable(!error); });
}

void SocketStream::Close() {
  ErrorCode ignored;
  socket_.close(ignored);
}

}  // namespace redstart
