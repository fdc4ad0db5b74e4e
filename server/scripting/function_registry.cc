#include "server/scripting/function_registry.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/exec/dispatcher.h"
#include "server/scripting/library_source.h"
#include "server/scripting/lua_reply.h"
#include "server/scripting/sandbox.h"
#include "server/scripting/script_reply.h"

namespace redstart {
namespace {

struct RunJob {
  int callback;
  ScriptRun& run;
  Args keys;
  Args args;
  ReplyBuilder& reply;
  bool errors_counted = false;
};

void PushArray(lua_State* lua, Args values) {
  lua_createtable(lua, static_cast<int>(values.size()), 0);
  int index = 0;
  for (const std::string_view value : values) {
    PushText(lua, value);
    lua_rawseti(lua, -2, ++index);
  }
}

int RunBody(lua_State* lua) {
  auto& job = *static_cast<RunJob*>(lua_touserdata(lua, 1));
  lua_settop(lua, 0);
  RestoreGlobals(lua);
  lua_pushcfunction(lua, DescribeError);
  lua_rawgeti(lua, LUA_REGISTRYINDEX, job.callback);
  PushArray(lua, job.keys);
  PushArray(lua, job.args);
  if (lua_pcall(lua, 2, 1, 1) == 0) {
    ReplyWithTop(lua, job.run.resp(), job.reply, &job.errors_counted);
  } else {
    ReplyWithFailure(lua, job.run.name(), job.reply, &job.errors_counted);
  }
  return 0;
}

}  // namespace

bool FunctionRegistry::LessInAnyCase::operator()(std::string_view a, std::string_view b) const {
  return std::ranges::lexicographical_compare(a, b, {}, absl::ascii_tolower, absl::ascii_tolower);
}

FunctionRegistry::FunctionRegistry() : session_(0, {.address = "lua"}, 0, nullptr) {}
FunctionRegistry::~FunctionRegistry() = default;

LuaVm* FunctionRegistry::vm() {
  if (vm_ == nullptr) vm_ = MakeFunctionVm();
  return vm_.get();
}

std::unique_ptr<Library> FunctionRegistry::Make(std::string_view source, uint64_t limit_ms,
                                                std::string* error) {
  const auto parts = ReadLibrarySource(source, error);
  if (!parts) return nullptr;
  auto library = std::make_unique<Library>(Library{parts->name, std::string(source), {}});
  *error = RunLibraryCode(vm(), parts->code, limit_ms, library.get());
  if (error->empty() && library->functions.empty()) *error = "No functions registered";
  if (error->empty()) return library;
  ReleaseFunctions(vm(), *library);
  return nullptr;
}

std::optional<std::string> FunctionRegistry::Collision(const Library& library,
                                                       const Libraries& gone) const {
  for (const auto& [name, function] : library.functions) {
    const auto found = functions_.find(name);
    if (found == functions_.end()) continue;
    const bool goes = std::any_of(gone.begin(), gone.end(), [&](const auto& other) {
      const auto old = libraries_.find(other.first);
      return old != libraries_.end() && old->second->functions.contains(name);
    });
    if (!goes) return name;
  }
  return std::nullopt;
}

std::optional<std::string> FunctionRegistry::Load(std::string_view source, bool may_replace,
                                                  uint64_t limit_ms, std::string* error) {
  const auto parts = ReadLibrarySource(source, error);
  if (!parts) return std::nullopt;
  if (!may_replace && libraries_.contains(parts->name)) {
    *error = "Library '" + parts->name + "' already exists";
    return std::nullopt;
  }
  Libraries fresh;
  std::unique_ptr<Library> library = Make(source, limit_ms, error);
  if (library == nullptr) return std::nullopt;
  const Library& added = *library;
  fresh.emplace(parts->name, std::move(library));
  if (const auto name = Collision(added, fresh)) {
    *error = "Function " + *name + " already exists";
    ReleaseFunctions(vm(), added);
    return std::nullopt;
  }
  if (const auto old = libraries_.find(parts->name); old != libraries_.end()) Remove(old);
  for (const auto& [name, function] : added.functions) functions_[name] = &function;
  libraries_.merge(fresh);
  Publish();
  return parts->name;
}

void FunctionRegistry::Remove(Libraries::iterator library) {
  for (const auto& [name, function] : library->second->functions) functions_.erase(name);
  ReleaseFunctions(vm(), *library->second);
  libraries_.erase(library);
}

bool FunctionRegistry::Delete(std::string_view name) {
  const auto found = libraries_.find(name);
  if (found == libraries_.end()) return false;
  Remove(found);
  Publish();
  return true;
}

std::string FunctionRegistry::Restore(std::string_view payload, Policy policy) {
  std::string error;
  const auto sources = ReadDumpedSources(payload, &error);
  if (!sources) return error;
  // All of them are made first, in a registry of their own, so that a failure changes nothing.
  FunctionRegistry trial;
  for (const std::string& source : *sources) {
    if (!trial.Load(source, false, 0, &error)) return error;
  }
  if (policy != Policy::kFlush) {
    for (const auto& [name, library] : trial.libraries_) {
      if (policy == Policy::kAppend && libraries_.contains(name)) {
        return "Library " + name + " already exists";
      }
    }
    for (const auto& [name, library] : trial.libraries_) {
      if (const auto function = Collision(*library, trial.libraries_)) {
        return "Function " + *function + " already exists";
      }
    }
  } else {
    Clear();
  }
  // Those to be replaced go first: a function may have moved from one to another.
  for (const auto& [name, library] : trial.libraries_) Delete(name);
  for (const std::string& source : *sources) {
    if (!Load(source, true, 0, &error)) return error;
  }
  return {};
}

const Function* FunctionRegistry::Find(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

void FunctionRegistry::Run(const Function& function, ScriptRun& run, Args keys, Args args,
                           Call& call, ReplyBuilder& reply) {
  RunJob job = {function.callback, run, keys, args, reply};
  const ReplyBuilder::Mark mark = reply.GetMark();
  if (!vm()->Run(RunBody, &job, &run)) {
    // There was no memory for the arguments or the reply.
    reply.RewindTo(mark);
    ReplyWithFailure(vm()->state(), run.name(), reply, &job.errors_counted);
    lua_settop(vm()->state(), 0);
  }
  if (job.errors_counted) call.dispatcher().NoteErrorsCounted(reply);
}

std::vector<std::string> FunctionRegistry::Sources() const {
  const MutexLock lock(&mutex_);
  return sources_;
}

std::string FunctionRegistry::AddFromFile(std::string_view source, bool may_replace) {
  std::string error;
  Load(source, may_replace, 0, &error);
  return error;
}

void FunctionRegistry::Clear() {
  libraries_.clear();
  functions_.clear();
  vm_ = nullptr;
  Publish();
}

void FunctionRegistry::Publish() {
  Usage usage{.libraries = libraries_.size(),
              .functions = functions_.size(),
              .vm_bytes = vm_ == nullptr ? 0 : vm_->used_bytes()};
  std::map<std::string, uint32_t, LessInAnyCase> flags;
  std::vector<std::string> sources;
  for (const auto& [name, library] : libraries_) {
    usage.source_bytes += library->source.size();
    sources.push_back(library->source);
  }
  for (const auto& [name, function] : functions_) flags.emplace(name, function->flags);
  const MutexLock lock(&mutex_);
  usage_ = usage;
  flags_ = std::move(flags);
  sources_ = std::move(sources);
}

std::optional<uint32_t> FunctionRegistry::FlagsOf(std::string_view name) const {
  const MutexLock lock(&mutex_);
  const auto found = flags_.find(name);
  if (found == flags_.end()) return std::nullopt;
  return found->second;
}

FunctionRegistry::Usage FunctionRegistry::usage() const {
  const MutexLock lock(&mutex_);
  return usage_;
}

}  // namespace redstart
