#ifndef REDSTART_SERVER_OBSERVE_LOG_H_
#define REDSTART_SERVER_OBSERVE_LOG_H_

// The server's log, in the line format of redis-server, which log shippers and test suites parse:
//
//   12345:M 22 Nov 2026 17:36:57.123 * Ready to accept connections
//   pid:role, local time, and . for debug, - for verbose, * for notice, # for warning
//
// One log per process. Any thread may write; a line is one write(2), so lines never mix. A log file
// is opened anew when its name no longer leads to the open file, so that logrotate may simply
// rename it. Never log while holding a shard's lock. A line is one line: line breaks in a message
// are written as they are, so do not log what clients sent.

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "server/config/config.h"
#include "spdlog/fmt/fmt.h"

namespace redstart::logging {

// Where lines go: `file`, created if need be, or standard output if it is empty. On failure the log
// stays as it was. A relative name is taken from the working directory of this moment.
absl::Status Open(const std::string& file);

// Sends every line to syslog(3) as well, from now on. Call it once, before there are other threads.
void AlsoToSyslog(const std::string& ident, SyslogFacility facility);

// Where lines go at this moment; for handlers of signals, which can use nothing else here.
int Descriptor();

// The lowest level that is written. At first: notice.
void SetLevel(LogLevel level);
bool Enabled(LogLevel level);

// M (master, at first), S (replica) or C (a child process).
void SetRole(char role);

// Writes `text` if its level is enabled. REQUIRES: not kNothing.
void Write(LogLevel level, std::string_view text);

template <typename... Args>
void Format(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (Enabled(level)) Write(level, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void Debug(fmt::format_string<Args...> format, Args&&... args) {
  Format(LogLevel::kDebug, format, std::forward<Args>(args)...);
}

template <typename... Args>
void Verbose(fmt::format_string<Args...> format, Args&&... args) {
  Format(LogLevel::kVerbose, format, std::forward<Args>(args)...);
}

template <typename... Args>
void Notice(fmt::format_string<Args...> format, Args&&... args) {
  Format(LogLevel::kNotice, format, std::forward<Args>(args)...);
}

template <typename... Args>
void Warning(fmt::format_string<Args...> format, Args&&... args) {
  Format(LogLevel::kWarning, format, std::forward<Args>(args)...);
}

}  // namespace redstart::logging

#endif  // REDSTART_SERVER_OBSERVE_LOG_H_
