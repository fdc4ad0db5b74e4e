// Wherever the bytes of a connection are cut into packets, the same requests and the same error
// come out of them.
//
// The first input byte chooses the limits, the second how to cut; the rest is what the client
// sends.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_parser.h"

namespace redstart {
namespace {

struct Outcome {
  std::vector<std::vector<std::string>> requests;
  std::string error;
  size_t unconsumed = 0;

  bool operator==(const Outcome&) const = default;
};

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

class Connection {
 public:
  explicit Connection(const ParserLimits& limits) : limits_(limits) {}

  void Receive(std::string_view bytes) {
    if (!outcome_.error.empty()) return;
    // A fresh exact-size block each time: views into an old one are caught by AddressSanitizer.
    buffer_ = std::string(std::string_view(buffer_)).append(bytes);
    buffer_.shrink_to_fit();
    while (ParseOnce()) {
    }
  }

  Outcome Finish() {
    if (outcome_.error.empty()) outcome_.unconsumed = buffer_.size();
    return std::move(outcome_);
  }

 private:
  bool ParseOnce() {
    batch_.Clear();
    const RequestParser::Status status = parser_.ParseInto(buffer_, limits_, &batch_);
    Require(parser_.consumed() <= buffer_.size(), "consumed no more than there was");
    Require(batch_.empty() == (status != RequestParser::Status::kRequest), "kRequest iff requests");
    for (size_t i = 0; i < batch_.size(); ++i) {
      Require(!batch_[i].empty(), "no empty requests");
      outcome_.requests.emplace_back(batch_[i].begin(), batch_[i].end());
    }
    buffer_.erase(0, parser_.consumed());
    if (status == RequestParser::Status::kError) outcome_.error = parser_.error();
    if (status == RequestParser::Status::kNeedMore) {
      Require(parser_.bytes_wanted() > buffer_.size(), "wants more than it has");
    }
    return status == RequestParser::Status::kRequest;
  }

  ParserLimits limits_;
  RequestParser parser_;
  RequestBatch batch_;
  std::string buffer_;
  Outcome outcome_;
};

Outcome Run(std::string_view sent, const ParserLimits& limits, size_t first, size_t step) {
  Connection connection(limits);
  connection.Receive(sent.substr(0, first));
  sent.remove_prefix(std::min(first, sent.size()));
  while (!sent.empty()) {
    const size_t now = std::min(step, sent.size());
    connection.Receive(sent.substr(0, now));
    sent.remove_prefix(now);
  }
  return connection.Finish();
}

}  // namespace
}  // namespace redstart

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  redstart::ParserLimits limits;
  limits.authenticated = (data[0] & 1) == 0;
  if ((data[0] & 2) != 0) limits.max_bulk_bytes = 10;
  const std::string_view sent(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto whole = redstart::Run(sent, limits, sent.size(), 1);
  const size_t cut = sent.empty() ? 0 : data[1] % sent.size();
  redstart::Require(redstart::Run(sent, limits, cut, sent.size() + 1) == whole, "cut once");
  redstart::Require(redstart::Run(sent, limits, 0, 1) == whole, "byte by byte");
  redstart::Require(redstart::Run(sent, limits, cut, 1 + data[1] % 7) == whole, "small packets");
  return 0;
}
