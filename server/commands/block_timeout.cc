#include "server/commands/block_timeout.h"

#include <cmath>
#include <limits>

#include "server/exec/session_wait.h"
#include "storage/base/number.h"

namespace redstart {
namespace {

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

std::optional<uint64_t> DeadlineIn(int64_t milliseconds, uint64_t now_ms, ReplyBuilder& reply) {
  if (milliseconds < 0) {
    reply.Fail("ERR timeout is negative");
    return std::nullopt;
  }
  if (milliseconds == 0) return WaitOptions::kNoDeadline;
  if (milliseconds > kMax - static_cast<int64_t>(now_ms)) {
    reply.Fail("ERR timeout is out of range");
    return std::nullopt;
  }
  return now_ms + static_cast<uint64_t>(milliseconds);
}

}  // namespace

std::optional<uint64_t> ReadTimeoutSeconds(std::string_view text, uint64_t now_ms,
                                           ReplyBuilder& reply) {
  const std::optional<long double> seconds = ParseLongDouble(text);
  if (!seconds) {
    reply.Fail("ERR timeout is not a float or out of range");
    return std::nullopt;
  }
  const long double milliseconds = std::ceil(*seconds * 1000);
  if (milliseconds > static_cast<long double>(kMax)) {
    reply.Fail("ERR timeout is out of range");
    return std::nullopt;
  }
  // Whatever is negative is as good as any other; minus infinity has no integer.
  return DeadlineIn(milliseconds < 0 ? -1 : static_cast<int64_t>(milliseconds), now_ms, reply);
}

std::optional<uint64_t> ReadTimeoutMillis(std::string_view text, uint64_t now_ms,
                                          ReplyBuilder& reply) {
  const std::optional<int64_t> milliseconds = ParseInt64(text);
  if (!milliseconds) {
    reply.Fail("ERR timeout is not an integer or out of range");
    return std::nullopt;
  }
  return DeadlineIn(*milliseconds, now_ms, reply);
}

}  // namespace redstart
