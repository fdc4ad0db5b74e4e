#ifndef REDSTART_SERVER_COMMANDS_HASH_FIELD_ARGUMENTS_H_
#define REDSTART_SERVER_COMMANDS_HASH_FIELD_ARGUMENTS_H_

// What the commands about single fields of hashes have in common: "FIELDS numfields field ..." and
// the deadlines that they give to fields. Redis keeps a field's deadline in 46 bits, so that is the
// limit of what a client may ask for.
//
// Pure functions over a request; the errors they write are those of Redis 7.4 and 8.0.

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/reply_builder.h"
#include "protocol/request.h"

namespace redstart {

// How a command reads a time: of "EX 10" the 10.
struct FieldTimeForm {
  std::string_view command;  // As in error texts.
  int64_t unit_ms = 1;
  bool relative = false;
};

// The absolute deadline in milliseconds since 1970, which may be past. Nothing if it is no time:
// then the error has been written.
std::optional<int64_t> ReadFieldDeadline(std::string_view amount, const FieldTimeForm& form,
                                         uint64_t now_ms, ReplyBuilder& reply);

// The fields of "FIELDS numfields field [field ...]", which must be all of `args`. Otherwise the
// error has been written; `no_count` is the one for a number below 1.
std::optional<Args> ReadFieldNames(Args args, std::string_view no_count, ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_HASH_FIELD_ARGUMENTS_H_
