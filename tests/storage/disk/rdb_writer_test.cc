#include "storage/disk/rdb_writer.h"

#include <gtest/gtest.h>

#include "storage/access_clock.h"
#include "storage/string_editor.h"
#include "tests/storage/disk/string_sink.h"

namespace redstart {
namespace {

class RdbWriterTest : public testing::Test {
 protected:
  Entry* NewString(std::string_view key, std::string_view text, uint64_t deadline = Entry::kNever) {
    return NewStringEntry(&slab_, key, text, true, deadline);
  }
  void Free(Entry* entry) {
    if (Blob* blob = entry->string().blob()) blob->Unref();
    Entry::FreeShell(&slab_, entry);
  }
  std::string Record(const RdbWriter::Options& options, Entry* entry) {
    std::string record;
    RdbWriter::AppendRecord(options, *entry, &record);
    Free(entry);
    return record;
  }

  PagePool pages_;
  Slab slab_{&pages_};
  StringSink sink_;
};

TEST_F(RdbWriterTest, TheSmallestFileIsSignatureEndAndChecksum) {
  RdbWriter writer({.version = 10}, &sink_);
  writer.Begin();
  writer.End();
  // As redis-server 7.0 writes it with rdbchecksum, but for the facts.
  EXPECT_EQ(sink_.bytes.substr(0, 10), "REDIS0010\xff");
  EXPECT_EQ(sink_.bytes.size(), 18u);
  EXPECT_NE(sink_.bytes.substr(10), std::string(8, '\0'));
}

TEST_F(RdbWriterTest, WithoutAChecksumThereAreZeros) {
  RdbWriter writer({.version = 9, .checksum = false}, &sink_);
  writer.Begin();
  writer.End();
  EXPECT_EQ(sink_.bytes, "REDIS0009\xff" + std::string(8, '\0'));
}

TEST_F(RdbWriterTest, FactsDatabasesAndSizesStandAsRedisWritesThem) {
  RdbWriter writer({.checksum = false}, &sink_);
  writer.Fact("redis-bits", "64");
  writer.SelectDatabase(3);
  writer.Sizes(70, 2);
  writer.End();
  const std::string expected =
      std::string("\xfa\x0aredis-bits\xc0\x40\xfe\x03\xfb\x40\x46\x02\xff");
  EXPECT_EQ(sink_.bytes, expected + std::string(8, '\0'));
}

TEST_F(RdbWriterTest, ARecordIsDeadlineTypeKeyValue) {
  EXPECT_EQ(Record({}, NewString("k", "text")), std::string("\x00\x01k\x04text", 8));
  EXPECT_EQ(Record({}, NewString("k", "12", 0x0102)),
            std::string("\xfc\x02\x01\x00\x00\x00\x00\x00\x00\x00\x01k\xc0\x0c", 14));
}

TEST_F(RdbWriterTest, UsageIsWrittenIfAPolicyNeedsIt) {
  const uint64_t now_ms = 5'000'000'000;
  Entry* entry = NewString("k", "v");
  entry->set_access(LruClock(now_ms - 77'000));
  EXPECT_EQ(Record({.usage = RdbUsage::kIdleTime, .now_ms = now_ms}, entry),
            std::string("\xf8\x40\x4d\x00\x01k\x01v", 8));
  entry = NewString("k", "v");
  entry->set_access(LfuWithCounter(9, now_ms));
  EXPECT_EQ(Record({.usage = RdbUsage::kFrequency, .now_ms = now_ms}, entry),
            std::string("\xf9\x09\x00\x01k\x01v", 7));
}

TEST_F(RdbWriterTest, AHugeStringGoesToTheSinkInPortions) {
  const std::string text(20 << 20, 'x');
  RdbWriter writer({}, &sink_);
  Entry* entry = NewString("k", text);
  writer.Add(*entry);
  writer.End();
  Free(entry);
  EXPECT_LE(sink_.largest, 1u << 20);
  EXPECT_EQ(sink_.bytes.substr(0, 8), std::string("\x00\x01k\x80\x01\x40\x00\x00", 8));
  EXPECT_EQ(sink_.bytes.size(), 8 + text.size() + 9);
}

TEST_F(RdbWriterTest, AnErrorOfTheSinkStays) {
  sink_.room = 100'000;
  RdbWriter writer({.compression = RdbCompression::kOff}, &sink_);
  for (int i = 0; i < 100; ++i) {
    Entry* entry = NewString("key", std::string(5000, 'x'));
    writer.Add(*entry);
    Free(entry);
  }
  EXPECT_TRUE(absl::IsResourceExhausted(writer.status()));
  const size_t before = sink_.bytes.size();
  writer.End();
  EXPECT_EQ(sink_.bytes.size(), before);
}

}  // namespace
}  // namespace redstart
