#include "storage/disk/rdb_primitives.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::Eq;
using ::testing::Optional;

// Takes NUL bytes of a literal along.
template <size_t kSize>
std::string Bytes(const char (&literal)[kSize]) {
  return std::string(literal, kSize - 1);
}

std::string Length(uint64_t length) {
  std::string out;
  AppendRdbLength(length, &out);
  return out;
}

std::string Encoded(std::string_view text, RdbCompression compression = RdbCompression::kOn) {
  std::string out;
  AppendRdbString(text, compression, &out);
  return out;
}

std::string Repeated(std::string_view piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

TEST(RdbPrimitivesTest, LengthsTakeOneTwoFiveOrNineBytes) {
  EXPECT_EQ(Length(0), Bytes("\x00"));
  EXPECT_EQ(Length(63), "\x3f");
  EXPECT_EQ(Length(64), "\x40\x40");
  EXPECT_EQ(Length(16383), "\x7f\xff");
  EXPECT_EQ(Length(16384), Bytes("\x80\x00\x00\x40\x00"));
  EXPECT_EQ(Length(0xffffffff), "\x80\xff\xff\xff\xff");
  EXPECT_EQ(Length(0x100000000), Bytes("\x81\x00\x00\x00\x01\x00\x00\x00\x00"));
  for (const uint64_t length :
       {0ull, 63ull, 64ull, 16383ull, 16384ull, 0xffffffffull, 0x100000000ull, ~0ull}) {
    EXPECT_THAT(RdbInput(Length(length)).ReadLength(), Optional(length));
  }
}

// Payloads printed by DUMP of redis-server 7.0.15, and the strings stored.
TEST(RdbPrimitivesTest, StringPayloadsAreByteForByteThoseOfRedis) {
  const std::vector<std::pair<std::string, std::string>> payloads = {
      {"hello", Bytes("\x00\x05hello\n\x00"
                      "cr\xdfve4 \n")},
      {"123", Bytes("\x00\xc0{\n\x00H\xe2S\xe1\x00zg\xb9")},
      {"-129", Bytes("\x00\xc1\x7f\xff\n\x00\x17`\x82(T\x80\x84\x80")},
      {"32767", Bytes("\x00\xc1\xff\x7f\n\x00IZ7\xda\x17\xf4\xd5+")},
      {"2147483647", Bytes("\x00\xc2\xff\xff\xff\x7f\n\x00,t\xe5\x9e\xe0.\xad\xa1")},
      {"-2147483648", Bytes("\x00\xc2\x00\x00\x00\x80\n\x00\xc7O\x87>3U\x81\x87")},
      {"2147483648", Bytes("\x00\n2147483648\n\x00\xe7\xb1)\xa3L\x1dv\xee")},
      {"0123", Bytes("\x00\x04"
                     "0123\n\x00\n\xe4\x0c\x92\x9e;d\"")},
      {"", Bytes("\x00\x00\n\x00]\x9b\\@\x0f\x7f\xa2\xda")},
      {Repeated("a", 40), Bytes("\x00\xc3\t(\x01"
                                "aa\xe0\x1b\x00\x01"
                                "aa\n\x00\xcf\t/\xaa\xae%\x83\x1d")},
      {Repeated("abcdefghij", 20),
       Bytes("\x00\xc3\x12@\xc8\n"
             "abcdefghija\xe0\xb2\t\x01ij\n\x00z\x9b|\x8e\xcb\xd1\xe2\x0e")},
  };
  for (const auto& [text, payload] : payloads) {
    const auto body = CheckDumpPayload(payload);
    ASSERT_TRUE(body.has_value()) << text;
    RdbInput input(body->substr(1));
    EXPECT_THAT(input.ReadString(), Optional(text));
    EXPECT_TRUE(input.AtEnd());
    std::string ours(1, '\0');
    AppendRdbString(text, RdbCompression::kOn, &ours);
    AppendDumpFooter(&ours);
    EXPECT_EQ(ours, payload) << text;
  }
}

TEST(RdbPrimitivesTest, NothingIsCompressedWhenThatIsOffOrDoesNotPay) {
  const std::string equal(40, 'a');
  EXPECT_EQ(Encoded(equal, RdbCompression::kOff), std::string("(").append(equal));
  EXPECT_EQ(Encoded(std::string(20, 'a')), std::string("\x14").append(20, 'a'));
  EXPECT_EQ(Encoded("the quick brown fox jumps"), "\x19the quick brown fox jumps");
}

TEST(RdbPrimitivesTest, StringsOfAllSizesSurvive) {
  for (const size_t size :
       {0u, 1u, 20u, 21u, 63u, 64u, 1000u, 16383u, 16384u, 100'000u, 3'000'000u}) {
    std::string text(size, 'x');
    for (size_t i = 0; i < size; i += 7) text[i] = static_cast<char>(i * i >> 3);
    for (const std::string& original : {text, std::string(size, 'z')}) {
      const std::string encoded = Encoded(original);
      RdbInput input(encoded);
      EXPECT_TRUE(input.ReadString() == original) << size;
      EXPECT_TRUE(input.AtEnd());
    }
  }
}

TEST(RdbPrimitivesTest, AStringThatStandsAsItIsNeedsNoCopy) {
  const std::string encoded = Encoded("hello");
  std::string scratch;
  RdbInput input(encoded);
  const auto view = input.ReadString(&scratch);
  ASSERT_THAT(view, Optional(Eq("hello")));
  EXPECT_EQ(view->data(), encoded.data() + 1);
}

TEST(RdbPrimitivesTest, IntegerStringsAreTheSameAsTheirTexts) {
  for (const int64_t value : {int64_t{0}, int64_t{-128}, int64_t{128}, int64_t{-32769},
                              int64_t{1} << 31, std::numeric_limits<int64_t>::min()}) {
    std::string out;
    AppendRdbIntegerString(value, &out);
    EXPECT_EQ(out, Encoded(std::to_string(value)));
  }
}

TEST(RdbPrimitivesTest, FixedNumbersAreLittleEndian) {
  std::string out;
  AppendLittleEndian32(1, &out);
  AppendLittleEndian64(2, &out);
  AppendRdbDouble(1.5, &out);
  EXPECT_EQ(out, Bytes("\x01\0\0\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\xf8\x3f"));
  RdbInput input(out);
  EXPECT_THAT(input.ReadLittleEndian32(), Optional(1u));
  EXPECT_THAT(input.ReadLittleEndian64(), Optional(2u));
  EXPECT_THAT(input.ReadRdbDouble(), Optional(1.5));
  EXPECT_EQ(input.ReadByte(), std::nullopt);
  EXPECT_EQ(input.ReadLittleEndian32(), std::nullopt);
}

TEST(RdbPrimitivesTest, EveryTruncationIsNoticed) {
  for (const std::string& text : {std::string("hello"), std::string("123456"),
                                  std::string(100, 'a'), std::string(70, '\x01')}) {
    const std::string encoded = Encoded(text);
    for (size_t size = 0; size < encoded.size(); ++size) {
      EXPECT_EQ(RdbInput(std::string_view(encoded).substr(0, size)).ReadString(), std::nullopt);
    }
  }
}

TEST(RdbPrimitivesTest, HugeAnnouncedLengthsFailBeforeAllocating) {
  for (const std::string& encoded :
       {Bytes("\x81\xff\xff\xff\xff\xff\xff\xff\xff"), Bytes("\x80\xff\xff\xff\xff"),
        // LZF: one byte that claims to be 4 GiB, and 2^64 - 1 that claim to be one.
        Bytes("\xc3\x01\x80\xff\xff\xff\xffx"),
        Bytes("\xc3\x81\xff\xff\xff\xff\xff\xff\xff\xff\x01x"), Bytes("\xc3\x00\x00"),
        Bytes("\xc3\x02\x05\x01x"), Bytes("\xc4"), Bytes("\x82"), Bytes("\xc3\xc0\x01")}) {
    EXPECT_EQ(RdbInput(encoded).ReadString(), std::nullopt);
  }
  EXPECT_EQ(RdbInput(Bytes("\x80\xff\xff\xff\xff")).ReadCount(1), std::nullopt);
  EXPECT_THAT(RdbInput("\x02xxxx").ReadCount(2), Optional(2u));
  EXPECT_EQ(RdbInput("\x02xxx").ReadCount(2), std::nullopt);
}

TEST(RdbPrimitivesTest, DamagedOrNewerPayloadsAreRefused) {
  std::string payload = Bytes("\x00\x01x");
  AppendDumpFooter(&payload, kNewestRdbVersion);
  EXPECT_THAT(CheckDumpPayload(payload), Optional(Eq(Bytes("\x00\x01x"))));
  for (size_t i = 0; i < payload.size(); ++i) {
    std::string damaged = payload;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(CheckDumpPayload(damaged), std::nullopt);
  }
  std::string newer = Bytes("\x00\x01x");
  AppendDumpFooter(&newer, kNewestRdbVersion + 1);
  EXPECT_EQ(CheckDumpPayload(newer), std::nullopt);
  EXPECT_EQ(CheckDumpPayload("123456789"), std::nullopt);
}

}  // namespace
}  // namespace redstart
