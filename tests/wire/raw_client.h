#ifndef REDSTART_TESTS_WIRE_RAW_CLIENT_H_
#define REDSTART_TESTS_WIRE_RAW_CLIENT_H_

// A client that sends bytes as the test wrote them and reads replies as they come, in RESP2 or
// RESP3. Every wait ends after kPatience.

#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/un.h>

#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "protocol/resp_value.h"
#include "storage/disk/journal.h"
#include "tests/wire/server_process.h"

namespace redstart {

// A request as a RESP array.
template <typename... Words>
std::string Encoded(const Words&... words) {
  const std::string_view args[] = {words...};
  std::string request;
  AppendEncodedCommand(args, &request);
  return request;
}

class RawClient {
 public:
  explicit RawClient(int port, const std::string& host = "127.0.0.1") {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return;
    Connect(found->ai_family, found->ai_addr, found->ai_addrlen);
    ::freeaddrinfo(found);
    const int yes = 1;
    ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  }
  static RawClient Unix(const std::string& path) {
    RawClient client;
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    client.Connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    return client;
  }
  RawClient(RawClient&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), bytes_(std::move(other.bytes_)) {}
  ~RawClient() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool is_connected() const { return descriptor_ >= 0; }

  // Sends all of it, without reading meanwhile. False if the server has closed the connection, or
  // takes nothing any more.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      if (!WaitFor(POLLOUT)) return false;
      const ssize_t count =
          ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno != EAGAIN) return false;
      if (count > 0) bytes.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }

  // The next reply; an error value with an explanation if none comes.
  RespValue Read() {
    RespValueParser parser;
    RespValue value;
    for (;;) {
      const RespValueParser::Status status = parser.Parse(bytes_, &value);
      bytes_.erase(0, parser.consumed());
      if (status == RespValueParser::Status::kValue) return value;
      if (status == RespValueParser::Status::kError) return RespValue::Error("(not a reply)");
      if (!ReadMore()) return RespValue::Error("(no reply)");
    }
  }
  template <typename... Words>
  RespValue Run(const Words&... words) {
    Send(Encoded(words...));
    return Read();
  }

  // Exactly `count` bytes, or fewer if the connection ends before.
  std::string ReadBytes(size_t count) {
    while (bytes_.size() < count && ReadMore()) {
    }
    std::string taken = bytes_.substr(0, count);
    bytes_.erase(0, count);
    return taken;
  }
  std::string ReadLine() {
    while (bytes_.find("\r\n") == std::string::npos && ReadMore()) {
    }
    return ReadBytes(bytes_.find("\r\n") == std::string::npos ? bytes_.size()
                                                              : bytes_.find("\r\n") + 2);
  }
  // Everything until the server closes the connection; *closed tells whether it has.
  std::string ReadToEnd(bool* closed) {
    while (ReadMore()) {
    }
    *closed = ended_;
    return std::exchange(bytes_, {});
  }
  // Whether the server closes the connection; what it sends before is dropped.
  bool IsClosedByServer() {
    bool closed = false;
    ReadToEnd(&closed);
    return closed;
  }

 private:
  RawClient() = default;

  void Connect(int family, const sockaddr* address, socklen_t size) {
    descriptor_ = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(descriptor_, address, size) == 0) return;
    ::close(descriptor_);
    descriptor_ = -1;
  }
  bool WaitFor(short events) const {
    pollfd wait = {descriptor_, events, 0};
    constexpr auto kMilliseconds = std::chrono::milliseconds(kPatience).count();
    return descriptor_ >= 0 && ::poll(&wait, 1, static_cast<int>(kMilliseconds)) == 1;
  }
  // False at the end of the connection (ended_), or when nothing came in time.
  bool ReadMore() {
    if (ended_ || !WaitFor(POLLIN)) return false;
    char buffer[65536];
    const ssize_t count = ::recv(descriptor_, buffer, sizeof(buffer), 0);
    ended_ = count == 0 || (count < 0 && errno != EINTR);
    if (count > 0) bytes_.append(buffer, static_cast<size_t>(count));
    return !ended_;
  }

  int descriptor_ = -1;
  bool ended_ = false;
  std::string bytes_;  // Received and not taken yet.
};

// The error reply in full, or what came instead.
inline std::string ErrorText(const RespValue& value) {
  return value.IsError() ? value.text() : "(no error) " + value.DebugString();
}

}  // namespace redstart

#endif  // REDSTART_TESTS_WIRE_RAW_CLIENT_H_
