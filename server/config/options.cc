#include "server/config/options.h"

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>

#include "absl/container/flat_hash_map.h"
#include "server/config/host_limits.h"

namespace redstart {
namespace {

absl::flat_hash_map<std::string, const Option*> IndexByName() {
  absl::flat_hash_map<std::string, const Option*> index;
  for (const Option* option : AllOptions()) {
    index.emplace(std::string(option->name), option);
    if (!option->alias.empty()) index.emplace(std::string(option->alias), option);
  }
  return index;
}

// Insertions, deletions, changes, and swaps of neighbours each count one (optimal string
// alignment), since swaps are what fingers do. Three rows of the matrix suffice.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> two_above(b.size() + 1);
  std::vector<size_t> above(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    two_above.swap(above);
    above.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], two_above[j - 2] + 1);
      }
    }
  }
  return row.back();
}

std::string JoinWords(Words words) {
  if (words.size() == 1 && words[0].empty()) return "\"\"";
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return text;
}

}  // namespace

Config DefaultConfig() {
  Config config;
  config.io_threads = std::min(UsableCpus(), 128);
  std::error_code error;
  config.dir = std::filesystem::current_path(error).string();
  return config;
}

// They do not change while the process runs, and asking for them reads files.
const Config& Defaults() {
  static const Config* const defaults = new Config(DefaultConfig());
  return *defaults;
}

const std::vector<const Option*>& AllOptions() {
  static const auto* const all = [] {
    auto* rows = new std::vector<const Option*>;
    for (const std::span<const Option> table :
         {NetworkOptions(), ProcessOptions(), MemoryOptions(), ObserveOptions(),
          PersistenceOptions(), ReplicationOptions(), ClusterOptions(), TlsOptions()}) {
      for (const Option& option : table) rows->push_back(&option);
    }
    return rows;
  }();
  return *all;
}

const Option* FindOption(std::string_view name) {
  static const auto* const index =
      new absl::flat_hash_map<std::string, const Option*>(IndexByName());
  const auto found = index->find(LowerCase(name));
  return found == index->end() ? nullptr : found->second;
}

std::string_view NearestOptionName(std::string_view name) {
  // A third of the letters may be wrong, and a long text is no misspelt name at all.
  if (name.empty() || name.size() > 64) return {};
  const std::string wanted = LowerCase(name);
  std::string_view nearest;
  size_t best = std::max<size_t>(1, wanted.size() / 3) + 1;
  const auto consider = [&](std::string_view candidate) {
    const size_t distance = EditDistance(wanted, candidate);
    if (distance >= best) return;
    best = distance;
    nearest = candidate;
  };
  for (const Option* option : AllOptions()) {
    if (option->Has(kHidden)) continue;
    consider(option->name);
    if (!option->alias.empty()) consider(option->alias);
  }
  return nearest;
}

absl::Status SetOption(const Option& option, Words words, Config& config) {
  if (absl::Status parsed = ParseValue(option.value, words, config); !parsed.ok()) return parsed;
  if (option.support != Support::kRefused) return absl::OkStatus();
  if (FormatOption(option, config) == FormatOption(option, Defaults())) return absl::OkStatus();
  std::string reason;
  reason.append("'").append(option.name);
  if (!option.Has(kSensitive)) reason.append(" ").append(JoinWords(words));
  reason.append("' is refused: ").append(option.why);
  return absl::InvalidArgumentError(std::move(reason));
}

std::string FormatOption(const Option& option, const Config& config) {
  return FormatValue(option.value, config);
}

std::vector<std::string> LinesOfOption(const Option& option, const Config& config) {
  if (FormatOption(option, config).empty() && FormatOption(option, Defaults()).empty()) return {};
  std::vector<std::string> lines = LinesOfValue(option.value, config);
  for (std::string& line : lines) line.insert(0, std::string(option.name) + ' ');
  return lines;
}

}  // namespace redstart
