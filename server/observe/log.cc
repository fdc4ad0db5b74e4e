#include "server/observe/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <memory>
#include <mutex>
#include <system_error>

#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/base_sink.h"

namespace redstart::logging {
namespace {

// Redis has a level between spdlog's debug and info, and none between its warning and off.
spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::trace;
    case LogLevel::kVerbose:
      return spdlog::level::debug;
    case LogLevel::kNotice:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kNothing:
      break;
  }
  return spdlog::level::off;
}

int ToSyslog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace:
      return LOG_DEBUG;
    case spdlog::level::debug:
      return LOG_INFO;
    case spdlog::level::info:
      return LOG_NOTICE;
    default:
      return LOG_WARNING;
  }
}

int ToSyslog(SyslogFacility facility) {
  constexpr int kFacilities[] = {LOG_USER,   LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3,
                                 LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7};
  return kFacilities[static_cast<size_t>(facility)];
}

std::atomic<int> log_descriptor{STDOUT_FILENO};
std::atomic<bool> to_syslog{false};

std::atomic<char> role_letter{'M'};

class RoleFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg&, const std::tm&,
              spdlog::memory_buf_t& line) override {
    line.push_back(role_letter.load(std::memory_order_relaxed));
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<RoleFlag>();
  }
};

class LevelFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& line) override {
    line.push_back(std::string_view(".-*##")[message.level < 4 ? message.level : 4]);
  }
  std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<LevelFlag>();
  }
};

std::unique_ptr<spdlog::formatter> MakeFormatter() {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<RoleFlag>('*').add_flag<LevelFlag>('&');
  formatter->set_pattern("%P:%* %d %b %Y %H:%M:%S.%e %& %v");
  return formatter;
}

// Writes whole lines to a file descriptor. base_sink's mutex guards all of it.
class DescriptorSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  DescriptorSink() { formatter_ = MakeFormatter(); }
  ~DescriptorSink() override { Close(); }

  absl::Status Open(const std::string& file) {
    const std::lock_guard lock(mutex_);
    if (file.empty()) {
      Close();
      file_.clear();
      return absl::OkStatus();
    }
    std::error_code ignored;
    // The server changes its working directory when `dir` is set; the log stays where it is.
    const std::string path = std::filesystem::absolute(file, ignored).string();
    const int descriptor = OpenForAppend(path);
    if (descriptor < 0) {
      return absl::InvalidArgumentError(std::string("Can't open the log file: ") +
                                        std::strerror(errno));
    }
    Adopt(descriptor);
    file_ = path;
    return absl::OkStatus();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    if (!file_.empty() && !LeadsToOpenFile()) {
      // If it cannot be created now, go on writing to the old file rather than lose lines.
      if (const int descriptor = OpenForAppend(file_); descriptor >= 0) Adopt(descriptor);
    }
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    WriteAll(std::string_view(line.data(), line.size()));
    if (!to_syslog.load(std::memory_order_relaxed)) return;
    syslog(ToSyslog(message.level), "%.*s", static_cast<int>(message.payload.size()),
           message.payload.data());
  }

  void flush_() override {}  // nothing is buffered

 private:
  static int OpenForAppend(const std::string& path) {
    return open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
  }

  void Adopt(int descriptor) {
    Close();
    descriptor_ = descriptor;
    log_descriptor.store(descriptor, std::memory_order_relaxed);
    struct stat facts;
    if (fstat(descriptor, &facts) == 0) {
      device_ = facts.st_dev;
      inode_ = facts.st_ino;
    }
  }

  void Close() {
    if (descriptor_ != STDOUT_FILENO) close(descriptor_);
    descriptor_ = STDOUT_FILENO;
    log_descriptor.store(descriptor_, std::memory_order_relaxed);
  }

  bool LeadsToOpenFile() const {
    struct stat facts;
    return stat(file_.c_str(), &facts) == 0 && facts.st_dev == device_ && facts.st_ino == inode_;
  }

  // A log that cannot be written has nowhere to say so; the line is dropped.
  void WriteAll(std::string_view text) {
    while (!text.empty()) {
      const ssize_t written = write(descriptor_, text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return;
      text.remove_prefix(static_cast<size_t>(written));
    }
  }

  int descriptor_ = STDOUT_FILENO;
  std::string file_;  // absolute; empty: standard output
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

struct Log {
  std::shared_ptr<DescriptorSink> sink = std::make_shared<DescriptorSink>();
  spdlog::logger logger{"redstart", sink};

  Log() { logger.set_level(spdlog::level::info); }
};

// Never destroyed: threads may still log while the process ends.
Log& TheLog() {
  static Log* const log = new Log;
  return *log;
}

}  // namespace

absl::Status Open(const std::string& file) {
  return TheLog().sink->Open(file);
}

void AlsoToSyslog(const std::string& ident, SyslogFacility facility) {
  // syslog(3) keeps the address.
  static const auto* const kept = new std::string(ident);
  openlog(kept->c_str(), LOG_PID | LOG_NDELAY | LOG_NOWAIT, ToSyslog(facility));
  to_syslog.store(true, std::memory_order_relaxed);
}

int Descriptor() {
  return log_descriptor.load(std::memory_order_relaxed);
}

void SetLevel(LogLevel level) {
  TheLog().logger.set_level(ToSpdlog(level));
}

bool Enabled(LogLevel level) {
  return TheLog().logger.should_log(ToSpdlog(level));
}

void SetRole(char role) {
  role_letter.store(role, std::memory_order_relaxed);
}

void Write(LogLevel level, std::string_view text) {
  TheLog().logger.log(ToSpdlog(level), spdlog::string_view_t(text.data(), text.size()));
}

}  // namespace redstart::logging
