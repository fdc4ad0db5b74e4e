#ifndef REDSTART_SERVER_SCRIPTING_SCRIPT_CACHE_H_
#define REDSTART_SERVER_SCRIPTING_SCRIPT_CACHE_H_

// The scripts that clients have sent, by the digests that EVALSHA names them by.
//
// One per server; any thread. Lock. A mutex of its own, never held while another is taken. Each
// thread compiles a script for itself and needs the cache only for those that it has not met since
// the last Flush, which it sees by generation().

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "storage/base/mutex.h"

namespace redstart {

// Immutable, and shared by the threads.
struct Script {
  std::string digest;  // 40 small hexadecimal digits.
  std::string body;
  uint32_t flags;       // ScriptFlag.
  size_t shebang_size;  // What is not compiled at the beginning.
};

class ScriptCache {
 public:
  // Null if there is none.
  std::shared_ptr<const Script> Find(std::string_view digest) const;
  void Add(std::shared_ptr<const Script> script);
  void Flush();

  uint64_t generation() const { return generation_.load(std::memory_order_acquire); }
  // Whether some script declares flags.
  bool has_declared() const { return declared_.load(std::memory_order_relaxed) > 0; }
  size_t size() const;
  size_t bytes() const;

 private:
  mutable Mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Script>> scripts_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  std::atomic<uint64_t> generation_{0};
  std::atomic<size_t> declared_{0};
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SCRIPT_CACHE_H_
