#ifndef REDSTART_SERVER_SCRIPTING_SCRIPT_ENGINE_H_
#define REDSTART_SERVER_SCRIPTING_SCRIPT_ENGINE_H_

// Scripting as the rest of the server sees it: the scripts that are known, and each thread's
// interpreter for them.
//
// One per server; any thread. Lock. A mutex of its own for the list of threads.

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/scripting/script_cache.h"
#include "storage/base/counter.h"
#include "storage/base/mutex.h"

namespace redstart {

class Dispatcher;
class EvalThread;
class FunctionRegistry;

class ScriptEngine {
 public:
  ScriptEngine();
  ~ScriptEngine();
  ScriptEngine(const ScriptEngine&) = delete;
  ScriptEngine& operator=(const ScriptEngine&) = delete;

  ScriptCache& cache() { return cache_; }
  FunctionRegistry& functions() { return *functions_; }

  // What this dispatcher's thread has for running scripts.
  EvalThread& ThreadOf(Dispatcher& dispatcher);

  struct Usage {
    size_t interpreters = 0;
    size_t bytes = 0;
    uint64_t runs = 0;
  };
  Usage usage() const;

 private:
  friend class EvalThread;
  // What a thread publishes about its interpreter. Stays when the thread goes.
  struct Facts {
    std::atomic<size_t> bytes{0};
    Counter runs;
  };
  Facts* AddFacts();

  ScriptCache cache_;
  const std::unique_ptr<FunctionRegistry> functions_;
  mutable Mutex mutex_;
  std::vector<std::unique_ptr<Facts>> facts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SCRIPT_ENGINE_H_
