#include "server/process/process_title.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace redstart {
namespace {

// The address that clients connect to, or else the path of the socket.
std::string ListenAddress(const Config& config) {
  const int port = config.port != 0 ? config.port : config.tls_port;
  if (port == 0) return config.unixsocket.empty() ? "" : "unixsocket:" + config.unixsocket;
  const std::string address = config.bind.empty() ? "*" : config.bind[0];
  return address + ':' + std::to_string(port);
}

std::string ValueOf(std::string_view variable, const Config& config, std::string_view title,
                    std::string_view config_file) {
  if (variable == "title") return std::string(title);
  if (variable == "listen-addr") return ListenAddress(config);
  if (variable == "server-mode") return config.cluster_enabled ? "[cluster]" : "";
  if (variable == "port") return std::to_string(config.port);
  if (variable == "tls-port") return std::to_string(config.tls_port);
  if (variable == "unixsocket") return config.unixsocket;
  if (variable == "config-file") return config_file.empty() ? "-" : std::string(config_file);
  return "";
}

}  // namespace

ProcessTitle ProcessTitle::Claim(int argc, char** argv) {
  if (argc == 0) return {nullptr, 0};
  char* begin = argv[0];
  char* end = begin;
  // Only what lies in one piece; an embedder may have put something elsewhere.
  const auto extend = [&](char** strings) {
    for (; *strings != nullptr && *strings == end; ++strings) {
      end = *strings + std::strlen(*strings) + 1;
      *strings = strdup(*strings);
    }
  };
  extend(argv);
  extend(environ);
  return {begin, static_cast<size_t>(end - begin)};
}

void ProcessTitle::Set(std::string_view title) const {
  if (size_ == 0) return;
  const size_t length = std::min(title.size(), size_ - 1);
  std::memcpy(begin_, title.data(), length);
  std::memset(begin_ + length, 0, size_ - length);
}

std::string ExpandTitle(const Config& config, std::string_view title,
                        std::string_view config_file) {
  std::string text;
  std::string_view rest = config.proc_title_template;
  while (!rest.empty()) {
    const size_t open = std::min(rest.find('{'), rest.size());
    text.append(rest.substr(0, open));
    rest.remove_prefix(open);
    if (rest.starts_with("{{")) {
      text += '{';
      rest.remove_prefix(2);
    } else if (!rest.empty()) {
      const size_t close = std::min(rest.find('}'), rest.size() - 1);
      text += ValueOf(rest.substr(1, close - 1), config, title, config_file);
      rest.remove_prefix(close + 1);
    }
  }
  const size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace redstart
