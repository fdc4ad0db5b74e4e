#ifndef REDSTART_SERVER_EXEC_SLOW_COMMANDS_H_
#define REDSTART_SERVER_EXEC_SLOW_COMMANDS_H_

// Which commands of a thread took so long that the slow log or the latency monitor is to know.
//
// Owned by a dispatcher, used by its thread alone. A command is noted when it ends, which may be
// while shards are locked; it is published, under the locks of the log and the monitor, once they
// are not.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/request.h"
#include "server/config/config.h"
#include "server/exec/command_spec.h"
#include "server/exec/services.h"
#include "server/exec/session.h"
#include "server/observe/slow_log.h"

namespace redstart {

class SlowCommands {
 public:
  explicit SlowCommands(const Services& services) : services_(services) {}

  // To be called whenever the configuration changed.
  void Configure(const Config& config);
  // What takes less is of no interest to anybody.
  uint64_t least_nanos() const { return least_nanos_; }
  // A command has ended. REQUIRES: nanos >= least_nanos().
  void Note(const Session& session, const CommandSpec& spec, Args args, uint64_t nanos);
  // Something else has ended. REQUIRES: no shard is locked by this thread.
  void NoteEvent(std::string_view event, uint64_t nanos);
  // Tells the slow log and the latency monitor. REQUIRES: no shard is locked by this thread.
  void Publish() {
    if (!noted_.empty()) [[unlikely]] {
      PublishNoted();
    }
  }

 private:
  struct Noted {
    std::string_view event;
    uint64_t nanos;
    std::optional<SlowLog::Entry> entry;
  };

  void PublishNoted();

  const Services& services_;
  uint64_t least_nanos_ = 0;
  uint64_t logged_nanos_ = 0;     // From here on the slow log wants it.
  uint64_t monitored_nanos_ = 0;  // From here on the latency monitor wants it.
  size_t max_entries_ = 0;
  std::vector<Noted> noted_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_SLOW_COMMANDS_H_
