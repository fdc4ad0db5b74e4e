#include <climits>
#include <cstdlib>
#include <string>
#include <vector>

#include "server/config/options.h"

namespace redstart {
namespace {

constexpr size_t kMaxBindAddresses = 16;

absl::Status ParseBind(Words words, Config& config) {
  if (words.size() > kMaxBindAddresses) {
    return absl::InvalidArgumentError("Too many bind addresses specified.");
  }
  config.bind.clear();
  if (words.size() == 1 && words[0].empty()) return absl::OkStatus();  // bind "": no address at all
  config.bind.assign(words.begin(), words.end());
  return absl::OkStatus();
}

std::string FormatBind(const Config& config) {
  std::string text;
  for (const std::string& address : config.bind) {
    if (!text.empty()) text += ' ';
    text += address;
  }
  return text;
}

// Redis prints "slave" to this day; both names are read.
constexpr std::string_view kClassNames[kClientClassCount] = {"normal", "slave", "pubsub"};

int FindClass(std::string_view name) {
  if (EqualsIgnoreCase(name, "replica")) return kClientReplica;
  for (int i = 0; i < kClientClassCount; ++i) {
    if (EqualsIgnoreCase(name, kClassNames[i])) return i;
  }
  return -1;
}

bool ParseLimit(const std::string* words, OutputBufferLimit* limit) {
  uint64_t hard = 0;
  uint64_t soft = 0;
  int64_t seconds = 0;
  if (!ParseMemory(words[0], &hard) || !std::in_range<int64_t>(hard)) return false;
  if (!ParseMemory(words[1], &soft) || !std::in_range<int64_t>(soft)) return false;
  if (!ParseInteger(words[2], &seconds) || seconds < 0) return false;
  *limit = {static_cast<int64_t>(hard), static_cast<int64_t>(soft), seconds};
  return true;
}

// Any number of groups of <class> <hard> <soft> <seconds>; classes that are not named keep their
// limits.
absl::Status ParseOutputLimits(Words words, Config& config) {
  if (words.size() % 4 != 0) {
    return absl::InvalidArgumentError("Wrong number of arguments in buffer limit configuration.");
  }
  for (size_t i = 0; i < words.size(); i += 4) {
    const int client_class = FindClass(words[i]);
    if (client_class < 0) {
      return absl::InvalidArgumentError(
          "Invalid client class specified in buffer limit configuration.");
    }
    OutputBufferLimit limit;
    if (!ParseLimit(&words[i + 1], &limit)) {
      return absl::InvalidArgumentError(
          "Error in hard, soft or soft_seconds setting in buffer limit configuration.");
    }
    config.client_output_buffer_limit[static_cast<size_t>(client_class)] = limit;
  }
  return absl::OkStatus();
}

std::vector<std::string> LinesOfOutputLimits(const Config& config) {
  std::vector<std::string> lines;
  for (size_t i = 0; i < kClientClassCount; ++i) {
    const OutputBufferLimit& limit = config.client_output_buffer_limit[i];
    lines.push_back(std::string(kClassNames[i]) + ' ' + std::to_string(limit.hard_bytes) + ' ' +
                    std::to_string(limit.soft_bytes) + ' ' + std::to_string(limit.soft_seconds));
  }
  return lines;
}

std::string FormatOutputLimits(const Config& config) {
  std::string text;
  for (const std::string& line : LinesOfOutputLimits(config)) {
    if (!text.empty()) text += ' ';
    text += line;
  }
  return text;
}

constexpr int64_t kMiB = 1 << 20;

constexpr Spelling kProtectedModes[] = {
    {"no", static_cast<int>(ProtectedMode::kNo)},
    {"yes", static_cast<int>(ProtectedMode::kYes)},
    {"private", static_cast<int>(ProtectedMode::kPrivate)},
};

constexpr Option kRows[] = {
    {.name = "bind", .value = SpecialValue{ParseBind, FormatBind}, .flags = kMultiWord},
    {.name = "port", .value = Integer<&Config::port>(0, 65535)},
    {.name = "unixsocket", .value = Text(&Config::unixsocket), .flags = kImmutable},
    {.name = "unixsocketperm",
     .value = Number<&Config::unixsocketperm>(NumberForm::kOctal, 0, 0777),
     .flags = kImmutable},
    {.name = "tcp-backlog",
     .value = Integer<&Config::tcp_backlog>(0, INT_MAX),
     .flags = kImmutable},
    {.name = "tcp-keepalive", .value = Integer<&Config::tcp_keepalive>(0, INT_MAX)},
    {.name = "timeout", .value = Integer<&Config::timeout>(0, INT_MAX)},
    {.name = "maxclients", .value = Integer<&Config::maxclients>(1, UINT_MAX)},
    {.name = "protected-mode", .value = Choice<&Config::protected_mode>(kProtectedModes)},
    {.name = "socket-mark-id",
     .value = Integer<&Config::socket_mark_id>(0, UINT_MAX),
     .flags = kImmutable,
     .support = Support::kRefused,
     .why = "sockets are not marked yet, and a firewall may count on the mark"},
    {.name = "bind-source-addr",
     .value = Text(&Config::bind_source_addr),
     .support = Support::kNoEffect,
     .why = "it concerns connections to a master or to cluster nodes, which are not built yet"},
    {.name = "io-threads", .value = Integer<&Config::io_threads>(1, 128), .flags = kImmutable},
    {.name = "io-threads-do-reads",
     .value = Bool(&Config::io_threads_do_reads),
     .flags = kImmutable,
     .support = Support::kNoEffect,
     .why = "every I/O thread reads, executes and writes for its own clients"},
    {.name = "proto-max-bulk-len", .value = Memory<&Config::proto_max_bulk_len>(kMiB, LONG_MAX)},
    {.name = "client-query-buffer-limit",
     .value = Memory<&Config::client_query_buffer_limit>(kMiB, LONG_MAX)},
    {.name = "client-output-buffer-limit",
     .value = SpecialValue{ParseOutputLimits, FormatOutputLimits, LinesOfOutputLimits},
     .flags = kMultiWord},
};

}  // namespace

std::span<const Option> NetworkOptions() {
  return kRows;
}

}  // namespace redstart
