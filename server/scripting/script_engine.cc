#include "server/scripting/script_engine.h"

#include "server/exec/dispatcher.h"
#include "server/scripting/eval_thread.h"
#include "server/scripting/function_registry.h"

namespace redstart {

ScriptEngine::ScriptEngine() : functions_(std::make_unique<FunctionRegistry>()) {}
ScriptEngine::~ScriptEngine() = default;

EvalThread& ScriptEngine::ThreadOf(Dispatcher& dispatcher) {
  std::unique_ptr<ScriptThread>& thread = dispatcher.script_thread();
  if (thread == nullptr) thread = std::make_unique<EvalThread>(this);
  return static_cast<EvalThread&>(*thread);
}

ScriptEngine::Facts* ScriptEngine::AddFacts() {
  const MutexLock lock(&mutex_);
  facts_.push_back(std::make_unique<Facts>());
  return facts_.back().get();
}

ScriptEngine::Usage ScriptEngine::usage() const {
  const MutexLock lock(&mutex_);
  Usage usage;
  for (const auto& facts : facts_) {
    const size_t bytes = facts->bytes.load(std::memory_order_relaxed);
    usage.bytes += bytes;
    usage.interpreters += bytes > 0 ? 1 : 0;
    usage.runs += facts->runs.Get();
  }
  return usage;
}

}  // namespace redstart
