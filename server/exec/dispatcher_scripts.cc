// What a dispatcher does for a script that runs in one of its commands.

#include <utility>

#include "server/exec/clock.h"
#include "server/exec/dispatcher.h"
#include "server/exec/monitor_feed.h"

namespace redstart {

void Dispatcher::RunForScript(Session& session, const CommandRow& row, Args args, ShardLocks* locks,
                              bool records, ReplyBuilder& reply) {
  // The hashes of the batch that the script's own command belongs to stay where they are.
  std::swap(keys_, script_keys_);
  keys_.clear();
  const Plan plan = MakePlan(&row, args);
  std::swap(keys_, script_keys_);
  const auto keys = absl::Span<const KeyRef>(script_keys_).subspan(plan.first_key, plan.key_count);
  const size_t counted = std::exchange(counted_errors_, reply.error_count());
  const bool could_wait = std::exchange(may_wait_, false);
  in_script_ = true;
  recorder_.Mute(!records);
  moment_ = LookAtClock();
  RunLocked(session, row, args, keys, locks, reply);
  recorder_.Mute(false);
  in_script_ = false;
  may_wait_ = could_wait;
  counted_errors_ = counted;
}

void Dispatcher::ShowScript(const Session& session, Args args) {
  if (services_.monitors->any()) {
    services_.monitors->ShowAlways(session, args, services_.clock->NowMicros());
  }
}

}  // namespace redstart
