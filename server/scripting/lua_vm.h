#ifndef REDSTART_SERVER_SCRIPTING_LUA_VM_H_
#define REDSTART_SERVER_SCRIPTING_LUA_VM_H_

// One Lua interpreter that no script can crash, hang or swell.
//
// Memory. All of it comes through an allocator with a limit, which ends as Lua's own error "not
// enough memory". Time. Every hundred thousand instructions, and as often in library functions that
// may take long (Spend), the interrupt of the run is asked whether the script is to end; if so, an
// error is raised that no pcall, error handler or coroutine of the script can keep (dying). Stack.
// What may nest on the machine's stack without a limit of Lua's own asks CheckStack.
//
// Owned and used by one thread; other threads may read used_bytes().

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "server/scripting/lua.h"

namespace redstart {

// What watches over a run.
class LuaInterrupt {
 public:
  virtual ~LuaInterrupt() = default;
  // Whether the script is to end. Asked about every millisecond while it runs.
  virtual bool MustEnd() = 0;
  // The error that it ends with (see PushError).
  virtual const char* WhyEnded() const { return "Script killed by user with SCRIPT KILL..."; }
};

class LuaVm {
 public:
  static constexpr int kStepsBetweenLooks = 100'000;

  explicit LuaVm(size_t memory_limit);
  ~LuaVm();
  LuaVm(const LuaVm&) = delete;
  LuaVm& operator=(const LuaVm&) = delete;

  // The interpreter that a state, be it a coroutine's, belongs to.
  static LuaVm& Of(lua_State* lua) {
    void* owner = nullptr;
    lua_getallocf(lua, &owner);
    return *static_cast<LuaVm*>(owner);
  }

  lua_State* state() const { return state_; }
  size_t memory_limit() const { return memory_limit_; }
  size_t used_bytes() const { return used_.load(std::memory_order_relaxed); }

  // Runs `body` with `argument` on the stack as light userdata, protected from whatever Lua raises.
  // Not ok: an error value is on the stack. `interrupt` may be null, for
  // what is not a script.
  bool Run(lua_CFunction body, void* argument, LuaInterrupt* interrupt);
  // Whether a script is being run.
  bool is_running() const { return interrupt_ != nullptr; }
  // What watches over the run under way.
  LuaInterrupt* interrupt() const { return interrupt_; }

  // The script has been told to end: errors are passed on, whoever catches them.
  bool dying() const { return dying_; }
  // To be called by library functions that work for long without running Lua: `steps` have been
  // done. May raise the error that ends the script.
  void Spend(lua_State* lua, size_t steps) {
    if ((steps_ += steps) >= kStepsBetweenLooks) Look(lua);
  }
  // To be called by library functions that may nest. Raises an error if there is little room left.
  void CheckStack(lua_State* lua) const;
  bool HasStack() const;
  // The script has changed how garbage is collected, which is put right after the run.
  void NoteCollectorChanged() { collector_changed_ = true; }

 private:
  static void* Allocate(void* vm, void* block, size_t old_size, size_t new_size);
  static void OnHook(lua_State* lua, lua_Debug* record);
  void Look(lua_State* lua);
  void End(lua_State* lua);
  void TidyUp();

  const size_t memory_limit_;
  std::atomic<size_t> used_{0};
  lua_State* state_ = nullptr;
  LuaInterrupt* interrupt_ = nullptr;
  const char* stack_base_ = nullptr;
  size_t steps_ = 0;
  uint32_t runs_ = 0;
  bool dying_ = false;
  bool collector_changed_ = false;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_SCRIPTING_LUA_VM_H_
