#include "server/scripting/script_run.h"

#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"
#include "server/exec/errors.h"
#include "server/observe/log.h"
#include "storage/base/tick_clock.h"

namespace redstart {
namespace {

constexpr std::string_view kRefusedMisconf =
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to "
    "disk. Writable scripts are blocked. Use 'no-writes' flag for read only scripts.";
constexpr std::string_view kRefusedReadOnly =
    "ERR Can not execute a script with write flag using *_ro command.";
constexpr std::string_view kRefusedMemory =
    "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'";
constexpr std::string_view kRefusedCluster =
    "ERR Can not run script on cluster, 'no-cluster' flag is set.";

// The fixed errors as PushError wants them.
const std::string& Coded(std::string_view error) {
  static const std::string kOom = "-" + std::string(error::kOutOfMemory);
  static const std::string kDisk = "-" + std::string(error::kMisconf);
  return error == error::kOutOfMemory ? kOom : kDisk;
}

}  // namespace

ScriptRun::ScriptRun(Call& call, Session& session, const What& what, Args command)
    : call_(call),
      session_(session),
      what_(what),
      config_(call.dispatcher().config_in_force()),
      lacked_memory_(config_->maxmemory > 0 &&
                     call.services().state->over_memory_limit.load(std::memory_order_relaxed)),
      command_(command),
      started_ns_(TickClock::SteadyNanos()) {
  session_.authenticated = true;
  session_.database.store(call.session().database.load(std::memory_order_relaxed));
  session_.no_touch.store(call.session().no_touch.load(std::memory_order_relaxed));
  session_.resp_version.store(2);
}

ScriptRun::~ScriptRun() {
  if (!is_busy_) return;
  call_.services().keyspace->SetBusy(false);
  call_.services().state->script.End();
}

void ScriptRun::BecomeBusy(uint64_t elapsed_ms) {
  using Kind = RunningScript::Kind;
  is_busy_ = true;
  // Everybody waits for this script anyway, so the log's file may be waited for as well.
  logging::Warning(
      "Slow script detected: still in execution after {} milliseconds. You can try killing the "
      "script using the {} command. Script name is: {}.",
      elapsed_ms, what_.is_function ? "FUNCTION KILL" : "SCRIPT KILL", what_.name);
  call_.services().state->script.BecomeBusy(
      what_.is_function ? Kind::kFunction : Kind::kEval, what_.name, command_, has_written_,
      call_.services().clock->NowMicros() / 1000 - elapsed_ms);
  call_.services().keyspace->SetBusy(true);
}

bool ScriptRun::MustEnd() {
  const Services& services = call_.services();
  const auto threshold = static_cast<uint64_t>(config_->busy_reply_threshold);
  if (threshold == 0) return false;
  if (!is_busy_) {
    constexpr uint64_t kNanosPerMilli = 1'000'000;
    const uint64_t elapsed_ms = (TickClock::SteadyNanos() - started_ns_) / kNanosPerMilli;
    if (elapsed_ms < threshold) return false;
    BecomeBusy(elapsed_ms);
  }
  call_.dispatcher().Poll();
  return services.state->script.killed() ||
         services.state->stopping.load(std::memory_order_relaxed);
}

bool ScriptRun::WritesAreRefused() const {
  return call_.services().state->last_save_failed.load(std::memory_order_relaxed) &&
         config_->stop_writes_on_bgsave_error && !config_->save.empty();
}

bool ScriptRun::MayBegin(ReplyBuilder& reply) const {
  if ((what_.flags & kScriptUndeclared) != 0) return true;
  std::string_view refusal;
  const bool may_write = (what_.flags & kScriptNoWrites) == 0;
  if ((what_.flags & kScriptNoCluster) != 0 && config_->cluster_enabled) {
    refusal = kRefusedCluster;
  } else if (may_write && WritesAreRefused()) {
    refusal = kRefusedMisconf;
  } else if (may_write && what_.read_only) {
    refusal = kRefusedReadOnly;
  } else if (lacked_memory_ && may_write && (what_.flags & kScriptAllowOom) == 0) {
    refusal = kRefusedMemory;
  }
  if (!refusal.empty()) reply.Fail(refusal);
  return refusal.empty();
}

const CommandRow* ScriptRun::FindRow() const {
  const CommandRow* row = call_.services().commands->Resolve(args_);
  const bool lacks_subcommand = row != nullptr && row->spec->Has(kContainer) && args_.size() >= 2;
  return lacks_subcommand ? nullptr : row;
}

std::string_view ScriptRun::WhyNot(const CommandRow* row) const {
  if (row == nullptr) return "Unknown Redis command called from script";
  const CommandSpec& spec = *row->spec;
  if (!spec.AcceptsCount(args_.size()) || spec.run.kind == Handler::Kind::kAbsent) {
    return "Wrong number of args calling Redis command from script";
  }
  if (spec.Has(kNoScript) && !call_.services().state->scripts_may_call_all) {
    return "This Redis command is not allowed from script";
  }
  const bool only_reads = what_.read_only || (what_.flags & kScriptNoWrites) != 0;
  if (only_reads && spec.Has(kWrite | kMayReplicate)) {
    return "Write commands are not allowed from read-only scripts.";
  }
  // Once it has written it is not stopped half-way.
  if (has_written_) return {};
  if (spec.Has(kWrite) && WritesAreRefused()) return Coded(error::kMisconf);
  const bool may_exceed =
      (what_.flags & kScriptUndeclared) == 0 && (what_.flags & kScriptAllowOom) != 0;
  if (lacked_memory_ && !may_exceed && spec.Has(kDenyOom)) return Coded(error::kOutOfMemory);
  return {};
}

bool ScriptRun::CallCommand() {
  const CommandRow* row = FindRow();
  refusal_ = WhyNot(row);
  if (!refusal_.empty()) {
    ThreadStats& stats = call_.dispatcher().stats();
    if (row != nullptr) stats.commands[row->index].rejected.Add();
    stats.error_replies.Add();
    stats.errors.Add(refusal_[0] == '-' ? refusal_.substr(1) : "ERR ", 1);
    return false;
  }
  if (row->spec->Has(kWrite) && !has_written_) {
    has_written_ = true;
    if (is_busy_) call_.services().state->script.NoteWrite();
  }
  replies_.Clear();
  flat_reply_.clear();
  ReplyBuilder reply(&replies_, resp());
  call_.dispatcher().RunForScript(session_, *row, args_, call_.locks(), records_, reply);
  replies_.ForEachPiece([&](std::string_view piece) { flat_reply_.append(piece); });
  return true;
}

}  // namespace redstart
