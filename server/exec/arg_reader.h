#ifndef REDSTART_SERVER_EXEC_ARG_READER_H_
#define REDSTART_SERVER_EXEC_ARG_READER_H_

// Reads the arguments of a command from left to right and remembers the first error, so that a
// handler can read all of them and ask once. After an error every read returns a harmless value.
//
// Owned by a handler on its stack; views into the request.

#include <cstdint>
#include <limits>
#include <string_view>

#include "absl/strings/match.h"
#include "protocol/request.h"
#include "server/exec/errors.h"
#include "storage/base/number.h"

namespace redstart {

// Whether two texts are equal but for the case of letters: how option words are compared.
inline bool SameWord(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()),
                                absl::string_view(b.data(), b.size()));
}

class ArgReader {
 public:
  explicit ArgReader(Args args) : args_(args) {}

  bool done() const { return at_ >= args_.size(); }
  size_t remaining() const { return args_.size() - at_; }
  bool ok() const { return error_.empty(); }
  // The first error, for ReplyBuilder::Fail. REQUIRES: !ok().
  std::string_view error() const { return error_; }
  void Fail(std::string_view error) {
    if (ok()) error_ = error;
  }

  std::string_view Bytes() {
    if (done()) {
      Fail(error::kSyntax);
      return {};
    }
    return args_[at_++];
  }
  // Consumes the next argument if it is this word, in whatever case.
  bool Word(std::string_view word) {
    if (done() || !SameWord(args_[at_], word)) return false;
    ++at_;
    return true;
  }

  struct Range {
    int64_t min = std::numeric_limits<int64_t>::min();
    int64_t max = std::numeric_limits<int64_t>::max();
    // What to answer for a number outside, and for what is no number.
    std::string_view otherwise = error::kNotInteger;
    std::string_view malformed = error::kNotInteger;
  };
  int64_t Integer() { return Integer(Range{}); }
  int64_t Integer(const Range& range) {
    const std::optional<int64_t> value = ParseInt64(Bytes());
    if (!value) Fail(range.malformed);
    if (ok() && (*value < range.min || *value > range.max)) Fail(range.otherwise);
    return ok() ? *value : 0;
  }
  // A number that fits 32 bits: a database, a number of replicas.
  int Int32() { return Int32(error::kInt32Range, error::kNotInteger); }
  int Int32(std::string_view otherwise, std::string_view malformed) {
    return static_cast<int>(Integer({.min = std::numeric_limits<int32_t>::min(),
                                     .max = std::numeric_limits<int32_t>::max(),
                                     .otherwise = otherwise,
                                     .malformed = malformed}));
  }

 private:
  Args args_;
  size_t at_ = 0;
  std::string_view error_;
};

}  // namespace redstart

#endif  // REDSTART_SERVER_EXEC_ARG_READER_H_
