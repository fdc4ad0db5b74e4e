#include "storage/base/lock_wait.h"

namespace redstart {
namespace {

constinit thread_local uint64_t t_slept_nanos = 0;

}  // namespace

uint64_t SleptForLocksNanos() {
  return t_slept_nanos;
}

void AddSleptForLocksNanos(uint64_t nanos) {
  t_slept_nanos += nanos;
}

}  // namespace redstart
