#include "server/migration/remote_server.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace redstart {
namespace {

// So often it is asked whether the process is to end.
constexpr int64_t kSliceMs = 100;
constexpr size_t kReadBytes = 16 * 1024;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

// A socket that is connecting, or -1.
int BeginToConnect(const addrinfo& address) {
  const int descriptor = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 || errno == EINPROGRESS) {
    return descriptor;
  }
  close(descriptor);
  return -1;
}

bool IsConnected(int descriptor) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

std::unique_ptr<RemoteServer> RemoteServer::Connect(const std::string& host,
                                                    const std::string& port, int64_t timeout_ms,
                                                    const std::atomic<bool>* stopping) {
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return nullptr;
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  for (const addrinfo* address = found; address != nullptr; address = address->ai_next) {
    const int descriptor = BeginToConnect(*address);
    if (descriptor < 0) continue;
    std::unique_ptr<RemoteServer> server(new RemoteServer(descriptor, stopping));
    if (server->Await(POLLOUT, timeout_ms) && IsConnected(descriptor)) return server;
  }
  return nullptr;
}

RemoteServer::~RemoteServer() {
  close(descriptor_);
}

bool RemoteServer::Await(short events, int64_t timeout_ms) {
  timed_out_ = false;
  for (int64_t left = timeout_ms; !stopping_->load(std::memory_order_relaxed);) {
    pollfd waited = {descriptor_, events, 0};
    const auto slice = static_cast<int>(std::clamp<int64_t>(left, 0, kSliceMs));
    const int ready = poll(&waited, 1, slice);
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    left -= slice;
    if (left > 0) continue;
    timed_out_ = true;
    return false;
  }
  return false;
}

bool RemoteServer::Send(std::string_view bytes, int64_t timeout_ms) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!Await(POLLOUT, timeout_ms)) return false;
    } else if (errno != EINTR) {
      timed_out_ = false;
      return false;
    }
  }
  return true;
}

bool RemoteServer::ReadReply(RespValue* reply, int64_t timeout_ms) {
  while (true) {
    const RespValueParser::Status status = parser_.Parse(input_, reply);
    input_.erase(0, parser_.consumed());
    if (status == RespValueParser::Status::kValue) return true;
    timed_out_ = false;
    if (status == RespValueParser::Status::kError) return false;
    char buffer[kReadBytes];
    const ssize_t received = recv(descriptor_, buffer, sizeof(buffer), 0);
    if (received > 0) {
      input_.append(buffer, static_cast<size_t>(received));
    } else if (received == 0) {
      return false;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!Await(POLLIN, timeout_ms)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
}

}  // namespace redstart
