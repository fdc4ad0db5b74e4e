#include "server/healthcheck.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>

#include "storage/disk/journal.h"

namespace redstart {
namespace {

constexpr int kPatienceSeconds = 3;

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  const int descriptor_;
};

absl::Status Failed(const std::string& what) {
  return absl::UnavailableError(what + ": " + std::strerror(errno));
}

void LimitWaits(int descriptor) {
  const timeval limit = {.tv_sec = kPatienceSeconds, .tv_usec = 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

// Sends a command and reads the first line of its reply, without its end.
absl::Status Ask(int descriptor, absl::Span<const std::string_view> command, std::string* line) {
  std::string request;
  AppendEncodedCommand(command, &request);
  if (::send(descriptor, request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size())) {
    return Failed("cannot send " + std::string(command[0]));
  }
  line->clear();
  char byte = 0;
  while (byte != '\n') {
    const ssize_t got = ::recv(descriptor, &byte, 1, 0);
    if (got == 0) return absl::UnavailableError("the server closed the connection");
    if (got < 0) return Failed("no answer to " + std::string(command[0]));
    *line += byte;
  }
  while (line->ends_with('\n') || line->ends_with('\r')) line->pop_back();
  return absl::OkStatus();
}

absl::Status Converse(int descriptor, const Config& config) {
  std::string answer;
  if (!config.requirepass.empty()) {
    absl::Status status = Ask(descriptor, {{"AUTH", config.requirepass}}, &answer);
    if (!status.ok()) return status;
    if (answer != "+OK") return absl::UnauthenticatedError("AUTH: " + answer);
  }
  absl::Status status = Ask(descriptor, {{"PING"}}, &answer);
  if (status.ok() && answer != "+PONG") return absl::UnavailableError("PING: " + answer);
  return status;
}

absl::Status ConnectAndConverse(int family, const sockaddr* address, socklen_t size,
                                const std::string& name, const Config& config) {
  const Socket socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.descriptor() < 0) return Failed(name);
  LimitWaits(socket.descriptor());
  if (::connect(socket.descriptor(), address, size) != 0) return Failed(name);
  return Converse(socket.descriptor(), config);
}

absl::Status CheckUnix(const Config& config) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (config.unixsocket.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError("unixsocket " + config.unixsocket + ": the path is too long");
  }
  config.unixsocket.copy(address.sun_path, config.unixsocket.size());
  return ConnectAndConverse(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof(address),
                            config.unixsocket, config);
}

// The loopback address that reaches a server that binds to `bind`, or that address itself.
std::string ReachableAddress(std::string bind) {
  if (bind.starts_with('-')) bind.erase(0, 1);
  if (bind == "*" || bind == "0.0.0.0") return "127.0.0.1";
  if (bind == "::*" || bind == "::") return "::1";
  return bind;
}

absl::Status CheckTcp(const Config& config) {
  absl::Status status = absl::UnavailableError("bind: the server listens on no address");
  for (const std::string& bind : config.bind) {
    const std::string host = ReachableAddress(bind);
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), std::to_string(config.port).c_str(), &hints, &found) != 0) {
      status = absl::UnavailableError(host + ": no such address");
      continue;
    }
    status = ConnectAndConverse(found->ai_family, found->ai_addr, found->ai_addrlen,
                                host + ":" + std::to_string(config.port), config);
    freeaddrinfo(found);
    if (status.ok()) break;
  }
  return status;
}

}  // namespace

absl::Status CheckHealth(const Config& config) {
  return config.port == 0 && !config.unixsocket.empty() ? CheckUnix(config) : CheckTcp(config);
}

std::vector<std::string> ArgumentsOfFirstProcess() {
  std::ifstream file("/proc/1/cmdline", std::ios::binary);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  std::vector<std::string> words;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (words.empty()) return {};
  const std::string program = std::filesystem::path(words[0]).filename();
  if (program != "redstart-server" && program != "redis-server") return {};
  words.erase(words.begin());
  return words;
}

}  // namespace redstart
