#include "server/config/config_store.h"

#include <algorithm>
#include <cassert>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "server/config/host_limits.h"
#include "server/config/options.h"
#include "storage/base/glob.h"

namespace redstart {
namespace {

// An option together with the name by which the caller knows it: its own or its alias.
struct Target {
  const Option* option;
  std::string_view name;
};

absl::Status Failed(std::string_view name, std::string_view reason) {
  std::string text = "CONFIG SET failed (possibly related to argument '" + std::string(name) + "')";
  if (!reason.empty()) text += " - " + std::string(reason);
  return absl::InvalidArgumentError(std::move(text));
}

std::string Reason(const absl::Status& status) {
  return std::string(status.message());
}

// The first thing that forbids the change before any value is looked at.
absl::Status CheckNames(absl::Span<const ConfigStore::NameValue> changes,
                        const ConfigStore::SetOptions& options, std::vector<Target>* targets) {
  for (const auto& [name, value] : changes) {
    const Option* option = FindOption(name);
    if (option == nullptr) {
      return absl::NotFoundError("Unknown option or number of arguments for CONFIG SET - '" + name +
                                 "'");
    }
    if (option->Has(kImmutable)) return Failed(name, "can't set immutable config");
    if (option->Has(kProtected) && !options.allow_protected) {
      return Failed(name, "can't set protected config");
    }
    if (options.loading && option->Has(kDenyLoading)) {
      return absl::UnavailableError("the data set is being loaded");
    }
    const std::string_view known =
        EqualsIgnoreCase(name, option->name) ? option->name : option->alias;
    for (const Target& earlier : *targets) {
      if (earlier.name == known) return Failed(name, "duplicate parameter");
    }
    targets->push_back({option, known});
  }
  return absl::OkStatus();
}

// Redis cuts the one argument of CONFIG SET at every single blank, and takes an empty one for no
// words.
std::vector<std::string> CutAtBlanks(const std::string& value) {
  std::vector<std::string> words;
  if (value.empty()) return words;
  size_t start = 0;
  while (true) {
    const size_t blank = value.find(' ', start);
    if (blank == std::string::npos) break;
    words.push_back(value.substr(start, blank - start));
    start = blank + 1;
  }
  words.push_back(value.substr(start));
  return words;
}

}  // namespace

ConfigStore::ConfigStore(Config start)
    : current_(std::make_shared<const Config>(std::move(start))) {}

std::shared_ptr<const Config> ConfigStore::current() const {
  const MutexLock lock(&current_mutex_);
  return current_;
}

absl::Status ConfigStore::Set(absl::Span<const NameValue> changes, const SetOptions& options) {
  std::vector<Target> targets;
  if (absl::Status status = CheckNames(changes, options, &targets); !status.ok()) return status;

  const MutexLock lock(&set_mutex_);
  const std::shared_ptr<const Config> before = current();
  auto after = std::make_shared<Config>(*before);
  for (size_t i = 0; i < targets.size(); ++i) {
    const Option& option = *targets[i].option;
    const std::string& value = changes[i].second;
    const std::vector<std::string> words =
        option.Has(kMultiWord) ? CutAtBlanks(value) : std::vector<std::string>{value};
    if (const absl::Status set = SetOption(option, words, *after); !set.ok()) {
      return Failed(targets[i].name, Reason(set));
    }
  }
  if (after->maxmemory_container_percent != before->maxmemory_container_percent) {
    TakeShareOfContainer(after.get());
  }
  if (*after == *before) return absl::OkStatus();

  std::vector<std::pair<const Option*, std::string>> changed;
  for (const Target& target : targets) {
    if (FormatOption(*target.option, *before) != FormatOption(*target.option, *after)) {
      changed.emplace_back(target.option, std::string(target.name));
    }
  }
  if (absl::Status status = RunHooks(changed, *before, *after); !status.ok()) return status;
  {
    const MutexLock publish(&current_mutex_);
    current_ = std::move(after);
  }
  generation_.fetch_add(1, std::memory_order_release);
  return absl::OkStatus();
}

absl::Status ConfigStore::RunHooks(absl::Span<const std::pair<const Option*, std::string>> changed,
                                   const Config& before, const Config& after) const {
  std::vector<const Registration*> done;
  for (const Registration& registration : hooks_) {
    const auto cause = std::ranges::find_if(changed, [&](const auto& change) {
      return std::ranges::find(registration.options, change.first) != registration.options.end();
    });
    if (cause == changed.end()) continue;
    const absl::Status applied = registration.hook(before, after);
    if (applied.ok()) {
      done.push_back(&registration);
      continue;
    }
    // What was in force a moment ago can be put back in force; there is nothing better to do if it
    // cannot.
    for (auto undo = done.rbegin(); undo != done.rend(); ++undo) {
      (*undo)->hook(after, before).IgnoreError();
    }
    return Failed(cause->second, Reason(applied));
  }
  return absl::OkStatus();
}

std::vector<ConfigStore::NameValue> ConfigStore::Get(
    absl::Span<const std::string_view> patterns) const {
  const std::shared_ptr<const Config> config = current();
  std::vector<NameValue> found;
  absl::flat_hash_set<std::string> seen;
  const auto add = [&](std::string_view name, const Option& option) {
    if (!seen.insert(LowerCase(name)).second) return;
    found.emplace_back(std::string(name), FormatOption(option, *config));
  };
  for (const std::string_view pattern : patterns) {
    if (pattern.find_first_of("[*?") == std::string_view::npos) {
      if (const Option* option = FindOption(pattern); option != nullptr) add(pattern, *option);
      continue;
    }
    for (const Option* option : AllOptions()) {
      if (option->Has(kHidden)) continue;
      for (const std::string_view name : {option->name, option->alias}) {
        if (!name.empty() && GlobMatches(pattern, name, GlobCase::kInsensitive)) add(name, *option);
      }
    }
  }
  return found;
}

void ConfigStore::OnChange(absl::Span<const std::string_view> names, Hook hook) {
  Registration registration;
  for (const std::string_view name : names) {
    const Option* option = FindOption(name);
    assert(option != nullptr);
    registration.options.push_back(option);
  }
  registration.hook = std::move(hook);
  const MutexLock lock(&set_mutex_);
  hooks_.push_back(std::move(registration));
}

void ConfigStore::OnChange(std::string_view name, Hook hook) {
  OnChange(absl::Span<const std::string_view>(&name, 1), std::move(hook));
}

bool IsSecretOption(std::string_view name) {
  const Option* option = FindOption(name);
  return option != nullptr && option->Has(kSensitive);
}

}  // namespace redstart
