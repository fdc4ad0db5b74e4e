#include "storage/disk/value_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/string_editor.h"

namespace redstart {
namespace {

template <size_t kSize>
std::string Bytes(const char (&literal)[kSize]) {
  return std::string(literal, kSize - 1);
}

class ValueCodecTest : public testing::Test {
 protected:
  ~ValueCodecTest() override {
    for (Entry* entry : entries_) {
      if (Blob* blob = entry->string().blob()) blob->Unref();
      Entry::FreeShell(&slab_, entry);
    }
  }

  const Entry& Add(std::string_view text, bool may_be_integer = true) {
    return Keep(NewStringEntry(&slab_, "key", text, may_be_integer, Entry::kNever));
  }
  const Entry& Keep(Entry* entry) {
    entries_.push_back(entry);
    return *entry;
  }
  static std::string BodyOf(const Entry& entry, RdbCompression compression) {
    std::string body;
    AppendRdbValue(entry, compression, &body);
    return body;
  }

  PagePool pages_;
  Slab slab_{&pages_};

 private:
  std::vector<Entry*> entries_;
};

TEST_F(ValueCodecTest, PayloadsOfEveryFormAreByteForByteThoseOfRedis) {
  EXPECT_EQ(DumpPayloadOf(Add("hello"), RdbCompression::kOn), Bytes("\x00\x05hello\n\x00"
                                                                    "cr\xdfve4 \n"));
  EXPECT_EQ(DumpPayloadOf(Add("123"), RdbCompression::kOn),
            Bytes("\x00\xc0{\n\x00H\xe2S\xe1\x00zg\xb9"));
  EXPECT_EQ(DumpPayloadOf(Add("2147483648"), RdbCompression::kOn),
            Bytes("\x00\n2147483648\n\x00\xe7\xb1)\xa3L\x1dv\xee"));
}

TEST_F(ValueCodecTest, TextsThatLookLikeSmallIntegersAreWrittenAsIntegers) {
  const Entry& text = Add("123", /*may_be_integer=*/false);
  ASSERT_FALSE(text.string().is_integer());
  EXPECT_EQ(BodyOf(text, RdbCompression::kOn), Bytes("\xc0{"));
}

TEST_F(ValueCodecTest, LongTextsAreCompressedOnlyIfAsked) {
  const std::string text(5000, 'a');
  const Entry& entry = Add(text);
  EXPECT_LT(BodyOf(entry, RdbCompression::kOn).size(), 100u);
  EXPECT_EQ(BodyOf(entry, RdbCompression::kOff), Bytes("\x53\x88") + text);
}

TEST_F(ValueCodecTest, WhatIsWrittenIsReadBackInTheSameForm) {
  const std::vector<std::string> texts = {"",
                                          "0",
                                          "-129",
                                          "9223372036854775807",
                                          "0123",
                                          std::string(44, 'x'),
                                          std::string(45, 'x'),
                                          std::string(3000, 'y'),
                                          Bytes("nul\0byte")};
  for (const std::string& text : texts) {
    const Entry& entry = Add(text);
    const std::string body = BodyOf(entry, RdbCompression::kOn);
    RdbInput reader(body);
    auto decoded = ReadRdbValue(RdbTypeOf(entry), {}, &reader);
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_TRUE(reader.AtEnd());
    const Entry& copy = Keep(NewEntry(&slab_, "copy", std::move(*decoded), 77));
    IntegerText scratch;
    EXPECT_EQ(copy.string().View(&scratch), text);
    EXPECT_EQ(copy.string().form(), entry.string().form());
    EXPECT_EQ(copy.key(), "copy");
    EXPECT_EQ(copy.deadline(), 77u);
  }
}

TEST_F(ValueCodecTest, DamagedBodiesAndUnknownTypesAreRefused) {
  EXPECT_FALSE(DecodeDumpBody("", {}).has_value());
  EXPECT_FALSE(DecodeDumpBody(Bytes("\x00"), {}).has_value());
  EXPECT_FALSE(DecodeDumpBody(Bytes("\x00\x05hell"), {}).has_value());
  EXPECT_FALSE(DecodeDumpBody(Bytes("\x63\x05hello"), {}).has_value());
}

TEST_F(ValueCodecTest, BytesBehindTheBodyAreIgnored) {
  const auto decoded = DecodeDumpBody(Bytes("\x00\x05hello, world"), {});
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(std::get<DecodedString>(*decoded).text, "hello");
}

}  // namespace
}  // namespace redstart
