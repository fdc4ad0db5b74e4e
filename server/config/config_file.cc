#include "server/config/config_file.h"

#include <glob.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/config/options.h"
#include "server/config/words.h"

namespace redstart {
namespace {

// Deeper than anyone nests on purpose, and shallow enough to end a file that includes itself.
constexpr int kMaxIncludeDepth = 16;

absl::Status Invalid(std::string reason) {
  return absl::InvalidArgumentError(std::move(reason));
}

std::string_view Trim(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

// Errors pass through several levels of include; only the innermost says where it happened.
bool IsReport(const absl::Status& status) {
  return status.code() == absl::StatusCode::kAborted;
}

absl::Status Report(const std::string& source, size_t line_number, std::string_view line,
                    const absl::Status& reason) {
  // The first words of the second line are Redis's, so that scripts which look for them still find
  // them.
  return absl::AbortedError("*** FATAL CONFIG FILE ERROR (Redstart " REDSTART_VERSION
                            ") ***\nReading the configuration file, at line " +
                            std::to_string(line_number) + " of " + source + "\n>>> '" +
                            std::string(line) + "'\n" + std::string(reason.message()));
}

// What a line shows in an error: all of it, but no passwords.
std::string Shown(std::string_view line) {
  const size_t end = line.find_first_of(" \t");
  const std::string_view name = line.substr(0, end);
  const Option* option = FindOption(name);
  const bool secret = option != nullptr ? option->Has(kSensitive) : EqualsIgnoreCase(name, "user");
  if (!secret || end == std::string_view::npos) return std::string(line);
  return std::string(name) + " (hidden)";
}

// Directives that are no options. All but `include` are refused: to ignore them would open what
// they close.
struct RefusedDirective {
  std::string_view name;
  std::string_view why;
};
constexpr RefusedDirective kRefusedDirectives[] = {
    {"user",
     "users and ACL rules are not built yet; `requirepass` sets the password of all clients"},
    {"loadmodule", "modules cannot be loaded"},
    {"sentinel", "there is no Sentinel mode"},
};

// Redis accepts these with one argument and does nothing.
constexpr std::string_view kForgottenDirectives[] = {
    "list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands"};

absl::Status CannotOpen(const std::string& path, int error) {
  return absl::AbortedError("Fatal error, can't open config file '" + path +
                            "': " + std::strerror(error));
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

absl::Status ReadWhole(const std::string& path, std::string* text) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "re"));
  if (file == nullptr) return CannotOpen(path, errno);
  char buffer[4096];
  while (const size_t n = std::fread(buffer, 1, sizeof(buffer), file.get()))
    text->append(buffer, n);
  // A folder can be opened, but not read.
  if (std::ferror(file.get()) != 0) return CannotOpen(path, errno);
  return absl::OkStatus();
}

std::vector<std::string> FilesMatching(const std::string& pattern) {
  std::vector<std::string> paths;
  glob_t matches;
  if (glob(pattern.c_str(), 0, nullptr, &matches) == 0) {
    paths.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  }
  globfree(&matches);
  return paths;
}

}  // namespace

absl::Status ConfigLoader::AddFile(const std::string& path) {
  if (path.find_first_of("*?[") == std::string::npos) return AddOneFile(path);
  for (const std::string& match : FilesMatching(path)) {
    if (absl::Status status = AddOneFile(match); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status ConfigLoader::AddOneFile(const std::string& path) {
  if (depth_ >= kMaxIncludeDepth) {
    return Invalid("include is nested more than " + std::to_string(kMaxIncludeDepth) +
                   " times deep; does a file include itself?");
  }
  std::string text;
  if (absl::Status status = ReadWhole(path, &text); !status.ok()) return status;
  ++depth_;
  absl::Status status = AddText(text, path);
  --depth_;
  return status;
}

absl::Status ConfigLoader::AddText(std::string_view text, const std::string& source) {
  size_t number = 0;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const std::string_view line = Trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    place_ = "at line " + std::to_string(number) + " of " + source;
    const absl::Status status = AddLine(line);
    if (!status.ok())
      return IsReport(status) ? status : Report(source, number, Shown(line), status);
  }
  return absl::OkStatus();
}

absl::Status ConfigLoader::AddLine(std::string_view line) {
  const std::optional<std::vector<std::string>> words = SplitWords(line);
  if (!words) return Invalid("Unbalanced quotes in configuration line");
  if (words->empty()) return absl::OkStatus();
  const Option* option = FindOption(words->front());
  if (option == nullptr) return AddDirective(*words);

  const Words values = Words(*words).subspan(1);
  if (!option->Has(kMultiWord)) {
    if (values.size() != 1) return Invalid("wrong number of arguments");
    return AddOption(*option, values);
  }
  // One quoted argument stands for all of its words: --save "900 1 60 1000".
  if (values.size() == 1 && !values[0].empty()) {
    const std::optional<std::vector<std::string>> inner = SplitWords(values[0]);
    if (!inner) return Invalid("Unbalanced quotes in configuration line");
    return AddOption(*option, *inner);
  }
  return AddOption(*option, values);
}

absl::Status ConfigLoader::AddOption(const Option& option, Words words) {
  const bool first = seen_.insert(&option).second;
  // Save points add up from line to line until an empty one forgets them; the first line forgets
  // the defaults.
  const bool empty = words.empty() || (words.size() == 1 && words[0].empty());
  if (option.name != "save" || first || empty || config_.save.empty()) {
    return SetOption(option, words, config_);
  }
  std::vector<SavePoint> all = config_.save;
  if (absl::Status status = SetOption(option, words, config_); !status.ok()) return status;
  all.insert(all.end(), config_.save.begin(), config_.save.end());
  config_.save = std::move(all);
  return absl::OkStatus();
}

absl::Status ConfigLoader::AddDirective(Words words) {
  const std::string name = LowerCase(words[0]);
  if (name == "include" && words.size() == 2) return AddFile(words[1]);
  if (name == "rename-command" && words.size() == 3) {
    config_.renamed_commands.push_back({words[1], words[2], place_});
    return absl::OkStatus();
  }
  if (words.size() == 2 &&
      std::ranges::find(kForgottenDirectives, name) != std::end(kForgottenDirectives)) {
    return absl::OkStatus();
  }
  for (const RefusedDirective& refused : kRefusedDirectives) {
    if (name == refused.name) {
      return Invalid("'" + name + "' is refused: " + std::string(refused.why));
    }
  }
  if (name.find('.') != std::string::npos && FindOption(name) == nullptr) {
    return Invalid("'" + name + "' looks like an option of a module, and modules cannot be loaded");
  }
  std::string reason = "Bad directive or wrong number of arguments";
  if (const size_t equals = name.find('='); equals != std::string::npos) {
    const std::string before = name.substr(0, equals);
    if (FindOption(before) != nullptr) {
      return Invalid(reason + ". Write '" + before + "' and its value apart, without '='");
    }
  }
  if (const std::string_view nearest = NearestOptionName(name); !nearest.empty()) {
    reason += ". Did you mean '" + std::string(nearest) + "'?";
  } else if (name != "include") {
    reason += ". There is no option '" + name + "'";
  }
  return Invalid(std::move(reason));
}

}  // namespace redstart
