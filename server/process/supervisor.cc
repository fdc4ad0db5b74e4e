#include "server/process/supervisor.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "server/observe/log.h"

namespace redstart {
namespace {

constexpr char kUpstart[] = "UPSTART_JOB";
constexpr char kSystemd[] = "NOTIFY_SOCKET";

bool AwaitUpstart() {
  if (std::getenv(kUpstart) == nullptr) {
    logging::Warning("upstart supervision requested, but UPSTART_JOB not found!");
    return false;
  }
  logging::Notice("supervised by upstart, will stop to signal readiness.");
  std::raise(SIGSTOP);
  unsetenv(kUpstart);
  return true;
}

// Sends one datagram to a socket by its path; '@' stands for the zero byte of an abstract one.
bool SendTo(std::string_view path, std::string_view message) {
  sockaddr_un address = {};
  if (path.empty() || path.size() >= sizeof(address.sun_path)) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  if (path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
  const ssize_t sent = sendto(descriptor, message.data(), message.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), size);
  const int error = errno;
  close(descriptor);
  errno = error;
  return sent == static_cast<ssize_t>(message.size());
}

}  // namespace

Supervisor Supervisor::Detect(Supervised wanted) {
  if (wanted == Supervised::kAuto) {
    if (std::getenv(kUpstart) != nullptr) {
      logging::Verbose("Upstart supervision detected.");
      wanted = Supervised::kUpstart;
    } else if (std::getenv(kSystemd) != nullptr) {
      logging::Verbose("Systemd supervision detected.");
      wanted = Supervised::kSystemd;
    }
  }
  if (wanted == Supervised::kUpstart && AwaitUpstart()) return Supervisor(wanted);
  if (wanted == Supervised::kSystemd) {
    if (std::getenv(kSystemd) != nullptr) {
      logging::Notice("supervised by systemd, will signal readiness");
      return Supervisor(wanted);
    }
    logging::Warning("systemd supervision requested, but NOTIFY_SOCKET not found!");
  }
  return Supervisor(Supervised::kNo);
}

std::string_view Supervisor::name() const {
  switch (kind_) {
    case Supervised::kUpstart:
      return "upstart";
    case Supervised::kSystemd:
      return "systemd";
    case Supervised::kAuto:
    case Supervised::kNo:
      break;
  }
  return "no";
}

void Supervisor::Tell(std::string_view message) const {
  if (kind_ != Supervised::kSystemd) return;
  const char* path = std::getenv(kSystemd);
  if (path == nullptr || !SendTo(path, message)) {
    logging::Warning("systemd supervision error: {}", std::strerror(errno));
  }
}

void Daemonize() {
  const pid_t child = fork();
  if (child < 0) return logging::Warning("Can't go to the background: {}", std::strerror(errno));
  if (child > 0) _exit(EXIT_SUCCESS);
  setsid();
  const int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null, standard);
  if (null > STDERR_FILENO) close(null);
}

}  // namespace redstart
