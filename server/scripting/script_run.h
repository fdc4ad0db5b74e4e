#ifndef REDSTART_SERVER_SCRIPTING_SCRIPT_RUN_H_
#define REDSTART_SERVER_SCRIPTING_SCRIPT_RUN_H_

// One script or function while it runs: what it may do, and the commands that it calls.
//
// On the stack of the command that runs it, whose locks hold all that it may touch. The script's
// commands run in a session of their own, so that SELECT inside changes nothing outside.

#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply_buffer.h"
#include "protocol/request.h"
#include "server/exec/call.h"
#include "server/exec/command_table.h"
#include "server/scripting/lua_vm.h"
#include "server/scripting/script_flags.h"

namespace redstart {

class ScriptRun final : public LuaInterrupt {
 public:
  struct What {
    std::string_view name;  // In error messages: a script's digest, a function's name.
    uint32_t flags;         // ScriptFlag.
    bool read_only;         // Run by a command that must not write.
    bool is_function;
  };
  ScriptRun(Call& call, Session& session, const What& what, Args command);
  ~ScriptRun() override;

  // The run that a script's function is called in.
  static ScriptRun& Of(lua_State* lua) {
    return static_cast<ScriptRun&>(*LuaVm::Of(lua).interrupt());
  }

  // False: the script must not begin, which has been answered.
  bool MayBegin(ReplyBuilder& reply) const;

  // --- For the functions that the script calls. None of them touches Lua. ---
  void ClearArguments() { args_.clear(); }
  void AddArgument(std::string_view arg) { args_.push_back(arg); }
  Args arguments() const { return args_; }
  // Calls the command in arguments(). True: reply() is its reply, which begins with '-' if it is an
  // error. False: it was refused, and refusal() says why (see PushError).
  bool CallCommand();
  const char* reply() const { return flat_reply_.c_str(); }
  std::string_view refusal() const { return refusal_; }
  // The user that runs the script may run the command in arguments(); nothing if there is none.
  bool KnowsCommand() const { return FindRow() != nullptr; }
  void set_resp(int version) { session_.resp_version.store(static_cast<uint8_t>(version)); }
  int resp() const { return session_.resp_version.load(std::memory_order_relaxed); }
  void set_records(bool records) { records_ = records; }

  // Lets others be served once the script takes too long.
  bool MustEnd() override;
  std::string_view name() const { return what_.name; }

 private:
  const CommandRow* FindRow() const;
  // Why a command is refused, or an empty text.
  std::string_view WhyNot(const CommandRow* row) const;
  bool WritesAreRefused() const;
  void BecomeBusy(uint64_t elapsed_ms);

  Call& call_;
  Session& session_;
  const What what_;
  const std::shared_ptr<const Config> config_;  // Stays while commands may load another one.
  const bool lacked_memory_;
  const Args command_;  // As the client sent it.
  const uint64_t started_ns_;
  bool is_busy_ = false;
  bool has_written_ = false;
  bool records_ = true;
  std::vector<std::string_view> args_;
  std::string_view refusal_;
  ReplyBuffer replies_;
  std::string flat_reply_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_SCRIPT_RUN_H_
