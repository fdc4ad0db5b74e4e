// Payloads of RESTORE are what strangers make of them: reading one never goes out of bounds or
// allocates beyond reason (libFuzzer's memory limit would end the run), and every string and value
// read can be written and read again. Both large and small limits of
// collections are tried.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "storage/disk/rdb_primitives.h"
#include "storage/disk/value_codec.h"
#include "storage/value.h"

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

std::string BodyOf(const Entry& entry) {
  std::string body(1, static_cast<char>(RdbTypeOf(entry)));
  AppendRdbValue(entry, RdbCompression::kOff, &body);
  return body;
}

// A value becomes an entry; what the entry is written as is read again, with the same size and the
// same bytes, whatever form it has.
void ReadValue(std::string_view body, const CollectionLimits& limits, Slab* slab) {
  auto value = DecodeDumpBody(body, limits);
  if (!value) return;
  Entry* entry = NewEntry(slab, "key", std::move(*value), Entry::kNever);
  const std::string written = BodyOf(*entry);
  auto again = DecodeDumpBody(written, limits);
  Require(again.has_value(), "what is written is read");
  Entry* copy = CopyEntry(slab, "copy", *entry);
  Require(BodyOf(*copy).size() == written.size(), "a copy is as long");
  Require(MemoryBytes(*copy) >= copy->AllocationSize(), "memory is counted");
  for (Entry* each : {entry, copy}) {
    FreeOutside(*each);
    Entry::FreeShell(slab, each);
  }
}

void ReadValues(std::string_view body) {
  PagePool pages;
  Slab slab(&pages);
  ReadValue(body, CollectionLimits(), &slab);
  CollectionLimits small;
  small.hash_max_listpack_entries = 2;
  small.hash_max_listpack_value = 4;
  small.set_max_intset_entries = 2;
  small.set_max_listpack_entries = 2;
  small.set_max_listpack_value = 4;
  small.zset_max_listpack_entries = 2;
  small.zset_max_listpack_value = 4;
  small.list_max_listpack_size = 2;
  ReadValue(body, small, &slab);
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
  redstart::ReadValues(*body);
  return 0;
}
