#include "server/config/command_line.h"

#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "server/config/config_file.h"
#include "server/config/option_value.h"
#include "server/config/options.h"
#include "server/config/words.h"

namespace redstart {
namespace {

bool StartsWithDashes(const std::string& argument) {
  return argument.starts_with("--");
}

// Turns arguments into lines: "--port 7000 --save ''" is "port 7000\nsave \"\"".
class OptionLines {
 public:
  explicit OptionLines(absl::Span<const std::string> arguments) : arguments_(arguments) {}

  // `first` is where options begin. Sets `read_stdin` for a '-' that is the very first or the last
  // argument.
  std::string Build(size_t first, bool* read_stdin) {
    for (size_t i = first; i < arguments_.size(); ++i) {
      const std::string& argument = arguments_[i];
      const bool at_edge = i == 0 || i + 1 == arguments_.size();
      if (argument == "-" && at_edge) {
        *read_stdin = true;
      } else if (has_value_ && StartsWithDashes(argument)) {
        AddName(i);
      } else {
        lines_ += QuoteWord(argument) + ' ';
        has_value_ = true;
      }
    }
    return std::move(lines_);
  }

 private:
  // An argument with dashes is a name only once the option before it has a value, so that a value
  // may begin with dashes too. --save and --sentinel may do without one.
  void AddName(size_t i) {
    const std::string& argument = arguments_[i];
    if (!lines_.empty()) lines_ += '\n';
    lines_ += argument.substr(2) + ' ';
    const std::optional<std::vector<std::string>> words = SplitWords(argument);
    if (!words || words->size() != 1) return;  // "--port 7000" in one argument
    const bool last = i + 1 == arguments_.size();
    const bool name_follows = !last && StartsWithDashes(arguments_[i + 1]);
    has_value_ = false;
    if (EqualsIgnoreCase(argument, "--save") && (last || name_follows)) {
      lines_ += "\"\"";
      has_value_ = true;
    } else if (EqualsIgnoreCase(argument, "--sentinel") && name_follows) {
      has_value_ = true;
    }
  }

  absl::Span<const std::string> arguments_;
  std::string lines_;
  bool has_value_ = true;
};

// What follows --restore-to: a time, a folder or --dry-run, and what describes the source.
absl::StatusOr<CommandLine> ParseRestore(absl::Span<const std::string> arguments) {
  if (arguments.size() < 2) {
    return absl::InvalidArgumentError(
        "--restore-to needs a time, and a folder or --dry-run; see --help.");
  }
  auto parsed = ParseCommandLine(arguments.subspan(2));
  if (!parsed.ok()) return parsed;
  parsed->action = CommandLine::Action::kRestore;
  parsed->restore_to = arguments[0];
  if (arguments[1] != "--dry-run") parsed->restore_into = arguments[1];
  return parsed;
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(absl::Span<const std::string> arguments) {
  CommandLine result;
  if (arguments.empty()) return result;
  const std::string& first = arguments[0];
  if (first == "-v" || first == "--version") {
    result.action = CommandLine::Action::kPrintVersion;
    return result;
  }
  if (first == "-h" || first == "--help") {
    result.action = CommandLine::Action::kPrintUsage;
    return result;
  }
  if (first == "--test-memory") {
    return absl::InvalidArgumentError("There is no memory test here; use memtester or memtest86+.");
  }
  if (first == "--check-system") {
    return absl::InvalidArgumentError("There is no check of the system here.");
  }
  if (first == "--healthcheck") {
    auto checked = ParseCommandLine(arguments.subspan(1));
    if (checked.ok()) checked->action = CommandLine::Action::kCheckHealth;
    return checked;
  }
  if (first == "--restore-to") return ParseRestore(arguments.subspan(1));
  size_t next = 0;
  if (!first.starts_with('-')) {
    result.config_file = first;
    next = 1;
  }
  result.option_lines = OptionLines(arguments).Build(next, &result.read_stdin);
  return result;
}

absl::StatusOr<Config> LoadConfig(const CommandLine& command_line,
                                  const EnvironmentOptions& environment, std::istream& input) {
  ConfigLoader loader;
  if (absl::Status status = loader.AddText(environment.defaults, "the environment"); !status.ok()) {
    return status;
  }
  if (!command_line.config_file.empty()) {
    if (absl::Status status = loader.AddFile(command_line.config_file); !status.ok()) return status;
  }
  if (command_line.read_stdin) {
    const std::string text(std::istreambuf_iterator<char>(input), {});
    if (absl::Status status = loader.AddText(text, "standard input"); !status.ok()) return status;
  }
  if (absl::Status status = loader.AddText(environment.options, "the environment"); !status.ok()) {
    return status;
  }
  if (absl::Status status = loader.AddText(command_line.option_lines, "the command line");
      !status.ok()) {
    return status;
  }
  return loader.config();
}

std::string UsageText() {
  return "Usage: redstart-server [file.conf] [--option value ...] [-]\n"
         "\n"
         "  file.conf          configuration file, in the format of redis.conf\n"
         "  --option value     an option of the file, for this run; counts more than the file\n"
         "  -                  (first or last) read more configuration from standard input\n"
         "  --healthcheck      (first) ask the server that these options describe, or else the one "
         "that\n"
         "                     is process 1, whether it answers; exit status 0 if it does\n"
         "  --restore-to TIME FOLDER\n"
         "                     (first) make an append-only file in FOLDER that ends with the "
         "second "
         "TIME\n"
         "                     (\"2026-01-31 12:00:00\" in UTC, or a number), out of the one that "
         "the options\n"
         "                     describe; --dry-run instead of FOLDER says what there is to "
         "restore\n"
         "  -v, --version      print the version\n"
         "  -h, --help         print this text\n"
         "\n"
         "Examples:\n"
         "  redstart-server\n"
         "  redstart-server /etc/redstart.conf --loglevel verbose\n"
         "  redstart-server --port 7000 --bind 127.0.0.1 ::1\n"
         "  echo 'port 7000' | redstart-server -\n";
}

std::string VersionText() {
#if defined(REDSTART_JEMALLOC)
  constexpr std::string_view kAllocator = "jemalloc";
#else
  constexpr std::string_view kAllocator = "libc";
#endif
  return "Redstart server v=" REDSTART_VERSION " malloc=" + std::string(kAllocator) +
         " bits=" + std::to_string(sizeof(void*) * 8) + '\n';
}

}  // namespace redstart
