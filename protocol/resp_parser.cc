#include "protocol/resp_parser.h"

#include <algorithm>
#include <cstring>

#include "protocol/inline_request.h"
#include "protocol/number_text.h"

namespace redstart {
namespace {

constexpr int64_t kMaxArgs = std::numeric_limits<int32_t>::max();
constexpr int64_t kMaxArgsUnauthenticated = 10;
constexpr int64_t kMaxBulkUnauthenticated = 16384;

const char* ReadLongLength(const char* p, const char* end, int64_t* length) {
  if (end - p < 3) return nullptr;
  const unsigned first = static_cast<unsigned char>(*p) - '0';
  if (first > 9) return nullptr;
  int64_t value = first;
  const char* const last = p + std::min<ptrdiff_t>(end - p - 2, 11);
  while (*++p != '\r') {
    const unsigned digit = static_cast<unsigned char>(*p) - '0';
    if (digit > 9 || p >= last || value == 0) return nullptr;
    value = value * 10 + digit;
  }
  *length = value;
  return p + 2;
}

// Reads "<digits>\r?" and returns the byte behind it; nullptr for whatever is not plainly right and
// complete. Nearly all lengths have one or two digits.
inline const char* ReadLength(const char* p, const char* end, int64_t* length) {
  if (end - p >= 4) [[likely]] {
    const unsigned first = static_cast<unsigned char>(p[0]) - '0';
    const unsigned second = static_cast<unsigned char>(p[1]) - '0';
    if (first <= 9 && p[1] == '\r') {
      *length = first;
      return p + 3;
    }
    if (first - 1 <= 8 && second <= 9 && p[2] == '\r') {
      *length = first * 10 + second;
      return p + 4;
    }
  }
  return ReadLongLength(p, end, length);
}

}  // namespace

RequestParser::Status RequestParser::ParseInto(std::string_view input, const ParserLimits& limits,
                                               RequestBatch* batch) {
  consumed_ = 0;
  bytes_wanted_ = 1;
  const size_t size_before = batch->size();
  while (consumed_ < input.size() && !batch->full()) {
    const std::string_view rest = input.substr(consumed_);
    if (phase_ == Phase::kStart && rest[0] == '*') {
      if (const size_t bytes = ParseWholeArray(rest, limits, batch)) [[likely]] {
        consumed_ += bytes;
        continue;
      }
    }
    const Step step = ParseOne(rest, limits, batch);
    if (step == Step::kDone) {
      consumed_ += pos_;
      ForgetRequest();
      continue;
    }
    if (batch->size() != size_before) break;
    return step == Step::kError ? Status::kError : Status::kNeedMore;
  }
  return batch->size() != size_before ? Status::kRequest : Status::kNeedMore;
}

void RequestParser::Reset() {
  ForgetRequest();
  consumed_ = 0;
  bytes_wanted_ = 1;
  error_ = nullptr;
}

void RequestParser::ForgetRequest() {
  phase_ = Phase::kStart;
  pos_ = 0;
  scanned_ = 0;
  bulk_bytes_ = -1;
  pieces_.clear();
  if (pieces_.capacity() > kKeptPieces) std::vector<Piece>().swap(pieces_);
}

RequestParser::Step RequestParser::ParseOne(std::string_view input, const ParserLimits& limits,
                                            RequestBatch* batch) {
  if (phase_ == Phase::kStart) phase_ = Phase::kInline;
  if (phase_ == Phase::kInline) return ParseInline(input, batch);
  if (phase_ == Phase::kCount) {
    const Step step = ParseCount(input, limits);
    if (step != Step::kDone || args_left_ <= 0) return step;
  }
  return ParseArgs(input, limits, batch);
}

// The way nearly all requests go: complete and right. Returns its bytes, and leaves no trace but
// the request. At anything else it stops between two arguments, keeps those that it has, leaves the
// verdict to the careful code, and returns 0.
size_t RequestParser::ParseWholeArray(std::string_view input, const ParserLimits& limits,
                                      RequestBatch* batch) {
  const char* const base = input.data();
  const char* const end = base + input.size();
  int64_t count = 0;
  const char* p = ReadLength(base + 1, end, &count);
  const int64_t max_args = limits.authenticated ? kMaxArgs : kMaxArgsUnauthenticated;
  if (p == nullptr || count == 0 || count > max_args) {
    phase_ = Phase::kCount;
    return 0;
  }
  const int64_t max_bulk = limits.authenticated
                               ? limits.max_bulk_bytes
                               : std::min(limits.max_bulk_bytes, kMaxBulkUnauthenticated);
  for (int64_t left = count; left > 0; --left) {
    int64_t bytes = 0;
    const char* data = nullptr;
    if (p != end && *p == '$') data = ReadLength(p + 1, end, &bytes);
    if (data == nullptr || bytes > max_bulk || end - data < bytes + 2) {
      phase_ = Phase::kArgs;
      args_left_ = static_cast<int32_t>(left);
      pos_ = p - base;
      KeepOpenRequest(base, batch);
      return 0;
    }
    batch->AddArg(std::string_view(data, bytes));
    p = data + bytes + 2;
  }
  batch->FinishRequest();
  return static_cast<size_t>(p - base);
}

void RequestParser::KeepOpenRequest(const char* base, RequestBatch* batch) {
  for (const std::string_view arg : batch->open_request()) {
    pieces_.push_back({static_cast<size_t>(arg.data() - base), arg.size()});
  }
  batch->AbandonRequest();
}

RequestParser::Step RequestParser::ParseCount(std::string_view input, const ParserLimits& limits) {
  size_t cr = 0;
  const Line line = FindLineEnd(input, '\r', &cr);
  if (line == Line::kTooLong) return Fail("too big mbulk count string");
  // The byte behind '\r' must have arrived; like Redis, nobody asks whether it is '\n'.
  if (line == Line::kMissing) return Wait(input.size() + 1);
  if (cr + 2 > input.size()) return Wait(cr + 2);
  int64_t count = 0;
  if (!ParseWireInteger(input.substr(1, cr - 1), &count) || count > kMaxArgs) {
    return Fail("invalid multibulk length");
  }
  if (count > kMaxArgsUnauthenticated && !limits.authenticated) {
    return Fail("unauthenticated multibulk length");
  }
  pos_ = cr + 2;
  scanned_ = 0;
  args_left_ = static_cast<int32_t>(std::max<int64_t>(count, 0));
  if (count > 0) phase_ = Phase::kArgs;
  return Step::kDone;
}

RequestParser::Step RequestParser::ParseArgs(std::string_view input, const ParserLimits& limits,
                                             RequestBatch* batch) {
  while (args_left_ > 0) {
    if (bulk_bytes_ < 0) {
      const Step step = ParseBulkLength(input, limits);
      if (step != Step::kDone) return step;
    }
    const size_t bytes = static_cast<size_t>(bulk_bytes_);
    if (input.size() - pos_ < bytes + 2) return Wait(pos_ + bytes + 2);
    pieces_.push_back({pos_, bytes});
    pos_ += bytes + 2;
    bulk_bytes_ = -1;
    --args_left_;
  }
  for (const Piece& piece : pieces_) batch->AddArg(input.substr(piece.offset, piece.size));
  batch->FinishRequest();
  return Step::kDone;
}

RequestParser::Step RequestParser::ParseBulkLength(std::string_view input,
                                                   const ParserLimits& limits) {
  size_t cr = 0;
  const Line line = FindLineEnd(input, '\r', &cr);
  if (line == Line::kTooLong) return Fail("too big bulk count string");
  if (line == Line::kMissing) return Wait(input.size() + 1);
  if (cr + 2 > input.size()) return Wait(cr + 2);
  if (input[pos_] != '$') {
    const char shown = input[pos_] == '\r' || input[pos_] == '\n' ? ' ' : input[pos_];
    return Fail(std::string("expected '$', got '") + shown + "'");
  }
  int64_t bytes = 0;
  if (!ParseWireInteger(input.substr(pos_ + 1, cr - pos_ - 1), &bytes) || bytes < 0 ||
      bytes > limits.max_bulk_bytes) {
    return Fail("invalid bulk length");
  }
  if (bytes > kMaxBulkUnauthenticated && !limits.authenticated) {
    return Fail("unauthenticated bulk length");
  }
  pos_ = cr + 2;
  scanned_ = 0;
  bulk_bytes_ = bytes;
  return Step::kDone;
}

RequestParser::Step RequestParser::ParseInline(std::string_view input, RequestBatch* batch) {
  size_t newline = 0;
  const Line found = FindLineEnd(input, '\n', &newline);
  if (found == Line::kTooLong) return Fail("too big inline request");
  if (found == Line::kMissing) return Wait(input.size() + 1);
  std::string_view line = input.substr(0, newline);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!SplitInline(line, batch)) {
    batch->AbandonRequest();
    return Fail("unbalanced quotes in request");
  }
  if (!batch->open_request().empty()) batch->FinishRequest();
  pos_ = newline + 1;
  return Step::kDone;
}

// The end of the line at pos_, as an offset into input. A NUL byte hides everything behind it, so
// such a line never ends but by growing too long; that is what Redis's C string functions do, and
// its protocol tests send it. The search stops at the limit even if more is there: what a request
// means must not depend on how its bytes were cut into packets.
RequestParser::Line RequestParser::FindLineEnd(std::string_view input, char terminator,
                                               size_t* end) {
  const std::string_view line = input.substr(pos_, kMaxLineBytes + 1);
  if (scanned_ == line.size() || line[scanned_] != '\0') {
    const size_t found = line.find(terminator, scanned_);
    const size_t nul = line.substr(0, found).find('\0', scanned_);
    if (found != line.npos && nul == line.npos) {
      *end = pos_ + found;
      return Line::kFound;
    }
    scanned_ = std::min(nul, line.size());
  }
  return line.size() > kMaxLineBytes ? Line::kTooLong : Line::kMissing;
}

RequestParser::Step RequestParser::Wait(size_t bytes_wanted) {
  bytes_wanted_ = bytes_wanted;
  return Step::kNeedMore;
}

RequestParser::Step RequestParser::Fail(std::string_view text) {
  error_ = std::make_unique<std::string>("ERR Protocol error: ");
  error_->append(text);
  return Step::kError;
}

}  // namespace redstart
