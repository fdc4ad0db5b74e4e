#ifndef REDSTART_SERVER_PERSISTENCE_AOF_RESTORE_H_
#define REDSTART_SERVER_PERSISTENCE_AOF_RESTORE_H_

// Recovery up to a point in time: makes, out of the files of an append-only file and the history
// kept beside it, one that ends with a given second. Any server can then load it.
//
// A generation is a base with the increments that were written until the next base. The times come
// from the bases (an RDB file has one, and commands begin with one) and from the lines that
// aof-timestamp-enabled puts into increments; where those lack, only whole files can be restored.
//
// For the program's start, without a server: one thread, no locks. The source is only read.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/config/config.h"

namespace redstart {

// Seconds since 1970, or a date and time in UTC: "2026-01-31 12:00:00", or with a T between them.
std::optional<int64_t> ParsePointInTime(std::string_view text);

// Copies what was executed up to the end of `second` into `folder`, which must not hold an
// append-only file. Returns what was done, in words. The status of a failure says why nothing was.
absl::StatusOr<std::string> RestoreTo(const Config& config, int64_t second,
                                      const std::string& folder);
// What could be restored, and what `second` would give. Writes nothing.
absl::StatusOr<std::string> DescribeRestore(const Config& config, int64_t second);

}  // namespace redstart

#endif  // REDSTART_SERVER_PERSISTENCE_AOF_RESTORE_H_
