#ifndef REDSTART_SERVER_COMMANDS_SCAN_OPTIONS_H_
#define REDSTART_SERVER_COMMANDS_SCAN_OPTIONS_H_

// What SCAN, HSCAN, SSCAN and ZSCAN have in common: cursor, options, and the shape of the reply.
// Values on a handler's stack; views into the request.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/reply_builder.h"
#include "protocol/request.h"
#include "storage/types/element.h"

namespace redstart {

// A cursor as strtoul reads it: a sign is accepted (and negates modulo 2^64), no text at all is 0,
// and what follows a zero byte is not looked at.
std::optional<uint64_t> ParseCursor(std::string_view text);

enum class ScanKind : uint8_t { kKeys, kHash, kOther };

struct ScanOptions {
  // Absent: everything.
  std::optional<std::string_view> pattern;
  std::optional<std::string_view> type;  // SCAN only.
  bool no_values = false;                // HSCAN only.
  size_t count = 10;

  // Reads the words behind the cursor. Returns the error to answer, or nothing.
  std::string_view Read(Args words, ScanKind kind);
  // Whether the pattern lets a key, field or member through.
  bool Matches(std::string_view name) const;
  bool Matches(const Element& element) const {
    IntegerText scratch;
    return !pattern || Matches(element.View(&scratch));
  }
};

// What was found, kept until the cursor is known, which stands before it in the reply.
class ScanReply {
 public:
  void Add(std::string_view text) {
    texts_.append(text);
    ends_.push_back(texts_.size());
  }
  void Add(const Element& element) {
    IntegerText scratch;
    Add(element.View(&scratch));
  }
  void Write(uint64_t cursor, ReplyBuilder& reply) const;

 private:
  std::string texts_;
  std::vector<size_t> ends_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_SCAN_OPTIONS_H_
