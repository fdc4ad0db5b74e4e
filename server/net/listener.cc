#include "server/net/listener.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "server/exec/clock.h"
#include "server/exec/session_registry.h"
#include "server/net/socket_options.h"
#include "server/observe/log.h"

namespace redstart {
namespace {

// Connections accepted at a time, before the thread's clients get their turn again.
constexpr int kAcceptsPerTurn = 1000;
// Without a free descriptor accepting fails, and would be tried again at once for ever.
constexpr std::chrono::milliseconds kPauseWithoutDescriptors(100);

constexpr std::string_view kTooManyClients = "-ERR max number of clients reached\r\n";
constexpr std::string_view kNotInProtectedMode =
    "-DENIED Redis is running in protected mode because protected mode is enabled and no password "
    "is set for the default user. In this mode connections are only accepted from the loopback "
    "interface. If you want to connect from external computers to Redis you may adopt one of the "
    "following solutions: 1) Just disable protected mode sending the command 'CONFIG SET "
    "protected-mode no' from the loopback interface by connecting to Redis from the same host the "
    "server is running, however MAKE SURE Redis is not publicly accessible from internet if you do "
    "so. Use CONFIG REWRITE to make this change permanent. 2) Alternatively you can just disable "
    "the protected mode by editing the Redis configuration file, and setting the protected mode "
    "option to 'no', and then restarting the server. 3) If you started the server manually just "
    "for testing, restart it with the '--protected-mode no' option. 4) Set up an authentication "
    "password for the default user. NOTE: You only need to do one of the above things in order for "
    "the server to start accepting connections from the outside.\r\n";

bool IsServed(const Session::Peer& peer, const Config& config) {
  if (!config.requirepass.empty()) return true;
  switch (config.protected_mode) {
    case ProtectedMode::kNo:
      return true;
    case ProtectedMode::kYes:
      return peer.is_loopback;
    case ProtectedMode::kPrivate:
      return peer.is_private;
  }
  return false;
}

}  // namespace

Listener::Listener(std::vector<IoThread*> threads) : threads_(std::move(threads)) {}

Listener::~Listener() {
  Close();
}

absl::Status Listener::Open(const Config& config) {
  // The same port cannot be bound twice, so the old sockets go first, and come back if the new ones
  // fail.
  Close();
  const absl::Status status = OpenAll(config);
  if (status.ok()) {
    last_good_ = std::make_unique<const Config>(config);
  } else if (last_good_ != nullptr) {
    if (const absl::Status back = OpenAll(*last_good_); !back.ok()) {
      const absl::string_view reason = back.message();
      logging::Warning("Cannot listen on the addresses that were in use before, either: {}",
                       std::string_view(reason.data(), reason.size()));
    }
  }
  return status;
}

absl::Status Listener::OpenAll(const Config& config) {
  std::vector<std::shared_ptr<Socket>> sockets;
  std::vector<std::string> addresses;
  absl::Status status = OpenTcp(config, &sockets, &addresses);
  if (status.ok()) status = OpenUnix(config, &sockets);
  if (!status.ok()) return status;
  sockets_ = std::move(sockets);
  addresses_ = std::move(addresses);
  for (const auto& socket : sockets_) WaitForClients(socket);
  return absl::OkStatus();
}

absl::Status Listener::OpenTcp(const Config& config, std::vector<std::shared_ptr<Socket>>* sockets,
                               std::vector<std::string>* addresses) {
  if (config.port == 0) return absl::OkStatus();
  for (const std::string& bind : config.bind) {
    const bool optional = bind.front() == '-';
    const std::string address = optional ? bind.substr(1) : bind;
    const auto socket = ListenOnTcp(address, config.port, config.tcp_backlog);
    if (!socket.ok()) {
      if (optional && absl::IsUnavailable(socket.status())) continue;
      const absl::string_view reason = socket.status().message();
      return absl::InternalError("bind " + std::string(reason.data(), reason.size()));
    }
    sockets->push_back(Wrap(socket->family, socket->descriptor, ""));
    addresses->push_back(address + ":" + std::to_string(config.port));
  }
  // With `bind ""` nobody is to connect.
  if (sockets->empty() && !config.bind.empty())
    return absl::InternalError("bind: none of the addresses is on this machine");
  return absl::OkStatus();
}

absl::Status Listener::OpenUnix(const Config& config,
                                std::vector<std::shared_ptr<Socket>>* sockets) {
  if (config.unixsocket.empty()) return absl::OkStatus();
  const auto socket = ListenOnUnix(config.unixsocket, config.unixsocketperm, config.tcp_backlog);
  if (!socket.ok()) return socket.status();
  sockets->push_back(Wrap(socket->family, socket->descriptor, config.unixsocket));
  return absl::OkStatus();
}

std::shared_ptr<Listener::Socket> Listener::Wrap(int family, int descriptor,
                                                 std::string unix_path) {
  const auto executor = threads_[0]->context().get_executor();
  return std::make_shared<Socket>(Socket{family, std::make_unique<Descriptor>(executor, descriptor),
                                         SteadyTimer(executor), std::move(unix_path)});
}

void Listener::Close() {
  for (const auto& socket : sockets_) {
    ErrorCode ignored;
    socket->descriptor->close(ignored);
    socket->pause.cancel();
    if (!socket->unix_path.empty()) ::unlink(socket->unix_path.c_str());
  }
  sockets_.clear();
}

void Listener::WaitForClients(const std::shared_ptr<Socket>& socket) {
  socket->descriptor->async_wait(Descriptor::wait_read, [this, socket](const ErrorCode& error) {
    if (error) return;  // Closed.
    if (AcceptAll(*socket)) return WaitForClients(socket);
    socket->pause.expires_after(kPauseWithoutDescriptors);
    socket->pause.async_wait([this, socket](const ErrorCode& cancelled) {
      if (!cancelled) WaitForClients(socket);
    });
  });
}

bool Listener::AcceptAll(const Socket& socket) {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const int descriptor = ::accept4(socket.descriptor->native_handle(), nullptr, nullptr,
                                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (descriptor >= 0) {
      Welcome(socket, descriptor);
      continue;
    }
    if (errno == EINTR || errno == ECONNABORTED) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    const int error = errno;
    logging::Warning("Accepting client connection: {}", std::strerror(error));
    return error != EMFILE && error != ENFILE;
  }
  return true;
}

void Listener::Welcome(const Socket& socket, int descriptor) {
  const Config& config = threads_[0]->dispatcher().config();
  Session::Peer peer = DescribePeer(descriptor, socket.family, socket.unix_path);
  if (const std::string_view refusal = RefusalOf(peer, config); !refusal.empty()) {
    // One try: the client may not even be reading.
    (void)!::send(descriptor, refusal.data(), refusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    ::close(descriptor);
    threads_[0]->dispatcher().stats().connections_rejected.Add();
    return;
  }
  if (socket.family != AF_UNIX) PrepareTcpClient(descriptor, config.tcp_keepalive);
  LeastBusyThread()->Adopt(socket.family, descriptor, std::move(peer));
}

std::string_view Listener::RefusalOf(const Session::Peer& peer, const Config& config) const {
  size_t clients = 0;
  for (const IoThread* thread : threads_) clients += thread->connection_count();
  if (clients >= config.maxclients) return kTooManyClients;
  return IsServed(peer, config) ? std::string_view() : kNotInProtectedMode;
}

IoThread* Listener::LeastBusyThread() const {
  return *std::min_element(threads_.begin(), threads_.end(),
                           [](const IoThread* a, const IoThread* b) {
                             return a->connection_count() < b->connection_count();
                           });
}

}  // namespace redstart
