#ifndef REDSTART_SERVER_CONFIG_OPTIONS_H_
#define REDSTART_SERVER_CONFIG_OPTIONS_H_

// The option table: one row for every option of Redis 7.2, and the only place that knows an
// option's name, how its value is written, when it may be set, and whether Redstart honours it.
//
// The rows stand in one file per topic (network_options.cc, ...). Their order is the order of
// CONFIG GET. The tables are constants: no lock, any thread. conf/redstart.conf documents every
// row; a test holds the two together, down to the reasons given here.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "server/config/option_value.h"

namespace redstart {

enum class Support {
  kReal,      // does what it says
  kNoEffect,  // accepted and reported; changes nothing, and nobody is worse off for it
  kRefused,   // any value but the default would promise durability, a limit or protection that is
              // not there
};

// When and how an option may be set.
enum OptionFlag : uint32_t {
  kImmutable = 1u << 0,        // only at start
  kProtected = 1u << 1,        // at run time only if enable-protected-configs allows it
  kHidden = 1u << 2,           // CONFIG GET shows it by its full name only, not to patterns
  kMultiWord = 1u << 3,        // takes several words
  kSensitive = 1u << 4,        // keep its value out of logs and error texts
  kDenyLoading = 1u << 5,      // not while the data set is being loaded
  kAlwaysRewritten = 1u << 6,  // CONFIG REWRITE writes it even if it is at its default
};

struct Option {
  std::string_view name;
  std::string_view alias = {};  // an older name, or empty
  OptionValue value;
  uint32_t flags = 0;
  Support support = Support::kReal;
  std::string_view why =
      {};  // why it has no effect or is refused, as a sentence without its full stop

  bool Has(OptionFlag flag) const { return (flags & flag) != 0; }
};

// Every row, in order.
const std::vector<const Option*>& AllOptions();

// By name or alias, in any case; nullptr if there is none.
const Option* FindOption(std::string_view name);

// The known name nearest to a mistyped one, or empty if none is near.
std::string_view NearestOptionName(std::string_view name);

// Sets one option in `config`. Refuses what the row says must be refused. The status carries the
// reason alone.
absl::Status SetOption(const Option& option, Words words, Config& config);

// As CONFIG GET prints it.
std::string FormatOption(const Option& option, const Config& config);

// As configuration files have it, whole lines. None if there is nothing to say: an empty text that
// is the default.
std::vector<std::string> LinesOfOption(const Option& option, const Config& config);

// What holds where nobody sets anything: DefaultConfig(), as it was when first asked for.
const Config& Defaults();

// The tables behind AllOptions(), by topic.
std::span<const Option> NetworkOptions();
std::span<const Option> ProcessOptions();
std::span<const Option> MemoryOptions();
std::span<const Option> ObserveOptions();
std::span<const Option> PersistenceOptions();
std::span<const Option> ReplicationOptions();
std::span<const Option> ClusterOptions();
std::span<const Option> TlsOptions();

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_OPTIONS_H_
