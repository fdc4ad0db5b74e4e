#ifndef REDSTART_SERVER_COMMANDS_BLOCK_TIMEOUT_H_
#define REDSTART_SERVER_COMMANDS_BLOCK_TIMEOUT_H_

// The timeout argument of commands that wait, as the moment at which the wait ends
// (WaitOptions::deadline_ms, so that 0 means never). Pure functions; Redis's error texts.

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/reply_builder.h"

namespace redstart {

// Seconds with a fraction. Nothing: the error has been written.
std::optional<uint64_t> ReadTimeoutSeconds(std::string_view text, uint64_t now_ms,
                                           ReplyBuilder& reply);
// Milliseconds.
std::optional<uint64_t> ReadTimeoutMillis(std::string_view text, uint64_t now_ms,
                                          ReplyBuilder& reply);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_BLOCK_TIMEOUT_H_
