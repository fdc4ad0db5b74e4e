#ifndef REDSTART_TESTS_SERVER_MIGRATION_FAKE_SERVER_H_
#define REDSTART_TESTS_SERVER_MIGRATION_FAKE_SERVER_H_

// A server that tests of MIGRATE talk to: it listens on a port of this machine, remembers what it
// is told, and answers what it was given.
//
// Its thread serves one connection after the other. `hook`, if set before anybody connects, is
// called on that thread before each reply.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "protocol/resp_value.h"

namespace redstart {

class FakeServer {
 public:
  // The replies to the first requests; "+OK" to all others. An empty one closes the connection.
  explicit FakeServer(std::deque<std::string> replies = {},
                      std::function<void(const std::string& request)> hook = nullptr)
      : replies_(std::move(replies)), hook_(std::move(hook)) {
    listening_ = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    listen(listening_, 8);
    socklen_t size = sizeof(address);
    getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this] { Serve(); });
  }
  ~FakeServer() {
    shutdown(listening_, SHUT_RDWR);
    {
      const std::lock_guard lock(mutex_);
      if (connection_ >= 0) shutdown(connection_, SHUT_RDWR);
    }
    thread_.join();
    close(listening_);
  }

  const std::string& port() const { return port_; }
  // What it was told so far: each request as one line.
  std::vector<std::string> requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  void Serve() {
    while (true) {
      const int connection = accept(listening_, nullptr, nullptr);
      if (connection < 0) return;
      {
        const std::lock_guard lock(mutex_);
        connection_ = connection;
      }
      ServeConnection(connection);
      const std::lock_guard lock(mutex_);
      close(std::exchange(connection_, -1));
    }
  }

  void ServeConnection(int connection) {
    std::string input;
    RespValueParser parser;
    while (true) {
      RespValue value;
      while (parser.Parse(input, &value) == RespValueParser::Status::kValue) {
        input.erase(0, parser.consumed());
        const std::string reply = Answer(value);
        if (reply.empty()) return;
        send(connection, reply.data(), reply.size(), MSG_NOSIGNAL);
      }
      input.erase(0, parser.consumed());
      char buffer[4096];
      const ssize_t size = recv(connection, buffer, sizeof(buffer), 0);
      if (size <= 0) return;
      input.append(buffer, static_cast<size_t>(size));
    }
  }

  std::string Answer(const RespValue& request) {
    std::string line;
    for (const RespValue& word : request.items()) {
      if (!line.empty()) line += ' ';
      // A payload is nothing to read.
      line += word.text().find('\0') == std::string::npos && word.text().size() < 32 ? word.text()
                                                                                     : "<bytes>";
    }
    if (hook_ != nullptr) hook_(line);
    const std::lock_guard lock(mutex_);
    requests_.push_back(line);
    if (replies_.empty()) return "+OK\r\n";
    std::string reply = std::move(replies_.front());
    replies_.pop_front();
    return reply;
  }

  int listening_;
  std::string port_;
  std::mutex mutex_;
  int connection_ = -1;
  std::deque<std::string> replies_;
  std::vector<std::string> requests_;
  const std::function<void(const std::string& request)> hook_;
  std::thread thread_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_MIGRATION_FAKE_SERVER_H_
