#ifndef REDSTART_SERVER_SCRIPTING_EVAL_THREAD_H_
#define REDSTART_SERVER_SCRIPTING_EVAL_THREAD_H_

// What one thread has for running scripts: an interpreter, and the scripts that it has compiled.
//
// Owned by the thread's dispatcher. EVAL's scripts leave nothing behind in their interpreter that
// another script could see, so every thread may have its own.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "server/exec/script_thread.h"
#include "server/exec/session.h"
#include "server/scripting/lua_vm.h"
#include "server/scripting/script_cache.h"
#include "server/scripting/script_engine.h"
#include "server/scripting/script_run.h"

namespace redstart {

class EvalThread final : public ScriptThread {
 public:
  struct Compiled {
    std::shared_ptr<const Script> script;
    int function;  // Its number in Lua's registry.
  };

  explicit EvalThread(ScriptEngine* engine);
  ~EvalThread() override;

  // A script that is known; null if there is none. Valid until the next call.
  const Compiled* Find(std::string_view digest);
  // Makes a script known to all threads. Null, and *error, if it does not compile.
  const Compiled* Load(std::string_view digest, std::string_view body, std::string* error);

  // Runs it. What it returns, or how it failed, is the reply.
  void Run(const Compiled& compiled, ScriptRun& run, Args keys, Args args, Call& call,
           ReplyBuilder& reply);

  // The session that scripts' commands run in.
  Session& session() { return session_; }

 private:
  // Begins anew if scripts were flushed since.
  void Refresh();
  const Compiled* Compile(std::shared_ptr<const Script> script, std::string* error);
  void PublishUse();

  ScriptEngine* const engine_;
  ScriptEngine::Facts* const facts_;
  Session session_;
  std::unique_ptr<LuaVm> vm_;
  uint64_t generation_ = 0;
  absl::flat_hash_map<std::string, Compiled> compiled_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_EVAL_THREAD_H_
