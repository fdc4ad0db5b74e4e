#ifndef REDSTART_SERVER_NET_LISTENER_H_
#define REDSTART_SERVER_NET_LISTENER_H_

// The listening sockets, and who gets the connections they accept.
//
// Owned by the server, used on the first I/O thread only. One acceptor per address hands each
// socket to the thread with the fewest connections: SO_REUSEPORT would spread few long-lived
// connections badly.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "server/net/asio.h"
#include "server/net/io_thread.h"

namespace redstart {

class Listener {
 public:
  // `threads` outlive the listener; accepting happens on threads[0].
  explicit Listener(std::vector<IoThread*> threads);
  ~Listener();

  // Listens as the configuration says, in place of what was listened on before. On an error
  // what was listened on before is opened again.
  absl::Status Open(const Config& config);
  void Close();
  // The addresses that are listened on, for the log and the process title.
  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  struct Socket {
    int family;
    std::unique_ptr<Descriptor> descriptor;
    SteadyTimer pause;      // Until descriptors may be free again.
    std::string unix_path;  // Removed when the socket is closed.
  };

  absl::Status OpenAll(const Config& config);
  absl::Status OpenTcp(const Config& config, std::vector<std::shared_ptr<Socket>>* sockets,
                       std::vector<std::string>* addresses);
  absl::Status OpenUnix(const Config& config, std::vector<std::shared_ptr<Socket>>* sockets);
  std::shared_ptr<Socket> Wrap(int family, int descriptor, std::string unix_path);
  void WaitForClients(const std::shared_ptr<Socket>& socket);
  // False if the process has no descriptors left.
  bool AcceptAll(const Socket& socket);
  void Welcome(const Socket& socket, int descriptor);
  // What a new client is told that is not served, or nothing.
  std::string_view RefusalOf(const Session::Peer& peer, const Config& config) const;
  IoThread* LeastBusyThread() const;

  std::vector<IoThread*> threads_;
  std::vector<std::shared_ptr<Socket>> sockets_;
  std::vector<std::string> addresses_;
  std::unique_ptr<const Config> last_good_;  // What sockets_ were opened by.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_NET_LISTENER_H_
