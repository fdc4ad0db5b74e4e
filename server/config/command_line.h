#ifndef REDSTART_SERVER_CONFIG_COMMAND_LINE_H_
#define REDSTART_SERVER_CONFIG_COMMAND_LINE_H_

// The command line of the server, which is redis-server's: an optional file, then options as --name
// value..., and '-' (first or last) to read standard input. The file counts least and the options
// most; options from the environment stand between (environment.h). The rules about which argument
// is a name and which a value are those of redis-server 7.2, quirks included, since start scripts
// rely on them.
//
// Used once, by the thread that starts the server.

#include <istream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "server/config/config.h"
#include "server/config/environment.h"

namespace redstart {

struct CommandLine {
  enum class Action { kServe, kPrintVersion, kPrintUsage, kCheckHealth, kRestore };

  Action action = Action::kServe;
  std::string config_file;  // as given; empty: none
  bool read_stdin = false;
  std::string option_lines;  // the options, as lines of a configuration file
  std::string restore_to;    // kRestore: the time, and where to; empty: only say what there is
  std::string restore_into;
};

// `arguments` are those after the program's name. The status of a failure is ready to be printed.
absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> arguments);

// Reads everything that the command line names. `input` is standard input.
absl::StatusOr<Config> LoadConfig(const CommandLine& command_line,
                                  const EnvironmentOptions& environment, std::istream& input);

// What --help and --version print, with a newline at the end.
std::string UsageText();
std::string VersionText();

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_COMMAND_LINE_H_
