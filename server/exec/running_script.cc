#include "server/exec/running_script.h"

namespace redstart {
namespace {

constexpr std::string_view kBusyEval =
    "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.";
constexpr std::string_view kBusyFunction =
    "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.";
constexpr std::string_view kNothingToKill = "NOTBUSY No scripts in execution right now.";
constexpr std::string_view kUnkillable =
    "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
    "either wait the script termination or kill the server in a hard way using the SHUTDOWN NOSAVE "
    "command.";

}  // namespace

std::string_view RunningScript::ErrorWhile(Kind kind) {
  return kind == Kind::kFunction ? kBusyFunction : kBusyEval;
}

void RunningScript::BecomeBusy(Kind kind, std::string_view name, Args command, bool has_written,
                               uint64_t started_ms) {
  {
    const MutexLock lock(&mutex_);
    facts_ = {std::string(name), {command.begin(), command.end()}, started_ms};
  }
  killed_.store(false, std::memory_order_relaxed);
  has_written_.store(has_written, std::memory_order_relaxed);
  busy_.store(kind, std::memory_order_release);
}

void RunningScript::End() {
  busy_.store(Kind::kNone, std::memory_order_release);
}

std::string_view RunningScript::Kill(Kind wanted) {
  const Kind kind = busy();
  if (kind == Kind::kNone) return kNothingToKill;
  if (has_written_.load(std::memory_order_relaxed)) return kUnkillable;
  if (kind != wanted) return ErrorWhile(kind);
  killed_.store(true, std::memory_order_relaxed);
  return {};
}

RunningScript::Facts RunningScript::facts() const {
  const MutexLock lock(&mutex_);
  return facts_;
}

}  // namespace redstart
