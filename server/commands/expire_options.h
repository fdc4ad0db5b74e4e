#ifndef REDSTART_SERVER_COMMANDS_EXPIRE_OPTIONS_H_
#define REDSTART_SERVER_COMMANDS_EXPIRE_OPTIONS_H_

// The options of SET and GETEX that concern a key's deadline: EX, PX, EXAT, PXAT, and KEEPTTL or
// PERSIST. At most one of them may be given, but that one repeatedly; the last amount counts.
// Amounts must be positive and the deadline must fit an int64, as in Redis 7.2.
//
// A value on a handler's stack, with a view into the request.

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/reply_builder.h"
#include "server/exec/arg_reader.h"

namespace redstart {

struct ExpireOption {
  enum class Kind : uint8_t {
    kNone,
    kSeconds,
    kMilliseconds,
    kUnixSeconds,
    kUnixMilliseconds,
    kKeepTtl,
    kPersist,
  };

  Kind kind = Kind::kNone;
  std::string_view amount;

  // EX, PX, EXAT or PXAT.
  bool HasDeadline() const { return kind >= Kind::kSeconds && kind <= Kind::kUnixMilliseconds; }
  // EXAT or PXAT.
  bool IsAbsolute() const { return kind == Kind::kUnixSeconds || kind == Kind::kUnixMilliseconds; }

  // Consumes one of the options, of KEEPTTL and PERSIST only `flag`. False if none of them stands
  // there; one that conflicts with an earlier one is a syntax error.
  bool Read(ArgReader& in, Kind flag);

  // The deadline in milliseconds since 1970. Nothing if the amount is wrong: then the error has
  // been written, which names the command. REQUIRES: HasDeadline().
  std::optional<uint64_t> Deadline(uint64_t now_ms, std::string_view command,
                                   ReplyBuilder& reply) const;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_EXPIRE_OPTIONS_H_
