// Payloads of RESTORE are what strangers make of them: reading one never goes out of bounds or
// allocates beyond reason (libFuzzer's memory limit would end the run), and every string read can
// be written and read again.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/disk/rdb_primitives.h"

namespace redstart {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

void CheckRoundTrip(std::string_view text, RdbCompression compression) {
  std::string encoded;
  AppendRdbString(text, compression, &encoded);
  RdbInput input(encoded);
  const auto again = input.ReadString();
  Require(again.has_value() && *again == text && input.AtEnd(), "what is written is read");
}

void ReadLengths(std::string_view bytes) {
  RdbInput input(bytes);
  while (const auto length = input.ReadLength()) {
    std::string encoded;
    AppendRdbLength(*length, &encoded);
    Require(RdbInput(encoded).ReadLength() == length, "lengths survive");
  }
  RdbInput counts(bytes);
  while (const auto count = counts.ReadCount(3)) Require(*count <= bytes.size(), "counts are sane");
}

void ReadStrings(std::string_view bytes) {
  RdbInput input(bytes);
  std::string scratch;
  while (const auto view = input.ReadString(&scratch)) {
    Require(view->size() <= bytes.size() * 264 + 264, "no string out of proportion");
    CheckRoundTrip(*view, RdbCompression::kOn);
    CheckRoundTrip(*view, RdbCompression::kOff);
  }
}

}  // namespace
}  // namespace redstart

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // As it came, which nearly always fails at the checksum; then as a body with a good footer.
  if (const auto body = redstart::CheckDumpPayload(bytes)) {
    redstart::Require(bytes.starts_with(*body), "the body is the front");
  }
  std::string payload(bytes);
  redstart::AppendDumpFooter(&payload);
  const auto body = redstart::CheckDumpPayload(payload);
  redstart::Require(body.has_value() && *body == bytes, "our own footer is accepted");
  redstart::ReadLengths(*body);
  redstart::ReadStrings(*body);
  return 0;
}
