#ifndef REDSTART_TESTS_WIRE_SERVER_PROCESS_H_
#define REDSTART_TESTS_WIRE_SERVER_PROCESS_H_

// The real redstart-server as a child process, on a free port and in a temporary directory of its
// own; killed, reaped and swept away at the end. REDSTART_SERVER_BINARY is its path.
//
// Nothing waits by sleeping and hoping: WaitUntil asks again and again until a deadline that is
// generous enough for a sanitized build on a busy machine.

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace redstart {

inline constexpr auto kPatience = std::chrono::seconds(60);

// Whether `condition` became true in time.
inline bool WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

inline std::string ReadWholeFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A port that nobody listens on at this moment.
inline int FreePort() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

// A program that runs in a directory, with both outputs in one file there.
class ChildProcess {
 public:
  ChildProcess(std::vector<std::string> words, const std::string& output_file) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, output_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0600);
    posix_spawn_file_actions_adddup2(&actions, 1, 2);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    posix_spawn_file_actions_destroy(&actions);
  }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess() {
    if (pid_ < 0 || status_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  pid_t pid() const { return pid_; }
  void Signal(int signal) const { ::kill(pid_, signal); }
  bool HasEnded() {
    int status = 0;
    if (!status_ && ::waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
    return status_.has_value();
  }
  // The exit code, minus the signal that ended it, or nothing if it still runs after all patience.
  std::optional<int> Wait() {
    if (!WaitUntil([this] { return HasEnded(); })) return std::nullopt;
    return WIFEXITED(*status_) ? WEXITSTATUS(*status_) : -WTERMSIG(*status_);
  }

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = testing::TempDir() + "redstart.XXXXXX";
    path_ = ::mkdtemp(pattern.data()) == nullptr ? "" : pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }
  std::string File(const std::string& name) const { return path_ + '/' + name; }

 private:
  std::string path_;
};

class ServerProcess {
 public:
  // `options` follow the port and directory on the command line, so they can override them.
  explicit ServerProcess(const std::vector<std::string>& options = {}) {
    // Somebody else may take the port in between: then another one is tried.
    for (int tries = 0; tries < 5; ++tries) {
      port_ = FreePort();
      std::vector<std::string> words = {REDSTART_SERVER_BINARY,
                                        "--port",
                                        std::to_string(port_),
                                        "--dir",
                                        directory_.path(),
                                        "--save",
                                        ""};
      words.insert(words.end(), options.begin(), options.end());
      process_.emplace(words, log_file());
      WaitUntil([this] { return IsReady() || process_->HasEnded(); });
      if (IsReady()) return;
    }
    ADD_FAILURE() << "the server does not start: " << Log();
  }

  int port() const { return port_; }
  ChildProcess& process() { return *process_; }
  const TemporaryDirectory& directory() const { return directory_; }
  std::string log_file() const { return directory_.File("stdout"); }
  std::string Log() const { return ReadWholeFile(log_file()); }

  // Processor time that it has used so far.
  double CpuSeconds() const {
    const std::string facts = ReadWholeFile("/proc/" + std::to_string(process_->pid()) + "/stat");
    // The program's name, in parentheses, is the second field; times are the 14th and 15th.
    std::istringstream fields(facts.substr(facts.rfind(')') + 1));
    std::string skipped;
    for (int field = 3; field < 14; ++field) fields >> skipped;
    double user = 0;
    double system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  // Resident memory in bytes.
  size_t ResidentBytes() const {
    std::istringstream numbers(
        ReadWholeFile("/proc/" + std::to_string(process_->pid()) + "/statm"));
    size_t total = 0;
    size_t resident = 0;
    numbers >> total >> resident;
    return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  }

 private:
  bool IsReady() const { return Log().find("Ready to accept") != std::string::npos; }

  TemporaryDirectory directory_;
  int port_ = 0;
  std::optional<ChildProcess> process_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_WIRE_SERVER_PROCESS_H_
