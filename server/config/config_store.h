#ifndef REDSTART_SERVER_CONFIG_CONFIG_STORE_H_
#define REDSTART_SERVER_CONFIG_CONFIG_STORE_H_

// The configuration in force, and the only way to change it while the server runs.
//
// A Config is immutable once published. A reader keeps its own shared_ptr (or a pointer under it)
// and compares generation() with the number it last saw; only when that moved does it call
// current(), which takes a lock.
//
// Locking. One mutex lets one Set run at a time, hooks included; a second guards the published
// pointer for the length of a copy. Hooks run under the first and must not call Set or OnChange;
// reading current() in a hook gives the old values.
//
// Errors. Every status carries the text that CONFIG SET answers, without its "ERR " (the texts are
// Redis's; clients match on them).

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "server/config/config.h"
#include "storage/base/mutex.h"

namespace redstart {

struct Option;

class ConfigStore {
 public:
  using NameValue = std::pair<std::string, std::string>;

  // Makes `after` effective where it is not enough that it is read (sockets, the log, the working
  // directory). When it fails it must have changed nothing; its message becomes the reason in the
  // reply. When a later hook fails it is called again with both arguments exchanged.
  using Hook = std::function<absl::Status(const Config& before, const Config& after)>;

  // What the caller may do and what the server is doing, for one Set.
  struct SetOptions {
    bool allow_protected =
        false;  // the caller may set protected options (MayDo with enable_protected_configs)
    bool loading = false;  // the data set is being loaded
  };

  explicit ConfigStore(Config start);

  ConfigStore(const ConfigStore&) = delete;
  ConfigStore& operator=(const ConfigStore&) = delete;

  std::shared_ptr<const Config> current() const;

  // Grows by one with each change, after the new values are published.
  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

  // Sets all or nothing. kUnavailable means that a data set is being loaded (the reply is LOADING,
  // not ERR).
  absl::Status Set(absl::Span<const NameValue> changes, const SetOptions& options);

  // Pairs of name and value for names and glob patterns, in the order of the patterns and then of
  // the option table. A name given in full is answered as it was spelt; each name appears once.
  // Aliases are names of their own.
  std::vector<NameValue> Get(absl::Span<const std::string_view> patterns) const;

  // Registers a hook that runs (once per Set) when the value of one of `names` changed. Hooks run
  // in the order of registration. REQUIRES: the names are in the option table.
  void OnChange(absl::Span<const std::string_view> names, Hook hook);
  void OnChange(std::string_view name, Hook hook);

 private:
  struct Registration {
    std::vector<const Option*> options;
    Hook hook;
  };

  absl::Status RunHooks(absl::Span<const std::pair<const Option*, std::string>> changed,
                        const Config& before, const Config& after) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(set_mutex_);

  Mutex set_mutex_;
  std::vector<Registration> hooks_ ABSL_GUARDED_BY(set_mutex_);
  mutable Mutex current_mutex_;
  std::shared_ptr<const Config> current_ ABSL_GUARDED_BY(current_mutex_);
  std::atomic<uint64_t> generation_{1};
};

// Whether the value of the option of this name is to be kept out of logs.
bool IsSecretOption(std::string_view name);

// Whether a client may do what `action` guards; `local` is whether it connected from this machine.
inline bool MayDo(ProtectedAction action, bool local) {
  return action == ProtectedAction::kYes || (action == ProtectedAction::kLocal && local);
}

}  // namespace redstart

#endif  // REDSTART_SERVER_CONFIG_CONFIG_STORE_H_
