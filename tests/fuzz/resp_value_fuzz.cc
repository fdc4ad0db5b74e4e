// Whatever a peer sends, decoding it ends, and ends the same wherever its bytes are cut.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/resp_value.h"

namespace redstart {
namespace {

struct Outcome {
  std::vector<std::string> values;
  bool failed = false;

  bool operator==(const Outcome&) const = default;
};

Outcome Run(std::string_view sent, size_t step) {
  Outcome outcome;
  RespValueParser parser;
  std::string buffer;
  while (!sent.empty() && !outcome.failed) {
    const size_t now = std::min(step, sent.size());
    buffer = std::string(std::string_view(buffer)).append(sent.substr(0, now));
    sent.remove_prefix(now);
    while (true) {
      RespValue value;
      const RespValueParser::Status status = parser.Parse(buffer, &value);
      buffer.erase(0, parser.consumed());
      outcome.failed = status == RespValueParser::Status::kError;
      if (status != RespValueParser::Status::kValue) break;
      outcome.values.push_back(value.DebugString());
    }
  }
  return outcome;
}

}  // namespace
}  // namespace redstart

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view sent(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = redstart::Run(sent, sent.size());
  if (redstart::Run(sent, 1) != whole || redstart::Run(sent, 1 + data[0]) != whole) {
    std::fprintf(stderr, "violated: cutting the input changes nothing\n");
    std::abort();
  }
  return 0;
}
