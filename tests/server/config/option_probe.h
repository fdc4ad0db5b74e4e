#ifndef REDSTART_TESTS_SERVER_CONFIG_OPTION_PROBE_H_
#define REDSTART_TESTS_SERVER_CONFIG_OPTION_PROBE_H_

// Sets one option in a fresh default configuration and tells what came of it, for the tests of the
// option tables. Looks past refusals: the tables' own parsers are what is tested.

#include <string>
#include <string_view>
#include <vector>

#include "server/config/options.h"

namespace redstart {

class OptionProbe {
 public:
  OptionProbe(std::string_view name, const std::vector<std::string>& words) {
    const Option* option = FindOption(name);
    if (option == nullptr) {
      error = "no such option";
      return;
    }
    const absl::Status status = ParseValue(option->value, words, config);
    if (!status.ok()) {
      error = std::string(status.message());
    } else {
      text = FormatOption(*option, config);
    }
  }

  Config config = DefaultConfig();
  std::string text;   // as CONFIG GET prints it
  std::string error;  // empty if it was taken
};

}  // namespace redstart

#endif  // REDSTART_TESTS_SERVER_CONFIG_OPTION_PROBE_H_
