// RDB files are what strangers make of them: reading one never goes out of bounds or allocates
// beyond reason (libFuzzer's memory limit would end the run), and every key that was read can be
// put into a keyspace, written and read again.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/disk/rdb_reader.h"
#include "storage/disk/rdb_writer.h"
#include "storage/keyspace.h"

namespace redstart {
namespace {

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "violated: %s\n", what);
  std::abort();
}

// Writes one entry as a file of its own and reads it again.
class StringSink : public ByteSink {
 public:
  absl::Status Write(std::string_view written) override {
    bytes.append(written);
    return absl::OkStatus();
  }
  std::string bytes;
};

void CheckRoundTrip(const Entry& entry) {
  StringSink sink;
  RdbWriter writer({}, &sink);
  writer.Begin();
  writer.Add(entry);
  writer.End();
  RdbReader reader(sink.bytes, {});
  RdbRecord record;
  Require(reader.ReadHead(), "our own head is good");
  Require(reader.Next(&record) == RdbReader::Item::kKey, "our own record is read");
  Require(record.key == entry.key(), "the key survives");
  Require(record.deadline == entry.deadline(), "the deadline survives");
  Require(reader.Next(&record) == RdbReader::Item::kEnd, "our own checksum is right");
}

void ReadFile(std::string_view bytes, Keyspace* keyspace) {
  RdbReader reader(bytes, {.checksum = false});
  if (!reader.ReadHead()) return Require(!reader.error().empty(), "a bad head has a reason");
  RdbRecord record;
  for (;;) {
    switch (reader.Next(&record)) {
      case RdbReader::Item::kEnd:
        return;
      case RdbReader::Item::kDamaged:
        return Require(!reader.error().empty(), "damage has a reason");
      case RdbReader::Item::kKey: {
        if (record.IsNothing()) break;  // An empty collection, of which no key is made.
        const ShardLocks locks = keyspace->LockShard(0);
        Entry* entry = record.NewEntryIn(locks[0].slab());
        CheckRoundTrip(*entry);
        locks[0].FreeDetachedEntry(entry);
        break;
      }
      default:
        break;
    }
  }
}

}  // namespace
}  // namespace redstart

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static redstart::Keyspace keyspace(1, 16, 1);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  redstart::ReadFile(bytes, &keyspace);
  redstart::ReadFile(std::string("REDIS0010").append(bytes), &keyspace);
  return 0;
}
