#ifndef REDSTART_SERVER_PROCESS_OOM_SCORE_H_
#define REDSTART_SERVER_PROCESS_OOM_SCORE_H_

// How readily the kernel ends this process when memory runs out: `oom-score-adj`.
//
// One per process. Used by one thread at a time (the start, then CONFIG SET under its lock).
// Source: proc(5), /proc/pid/oom_score_adj.

#include "absl/status/status.h"
#include "server/config/config.h"

namespace redstart {

class OomScore {
 public:
  // Sets what the configuration says for a master, or puts back what was there before if it says
  // to leave it alone. The status is that which CONFIG SET answers; the log says more.
  absl::Status Apply(const Config& config);

 private:
  bool is_adjusted_ = false;
  int original_ = 0;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_PROCESS_OOM_SCORE_H_
