#include "server/scripting/eval_thread.h"

#include <utility>

#include "server/exec/dispatcher.h"
#include "server/scripting/lua_reply.h"
#include "server/scripting/redis_library.h"
#include "server/scripting/sandbox.h"
#include "server/scripting/script_reply.h"
#include "storage/base/random.h"

namespace redstart {
namespace {

// More than a script can use of one command's reply and its own; a limit, not a reserve.
constexpr size_t kMemoryLimit = size_t{1} << 30;
constexpr char kChunkName[] = "@user_script";

int OpenForScripts(lua_State* lua) {
  lua_settop(lua, 0);
  OpenSandbox(lua, static_cast<int>(RandomBits()));
  PushRedisLibrary(lua);
  InstallForScripts(lua);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -3, "server");
  lua_setfield(lua, -2, "redis");
  CloseSandbox(lua);
  return 0;
}

// --- Compiling ---

struct CompileJob {
  const Script* script;
  int function = LUA_NOREF;
};

int CompileBody(lua_State* lua) {
  auto& job = *static_cast<CompileJob*>(lua_touserdata(lua, 1));
  const std::string_view text = std::string_view(job.script->body).substr(job.script->shebang_size);
  RestoreGlobals(lua);
  if (LoadText(lua, text, kChunkName) != 0) return lua_error(lua);
  job.function = luaL_ref(lua, LUA_REGISTRYINDEX);
  return 0;
}

// --- Running ---

struct RunJob {
  int function;
  ScriptRun& run;
  Args keys;
  Args args;
  ReplyBuilder& reply;
  bool errors_counted = false;
};

void SetGlobalArray(lua_State* lua, const char* name, Args values) {
  lua_createtable(lua, static_cast<int>(values.size()), 0);
  int index = 0;
  for (const std::string_view value : values) {
    PushText(lua, value);
    lua_rawseti(lua, -2, ++index);
  }
  lua_pushstring(lua, name);
  lua_insert(lua, -2);
  lua_rawset(lua, -3);
}

int RunBody(lua_State* lua) {
  auto& job = *static_cast<RunJob*>(lua_touserdata(lua, 1));
  lua_settop(lua, 0);
  RestoreGlobals(lua);
  PushRealGlobals(lua);
  SetGlobalArray(lua, "KEYS", job.keys);
  SetGlobalArray(lua, "ARGV", job.args);
  lua_settop(lua, 0);
  lua_pushcfunction(lua, DescribeError);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, job.function);
  SetCommonEnvironment(lua, -1);
  if (lua_pcall(lua, 0, 1, 1) == 0) {
    ReplyWithTop(lua, job.run.resp(), job.reply, &job.errors_counted);
  } else {
    ReplyWithFailure(lua, job.run.name(), job.reply, &job.errors_counted);
  }
  return 0;
}

}  // namespace

EvalThread::EvalThread(ScriptEngine* engine)
    : engine_(engine),
      facts_(engine->AddFacts()),
      session_(0, {.address = "lua"}, 0, nullptr),
      generation_(engine->cache().generation()) {}

EvalThread::~EvalThread() {
  facts_->bytes.store(0, std::memory_order_relaxed);
}

void EvalThread::Refresh() {
  const uint64_t generation = engine_->cache().generation();
  if (vm_ != nullptr && generation == generation_) return;
  generation_ = generation;
  compiled_.clear();
  vm_ = std::make_unique<LuaVm>(kMemoryLimit);
  vm_->Run(OpenForScripts, nullptr, nullptr);
}

void EvalThread::PublishUse() {
  facts_->bytes.store(vm_->used_bytes(), std::memory_order_relaxed);
}

const EvalThread::Compiled* EvalThread::Find(std::string_view digest) {
  Refresh();
  const auto found = compiled_.find(absl::string_view(digest.data(), digest.size()));
  if (found != compiled_.end()) return &found->second;
  std::shared_ptr<const Script> script = engine_->cache().Find(digest);
  std::string error;
  return script == nullptr ? nullptr : Compile(std::move(script), &error);
}

const EvalThread::Compiled* EvalThread::Load(std::string_view digest, std::string_view body,
                                             std::string* error) {
  const std::optional<Shebang> shebang = ReadShebang(body, error);
  if (!shebang) return nullptr;
  const auto script = std::make_shared<const Script>(
      Script{std::string(digest), std::string(body), shebang->flags, shebang->size});
  Refresh();
  const Compiled* compiled = Compile(script, error);
  if (compiled != nullptr) engine_->cache().Add(script);
  return compiled;
}

const EvalThread::Compiled* EvalThread::Compile(std::shared_ptr<const Script> script,
                                                std::string* error) {
  CompileJob job = {script.get()};
  const bool compiles = vm_->Run(CompileBody, &job, nullptr);
  if (!compiles) {
    *error = "Error compiling script (new function): ";
    if (lua_isstring(vm_->state(), -1)) error->append(LuaText(vm_->state(), -1));
    lua_settop(vm_->state(), 0);
  }
  PublishUse();
  if (!compiles) return nullptr;
  Compiled& compiled = compiled_[script->digest];
  compiled = {std::move(script), job.function};
  return &compiled;
}

void EvalThread::Run(const Compiled& compiled, ScriptRun& run, Args keys, Args args, Call& call,
                     ReplyBuilder& reply) {
  RunJob job = {compiled.function, run, keys, args, reply};
  const ReplyBuilder::Mark mark = reply.GetMark();
  if (!vm_->Run(RunBody, &job, &run)) {
    // There was no memory for the arguments or the reply.
    reply.RewindTo(mark);
    ReplyWithFailure(vm_->state(), run.name(), reply, &job.errors_counted);
    lua_settop(vm_->state(), 0);
  }
  facts_->runs.Add();
  PublishUse();
  if (job.errors_counted) call.dispatcher().NoteErrorsCounted(reply);
}

}  // namespace redstart
