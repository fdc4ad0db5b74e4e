#ifndef REDSTART_PROTOCOL_RESP_PARSER_H_
#define REDSTART_PROTOCOL_RESP_PARSER_H_

// Turns a client's bytes into requests: RESP arrays of bulk strings, and inline requests. Limits
// and error texts are those of Redis 7.2, because clients and test suites match on them.
//
// One parser per connection, used by its I/O thread only. It never copies argument bytes and never
// looks twice at what it has seen: between calls it remembers offsets from the first byte not
// consumed, so the caller may move its bytes. Neither a million arguments nor one of 512 MB cost
// more than linear time, however the bytes arrive; and where the bytes are split never changes the
// outcome.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.h"

namespace redstart {

struct ParserLimits {
  int64_t max_bulk_bytes = 512LL << 20;
  // Before a required authentication: at most 10 arguments of 16384 bytes.
  bool authenticated = true;
};

class RequestParser {
 public:
  enum class Status { kNeedMore, kRequest, kError };

  // Longest line (inline request, or a length) in bytes; one more without an end is an error.
  static constexpr size_t kMaxLineBytes = 64 * 1024;

  RequestParser() = default;
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  // Adds complete requests to `batch` until it is full or the input ends. `input` begins at the
  // first byte not consumed: after every call the caller drops consumed() bytes, and passes the
  // same rest (maybe elsewhere in memory) with more behind it.
  //   kRequest   at least one request was added. What follows it, an error or an unfinished
  //              request, is not reported yet: execute, then call again, so that an AUTH or a
  //              CONFIG SET takes effect on the limits of what follows.
  //   kNeedMore  nothing was added. bytes_wanted() says what to wait for.
  //   kError     nothing was added; send error() and close. Only Reset() makes the parser usable
  //              again.
  // Empty requests ("*0", "*-1", blank lines) are skipped. REQUIRES: !batch->full().
  Status ParseInto(std::string_view input, const ParserLimits& limits, RequestBatch* batch);

  // Bytes of the last call's input that are done with: its requests and skipped empty ones.
  size_t consumed() const { return consumed_; }

  // After kNeedMore: the least total size of input, counted behind consumed(), with which progress
  // is possible.
  size_t bytes_wanted() const { return bytes_wanted_; }

  // After kError: what to send behind the '-', such as "ERR Protocol error: invalid bulk length".
  std::string_view error() const { return error_ == nullptr ? std::string_view() : *error_; }

  // Forgets an unfinished request (the connection was reset).
  void Reset();

 private:
  enum class Step { kDone, kNeedMore, kError };
  enum class Line { kFound, kMissing, kTooLong };
  enum class Phase : uint8_t { kStart, kCount, kArgs, kInline };
  struct Piece {
    size_t offset;
    size_t size;
  };
  static constexpr size_t kKeptPieces = 1024;

  Step ParseOne(std::string_view input, const ParserLimits& limits, RequestBatch* batch);
  size_t ParseWholeArray(std::string_view input, const ParserLimits& limits, RequestBatch* batch);
  void KeepOpenRequest(const char* base, RequestBatch* batch);
  Step ParseCount(std::string_view input, const ParserLimits& limits);
  Step ParseArgs(std::string_view input, const ParserLimits& limits, RequestBatch* batch);
  Step ParseBulkLength(std::string_view input, const ParserLimits& limits);
  Step ParseInline(std::string_view input, RequestBatch* batch);
  Line FindLineEnd(std::string_view input, char terminator, size_t* end);
  Step Wait(size_t bytes_wanted);
  Step Fail(std::string_view text);
  void ForgetRequest();

  // The unfinished request. Offsets count from the first byte not consumed.
  Phase phase_ = Phase::kStart;
  int32_t args_left_ = 0;    // in Phase::kArgs
  size_t pos_ = 0;           // next byte to look at: the start of a line or of an argument's bytes
  size_t scanned_ = 0;       // bytes of the line at pos_ known not to hold its end
  int64_t bulk_bytes_ = -1;  // of the argument at pos_; -1: its length line comes first
  std::vector<Piece> pieces_;  // arguments seen

  size_t consumed_ = 0;
  size_t bytes_wanted_ = 1;
  std::unique_ptr<std::string> error_;  // There is hardly ever one, and a parser per client.
};

}  // namespace redstart

#endif  // REDSTART_PROTOCOL_RESP_PARSER_H_
