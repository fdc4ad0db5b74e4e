#include "server/net/socket_options.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace redstart {
namespace {

absl::Status ErrnoStatus(const std::string& what, int error) {
  const std::string text = what + ": " + std::strerror(error);
  if (error == EADDRNOTAVAIL || error == EAFNOSUPPORT || error == EPROTONOSUPPORT)
    return absl::UnavailableError(text);
  return absl::InternalError(text);
}

void SetFlag(int descriptor, int level, int option) {
  const int on = 1;
  setsockopt(descriptor, level, option, &on, sizeof(on));
}

std::string AddressText(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
    return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  return std::string("[").append(text).append("]:").append(std::to_string(ntohs(v6.sin6_port)));
}

// The IPv4 address in host order, also of an IPv6 socket's client that came over IPv4.
std::optional<uint32_t> Ipv4Of(const sockaddr_storage& address) {
  uint32_t network_order = 0;
  if (address.ss_family == AF_INET) {
    network_order = reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr;
  } else {
    const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (!IN6_IS_ADDR_V4MAPPED(&v6)) return std::nullopt;
    std::memcpy(&network_order, &v6.s6_addr[12], sizeof(network_order));
  }
  return ntohl(network_order);
}

bool IsLoopback(const sockaddr_storage& address) {
  if (const auto v4 = Ipv4Of(address)) return *v4 >> 24 == 127;
  return IN6_IS_ADDR_LOOPBACK(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

// RFC 1918 and RFC 3927; for IPv6 unique local (RFC 4193) and link-local addresses.
bool IsPrivate(const sockaddr_storage& address) {
  if (const auto v4 = Ipv4Of(address)) {
    return *v4 >> 24 == 10 || *v4 >> 20 == (172 << 4 | 1) || *v4 >> 16 == (192 << 8 | 168) ||
           *v4 >> 16 == (169 << 8 | 254);
  }
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return (v6.s6_addr[0] & 0xFE) == 0xFC || IN6_IS_ADDR_LINKLOCAL(&v6);
}

}  // namespace

absl::StatusOr<ListeningSocket> ListenOnTcp(const std::string& address, int port, int backlog) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_family = address == "*" ? AF_INET : address == "::*" ? AF_INET6 : AF_UNSPEC;
  const bool any = address == "*" || address == "::*";
  addrinfo* found = nullptr;
  const std::string service = std::to_string(port);
  if (const int error =
          getaddrinfo(any ? nullptr : address.c_str(), service.c_str(), &hints, &found);
      error != 0) {
    return absl::InternalError(address + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);
  const std::string what = address + ":" + service;
  const int descriptor = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return ErrnoStatus(what, errno);
  SetFlag(descriptor, SOL_SOCKET, SO_REUSEADDR);
  if (found->ai_family == AF_INET6) SetFlag(descriptor, IPPROTO_IPV6, IPV6_V6ONLY);
  if (::bind(descriptor, found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(descriptor, backlog) != 0) {
    const int error = errno;
    ::close(descriptor);
    return ErrnoStatus(what, error);
  }
  return ListeningSocket{found->ai_family, descriptor};
}

absl::StatusOr<ListeningSocket> ListenOnUnix(const std::string& path, unsigned permissions,
                                             int backlog) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError("unixsocket " + path + ": the path is longer than " +
                                      std::to_string(sizeof(address.sun_path) - 1) + " bytes");
  }
  path.copy(address.sun_path, path.size());
  struct stat existing = {};
  if (::lstat(path.c_str(), &existing) == 0 && S_ISSOCK(existing.st_mode)) ::unlink(path.c_str());
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return ErrnoStatus("unixsocket " + path, errno);
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      (permissions != 0 && ::chmod(path.c_str(), permissions) != 0) ||
      ::listen(descriptor, backlog) != 0) {
    const int error = errno;
    ::close(descriptor);
    return ErrnoStatus("unixsocket " + path, error);
  }
  return ListeningSocket{AF_UNIX, descriptor};
}

void PrepareTcpClient(int descriptor, int keepalive_seconds) {
  SetFlag(descriptor, IPPROTO_TCP, TCP_NODELAY);
  if (keepalive_seconds <= 0) return;
  SetFlag(descriptor, SOL_SOCKET, SO_KEEPALIVE);
  // A dead peer is noticed after twice the time: silence, then three probes.
  const int interval = std::max(keepalive_seconds / 3, 1);
  const int probes = 3;
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &keepalive_seconds, sizeof(keepalive_seconds));
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval));
  setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(probes));
}

Session::Peer DescribePeer(int descriptor, int family, const std::string& unix_path) {
  Session::Peer peer;
  peer.descriptor = descriptor;
  if (family == AF_UNIX) {
    peer.is_unix = true;
    peer.is_loopback = true;
    peer.is_private = true;
    peer.address = unix_path + ":0";
    peer.local_address = unix_path + ":0";
    return peer;
  }
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    peer.address = AddressText(address);
    peer.is_loopback = IsLoopback(address);
    peer.is_private = peer.is_loopback || IsPrivate(address);
  }
  size = sizeof(address);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0) {
    peer.local_address = AddressText(address);
  }
  return peer;
}

}  // namespace redstart
