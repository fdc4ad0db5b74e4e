#ifndef REDSTART_SERVER_EXEC_OUTCOME_H_
#define REDSTART_SERVER_EXEC_OUTCOME_H_

// What a handler that may wait for keys (BLPOP) answers with: nothing, because it has replied, or
// what it waits for, without having changed or replied anything. It is run again then when one of
// those keys has become ready (blocking.h). A plain value on the stack.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/types/value_type.h"

namespace redstart {

struct KeyWait {
  ValueType type;  // A key is ready when it holds such a value.
  // Which arguments name the keys.
  size_t first_key;
  size_t key_count;
  uint64_t deadline_ms = UINT64_MAX;
  // Whether to be run again also when a key is deleted or gets another type (XREADGROUP).
  bool at_any_rate = false;
  // The argument that names a key for which the request may make others ready (BLMOVE's target).
  int pushes_to = -1;
  // Arguments that are to be others when the request is run again, such as XREAD's "$".
  std::vector<std::pair<size_t, std::string>> replaced = {};
};

using Outcome = std::optional<KeyWait>;
inline constexpr std::nullopt_t kDone = std::nullopt;

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_OUTCOME_H_
