#include "storage/disk/rdb_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/base/crc64.h"
#include "storage/disk/rdb_opcodes.h"
#include "storage/disk/rdb_writer.h"
#include "tests/storage/disk/string_sink.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::string_literals;

// What stands between the signature and the end of a file, in words, and what is wrong with it.
struct Reading {
  std::vector<std::string> items;
  std::string error;
  bool whole = false;
};

std::string Describe(const RdbRecord& record) {
  std::string text = std::to_string(record.database) + ' ';
  text.append(record.key).append("=").append(record.text);
  if (record.deadline != Entry::kNever) text.append("@").append(std::to_string(record.deadline));
  if (record.idle_seconds) text.append(" idle ").append(std::to_string(*record.idle_seconds));
  if (record.frequency) text.append(" frequency ").append(std::to_string(*record.frequency));
  return text;
}

Reading ReadFile(std::string_view file, const RdbReader::Options& options = {}) {
  Reading reading;
  RdbReader reader(file, options);
  RdbRecord record;
  bool good = reader.ReadHead();
  while (good) {
    switch (reader.Next(&record)) {
      case RdbReader::Item::kKey:
        reading.items.push_back(Describe(record));
        break;
      case RdbReader::Item::kFact:
        reading.items.emplace_back(reader.name());
        reading.items.back().append(": ").append(reader.text());
        break;
      case RdbReader::Item::kSizes:
        reading.items.emplace_back("sizes ");
        reading.items.back().append(std::to_string(reader.keys())).append(" ");
        reading.items.back().append(std::to_string(reader.keys_with_deadline()));
        break;
      case RdbReader::Item::kFunction:
        reading.items.emplace_back("function ");
        reading.items.back().append(reader.text());
        break;
      case RdbReader::Item::kEnd:
        reading.whole = true;
        return reading;
      case RdbReader::Item::kDamaged:
        good = false;
        break;
    }
  }
  reading.error = reader.error();
  return reading;
}

// A file of a version, with a checksum if it has one.
std::string File(std::string_view version, std::string body) {
  std::string file = "REDIS";
  file.append(version).append(body).push_back('\xff');
  if (version < "0005") return file;
  AppendLittleEndian64(Crc64(0, file), &file);
  return file;
}

TEST(RdbReaderTest, ReadsWhatTheWriterWrites) {
  PagePool pages;
  Slab slab(&pages);
  StringSink sink;
  RdbWriter writer({}, &sink);
  writer.Begin();
  writer.Fact("redis-ver", "7.2.6");
  writer.SelectDatabase(2);
  writer.Sizes(2, 1);
  RdbRecord record;
  record.key = "key";
  record.text = "123456";
  record.deadline = 1'700'000'000'000;
  Entry* entry = record.NewEntryIn(&slab);
  writer.Add(*entry);
  Entry::FreeShell(&slab, entry);
  record.text = std::string_view("compressible compressible compressible");
  record.deadline = Entry::kNever;
  entry = record.NewEntryIn(&slab);
  writer.Add(*entry);
  Entry::FreeShell(&slab, entry);
  writer.End();
  const Reading reading = ReadFile(sink.bytes);
  EXPECT_TRUE(reading.whole) << reading.error;
  EXPECT_THAT(reading.items,
              ElementsAre("redis-ver: 7.2.6", "sizes 2 1", "2 key=123456@1700000000000",
                          "2 key=compressible compressible compressible"));
}

TEST(RdbReaderTest, ReadsEveryVersionFrom1To12) {
  const std::string body = "\xfe\x00\x00\x01k\x01v"s;
  for (const std::string version : {"0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008",
                                    "0009", "0010", "0011", "0012"}) {
    const Reading reading = ReadFile(File(version, body));
    EXPECT_TRUE(reading.whole) << version << ' ' << reading.error;
    EXPECT_THAT(reading.items, ElementsAre("0 k=v"));
  }
}

TEST(RdbReaderTest, ReadsDeadlinesIdleTimesAndFrequencies) {
  const Reading reading = ReadFile(File("0010",
                                        "\xfd\x10\x00\x00\x00\x00\x01"
                                        "a\x01v"
                                        "\xfc\x10\x00\x00\x00\x00\x00\x00\x00\xf8\x05\x00\x01"
                                        "b\x01v"
                                        "\xf9\xff\x00\x01"
                                        "c\x01v"
                                        "\xfc\xff\xff\xff\xff\xff\xff\xff\xff\x00\x01"
                                        "d\x01v"
                                        "\xfc\xfe\xff\xff\xff\xff\xff\xff\xff\x00\x01"
                                        "e\x01v"s));
  EXPECT_THAT(reading.items, ElementsAre("0 a=v@16000", "0 b=v@16 idle 5", "0 c=v frequency 255",
                                         "0 d=v", "0 e=v@1"));
}

TEST(RdbReaderTest, SkipsTheSizesOfSlotsAndHandsFunctionsOver) {
  const Reading reading = ReadFile(File("0012",
                                        "\xf4\x01\x02\x00\xf5\x04"
                                        "code\x00\x01k\x01v"s));
  EXPECT_THAT(reading.items, ElementsAre("function code", "0 k=v"));
}

TEST(RdbReaderTest, SaysWhatIsWrongWithTheHead) {
  EXPECT_EQ(ReadFile("RODIS0010").error, "Wrong signature trying to load DB from file");
  EXPECT_EQ(ReadFile("REDIS0013").error, "Can't handle RDB format version 13");
  EXPECT_EQ(ReadFile("REDIS0000").error, "Can't handle RDB format version 0");
  EXPECT_THAT(ReadFile("REDIS").error, HasSubstr("Unexpected EOF"));
  EXPECT_THAT(ReadFile("").error, HasSubstr("Unexpected EOF"));
}

TEST(RdbReaderTest, AWrongChecksumIsAnErrorUnlessItIsNotWanted) {
  std::string file = File("0010", "\x00\x01k\x01v"s);
  file.back() ^= 1;
  EXPECT_THAT(ReadFile(file).error, HasSubstr("RDB CRC error"));
  EXPECT_TRUE(ReadFile(file, {.checksum = false}).whole);
  file.replace(file.size() - 8, 8, 8, '\0');
  EXPECT_TRUE(ReadFile(file).whole);
}

TEST(RdbReaderTest, AFileCutAnywhereIsRefusedWithThePlace) {
  const std::string file = File("0010",
                                "\xfa\x03"
                                "abc\x03xyz\xfe\x01\xfb\x01\x01\xfc\x10\x00\x00\x00\x00\x00\x00"
                                "\x00\x00\x01k\x01v"s);
  ASSERT_TRUE(ReadFile(file).whole);
  for (size_t size = 0; size < file.size(); ++size) {
    const Reading reading = ReadFile(std::string_view(file).substr(0, size));
    EXPECT_FALSE(reading.whole);
    EXPECT_THAT(reading.error, HasSubstr(std::to_string(size))) << size;
  }
}

TEST(RdbReaderTest, UnknownTypesAndModulesAreNamed) {
  EXPECT_THAT(ReadFile(File("0010", "\x63\x01kx"s)).error,
              HasSubstr("Unknown RDB encoding type 99"));
  EXPECT_THAT(ReadFile(File("0010", "\xe7\x01kx"s)).error,
              HasSubstr("Unknown RDB encoding type 231"));
  // The identifier of the type "ReJSON-RL", version 3.
  const std::string json = "\x81\x45\xe2\x52\x38\xdf\x91\x16\xc3"s;
  EXPECT_THAT(ReadFile(File("0010", "\x07\x01k" + json)).error, HasSubstr("module type '"));
  EXPECT_THAT(ReadFile(File("0010", "\xf7" + json)).error, HasSubstr("AUX module data"));
  EXPECT_THAT(ReadFile(File("0010", "\xf6")).error, HasSubstr("Pre-release function"));
}

TEST(RdbReaderTest, ADatabaseThatIsNotThereIsAnError) {
  EXPECT_THAT(ReadFile(File("0010", "\xfe\x10")).error, HasSubstr("more than 16 databases"));
  EXPECT_TRUE(ReadFile(File("0010", "\xfe\x10"), {.databases = 17}).whole);
}

}  // namespace
}  // namespace redstart
