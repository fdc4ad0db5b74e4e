#ifndef REDSTART_SERVER_EXEC_READY_KEYS_H_
#define REDSTART_SERVER_EXEC_READY_KEYS_H_

// The keys that somebody waits for and that the running command, transaction or script has touched,
// in the order in which it did so: Blocking::Serve looks at them afterwards.
//
// One per I/O thread, used by that thread only. There are few, so a list is searched.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace redstart {

class ReadyKeys {
 public:
  struct Key {
    int database;
    std::string name;
    uint64_t hash;
  };

  bool empty() const { return keys_.empty(); }
  // Adds a key unless it is there.
  void Add(int database, std::string_view name, uint64_t hash) {
    const auto is_it = [&](const Key& key) {
      return key.hash == hash && key.database == database && key.name == name;
    };
    if (std::none_of(keys_.begin(), keys_.end(), is_it))
      keys_.push_back({database, std::string(name), hash});
  }
  std::vector<Key> Take() { return std::exchange(keys_, {}); }

 private:
  std::vector<Key> keys_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_READY_KEYS_H_
