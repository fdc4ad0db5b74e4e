#include "server/config/environment.h"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <optional>
#include <string_view>
#include <vector>

#include "server/config/options.h"
#include "server/config/words.h"

namespace redstart {
namespace {

constexpr std::string_view kPrefix = "REDSTART_";
constexpr std::string_view kDefaultPrefix = "DEFAULT_";

// "MAXMEMORY_POLICY" is "maxmemory-policy".
std::string OptionName(std::string_view variable) {
  std::string name(variable);
  for (char& c : name) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

// What service discovery sets for a service of our name: PORT=tcp://..., SERVICE_HOST,
// SERVICE_PORT..., PORT_6379_TCP..., and for a linked container NAME and ENV_....
bool IsServiceVariable(std::string_view name, std::string_view value) {
  if (name == "PORT") return value.find("://") != value.npos;
  if (name == "NAME") return value.starts_with('/');
  const bool port = name.starts_with("PORT_") && name.size() > 5 &&
                    std::isdigit(static_cast<unsigned char>(name[5])) != 0;
  return port || name.starts_with("SERVICE_HOST") || name.starts_with("SERVICE_PORT") ||
         name.starts_with("ENV_");
}

absl::Status Failure(std::string_view variable, std::string_view what) {
  return absl::InvalidArgumentError(std::string("The environment variable ")
                                        .append(kPrefix)
                                        .append(variable)
                                        .append(": ")
                                        .append(what));
}

absl::StatusOr<std::string> FirstLineOf(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file) return absl::NotFoundError("cannot read the file '" + path + "'");
  std::getline(file, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty())
    return absl::InvalidArgumentError("the file '" + path + "' begins without a password");
  return line;
}

// A line of a configuration file.
absl::StatusOr<std::string> LineOf(std::string_view variable, std::string_view value) {
  if (variable == "PASSWORD") variable = "REQUIREPASS";
  const std::string name = OptionName(variable);
  const Option* option = FindOption(name);
  if (option == nullptr) {
    return absl::InvalidArgumentError(
        "there is no option '" + name +
        "'; an option is named in capitals and with '_' for '-', as in REDSTART_IO_THREADS");
  }
  std::string line = name;
  if (option->Has(kMultiWord)) {
    const std::optional<std::vector<std::string>> words = SplitWords(value);
    if (!words) return absl::InvalidArgumentError("unbalanced quotes");
    for (const std::string& word : *words) line += ' ' + QuoteWord(word);
    if (words->empty()) line += " \"\"";
  } else {
    line += ' ' + QuoteWord(std::string(value));
  }
  return line + '\n';
}

}  // namespace

absl::StatusOr<EnvironmentOptions> ReadEnvironment(absl::Span<const std::string> variables) {
  EnvironmentOptions result;
  for (const std::string_view variable : variables) {
    const size_t equals = variable.find('=');
    if (!variable.starts_with(kPrefix) || equals == variable.npos) continue;
    std::string_view name = variable.substr(kPrefix.size(), equals - kPrefix.size());
    const std::string_view shown = name;
    std::string value(variable.substr(equals + 1));
    if (IsServiceVariable(name, value)) continue;
    const bool is_default = name.starts_with(kDefaultPrefix);
    if (is_default) name.remove_prefix(kDefaultPrefix.size());
    if (name == "PASSWORD_FILE") {
      absl::StatusOr<std::string> password = FirstLineOf(value);
      if (!password.ok()) return Failure(shown, std::string(password.status().message()));
      value = *std::move(password);
      name = "PASSWORD";
    }
    const absl::StatusOr<std::string> line = LineOf(name, value);
    if (!line.ok()) return Failure(shown, std::string(line.status().message()));
    (is_default ? result.defaults : result.options) += *line;
  }
  return result;
}

absl::StatusOr<EnvironmentOptions> ReadEnvironment() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return ReadEnvironment(variables);
}

}  // namespace redstart
