#include "server/scripting/lua_vm.h"

#include <cstdlib>
#include <new>
#include <utility>

namespace redstart {
namespace {

// Of the machine's stack, whose usual size is 8 MiB. Within one coroutine Lua nests 200 calls of C
// functions at most, of which the largest (with a string buffer on the stack) take some 9 KB.
constexpr ptrdiff_t kStackBytes = ptrdiff_t{2} << 20;
// How garbage is collected: Lua's own defaults.
constexpr int kCollectorPause = 200;
constexpr int kCollectorPace = 200;
// As Redis does it: now and then a little by ourselves, so that no script pays for all others.
constexpr uint32_t kRunsPerCollection = 50;
constexpr int kCollectionSteps = 50;

}  // namespace

LuaVm::LuaVm(size_t memory_limit) : memory_limit_(memory_limit) {
  state_ = lua_newstate(Allocate, this);
  if (state_ == nullptr) throw std::bad_alloc();
  lua_sethook(state_, OnHook, LUA_MASKCOUNT, kStepsBetweenLooks);
}

LuaVm::~LuaVm() {
  lua_close(state_);
}

void* LuaVm::Allocate(void* vm, void* block, size_t old_size, size_t new_size) {
  auto& self = *static_cast<LuaVm*>(vm);
  const size_t used = self.used_.load(std::memory_order_relaxed);
  if (new_size == 0) {
    std::free(block);
    self.used_.store(used - old_size, std::memory_order_relaxed);
    return nullptr;
  }
  if (new_size > old_size && new_size - old_size > self.memory_limit_ - used) return nullptr;
  void* fresh = std::realloc(block, new_size);
  if (fresh != nullptr) self.used_.store(used - old_size + new_size, std::memory_order_relaxed);
  return fresh;
}

bool LuaVm::Run(lua_CFunction body, void* argument, LuaInterrupt* interrupt) {
  interrupt_ = interrupt;
  stack_base_ = static_cast<const char*>(__builtin_frame_address(0));
  const bool ok = lua_cpcall(state_, body, argument) == 0;
  interrupt_ = nullptr;
  TidyUp();
  return ok;
}

void LuaVm::TidyUp() {
  if (std::exchange(dying_, false)) {
    lua_sethook(state_, OnHook, LUA_MASKCOUNT, kStepsBetweenLooks);
  }
  if (std::exchange(collector_changed_, false)) {
    lua_gc(state_, LUA_GCSETPAUSE, kCollectorPause);
    lua_gc(state_, LUA_GCSETSTEPMUL, kCollectorPace);
    lua_gc(state_, LUA_GCRESTART, 0);
  }
  if (++runs_ % kRunsPerCollection == 0) lua_gc(state_, LUA_GCSTEP, kCollectionSteps);
}

void LuaVm::OnHook(lua_State* lua, lua_Debug*) {
  LuaVm& vm = Of(lua);
  if (vm.dying_) return vm.End(lua);
  // A coroutine that outlived a run that was ended still has that run's hook.
  if ((lua_gethookmask(lua) & LUA_MASKLINE) != 0) {
    lua_sethook(lua, OnHook, LUA_MASKCOUNT, kStepsBetweenLooks);
  }
  vm.Look(lua);
}

void LuaVm::Look(lua_State* lua) {
  steps_ = 0;
  if (dying_ || (interrupt_ != nullptr && interrupt_->MustEnd())) End(lua);
}

void LuaVm::End(lua_State* lua) {
  dying_ = true;
  // From here on every instruction raises the error anew, should the script catch it.
  for (lua_State* state : {lua, state_}) {
    lua_sethook(state, OnHook, LUA_MASKCALL | LUA_MASKLINE | LUA_MASKCOUNT, 1);
  }
  RaiseError(lua, interrupt_ == nullptr ? "the script was ended" : interrupt_->WhyEnded());
}

bool LuaVm::HasStack() const {
  return stack_base_ - static_cast<const char*>(__builtin_frame_address(0)) < kStackBytes;
}

void LuaVm::CheckStack(lua_State* lua) const {
  if (!HasStack()) luaL_error(lua, "C stack overflow");
}

}  // namespace redstart
