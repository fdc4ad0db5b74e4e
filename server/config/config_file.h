#ifndef REDSTART_SERVER_CONFIG_CONFIG_FILE_H_
#define REDSTART_SERVER_CONFIG_CONFIG_FILE_H_

// Builds a Config from configuration files, standard input and the command line, in the order in
// which they are added: what comes later wins.
//
// The grammar is that of redis.conf: one directive per line, '#' begins a comment line, words as in
// words.h, and `include` with a path or a glob. A glob that matches nothing is no error, a missing
// file is. Nothing is guessed and nothing is ignored: an unknown directive, a wrong value, or an
// option that Redstart must refuse ends the start.
//
// Ownership. A loader is used once, by the thread that starts the server. It changes nothing but
// its own Config.

#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/config/config.h"
#include "server/config/option_value.h"

namespace redstart {

struct Option;

class ConfigLoader {
 public:
  // `start` is what holds for options that nobody sets.
  explicit ConfigLoader(Config start = DefaultConfig()) : config_(std::move(start)) {}

  // The file, or the files that a glob matches. The status of a failure is ready to be printed:
  // which file, which line, the line itself, and what is wrong with it.
  absl::Status AddFile(const std::string& path);

  // Lines that come from elsewhere; `source` names them in errors ("standard input", "command
  // line").
  absl::Status AddText(std::string_view text, const std::string& source);

  const Config& config() const { return config_; }

 private:
  absl::Status AddOneFile(const std::string& path);
  absl::Status AddLine(std::string_view line);
  absl::Status AddOption(const Option& option, Words words);
  absl::Status AddDirective(Words words);

  Config config_;
  absl::flat_hash_set<const Option*> seen_;
  int depth_ = 0;      // of include
  std::string place_;  // Of the line that is being added.
};

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_CONFIG_FILE_H_
