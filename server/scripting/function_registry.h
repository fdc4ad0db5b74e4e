#ifndef REDSTART_SERVER_SCRIPTING_FUNCTION_REGISTRY_H_
#define REDSTART_SERVER_SCRIPTING_FUNCTION_REGISTRY_H_

// All function libraries, and the interpreter that they share: functions keep state in upvalues,
// so there is one for all threads.
//
// One per server. REQUIRES, where nothing else is said: every shard is locked, or no client can use
// functions yet. Lock. A mutex of its own for what others ask: the flags of a function, counts.

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "server/exec/function_store.h"
#include "server/exec/session.h"
#include "server/scripting/function_library.h"
#include "server/scripting/script_run.h"
#include "storage/base/mutex.h"

namespace redstart {

class FunctionRegistry final : public FunctionStore {
 public:
  // How long the code of a library may run.
  static constexpr uint64_t kLoadLimitMs = 500;
  enum class Policy { kAppend, kReplace, kFlush };
  using Libraries = std::map<std::string, std::unique_ptr<Library>, std::less<>>;

  FunctionRegistry();
  ~FunctionRegistry() override;

  const Libraries& libraries() const { return libraries_; }
  // The name of the library that was added; nothing, and *error, if it was not.
  std::optional<std::string> Load(std::string_view source, bool may_replace, uint64_t limit_ms,
                                  std::string* error);
  bool Delete(std::string_view name);
  // What DUMP gave. Returns an error, or an empty text; then nothing has changed.
  std::string Restore(std::string_view payload, Policy policy);

  // Null if there is none.
  const Function* Find(std::string_view name) const;
  // Runs it; what it returns, or how it failed, is the reply.
  void Run(const Function& function, ScriptRun& run, Args keys, Args args, Call& call,
           ReplyBuilder& reply);
  // The session that functions' commands run in.
  Session& session() { return session_; }

  std::string AddFromFile(std::string_view source, bool may_replace) override;
  void Clear() override;

  // --- Any thread, without locks. ---
  std::vector<std::string> Sources() const override;
  std::optional<uint32_t> FlagsOf(std::string_view name) const;
  struct Usage {
    size_t libraries = 0;
    size_t functions = 0;
    size_t vm_bytes = 0;
    size_t source_bytes = 0;
  };
  Usage usage() const;

 private:
  // A library that is in no list yet.
  std::unique_ptr<Library> Make(std::string_view source, uint64_t limit_ms, std::string* error);
  // Whether another library than those in `gone` has a function of this one.
  std::optional<std::string> Collision(const Library& library, const Libraries& gone) const;
  void Remove(Libraries::iterator library);
  void Publish();
  LuaVm* vm();

  std::unique_ptr<LuaVm> vm_;  // Made when it is first needed.
  Session session_;
  Libraries libraries_;
  // Functions are called by their names in any case, so no two may differ in that alone.
  struct LessInAnyCase {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const;
  };
  std::map<std::string, const Function*, LessInAnyCase> functions_;

  mutable Mutex mutex_;
  std::map<std::string, uint32_t, LessInAnyCase> flags_ ABSL_GUARDED_BY(mutex_);
  Usage usage_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> sources_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_FUNCTION_REGISTRY_H_
