#ifndef REDSTART_SERVER_EXEC_CLOCK_H_
#define REDSTART_SERVER_EXEC_CLOCK_H_

// Where the time comes from: the machine, or a test that sets it. Called from every thread.

#include <chrono>
#include <cstdint>

namespace redstart {

class Clock {
 public:
  Clock() = default;
  virtual ~Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;

  // Microseconds since 1970.
  virtual uint64_t NowMicros() const {
    return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(
                                     std::chrono::system_clock::now().time_since_epoch())
                                     .count());
  }
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_CLOCK_H_
