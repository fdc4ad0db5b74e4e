#include "storage/base/number.h"

#include <cmath>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::Eq;
using ::testing::Optional;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string OneAndZeros(size_t zeros) {
  std::string text(zeros + 1, '0');
  text[0] = '1';
  return text;
}

TEST(NumberTest, CanonicalIntegersAreRead) {
  EXPECT_THAT(ParseInt64("0"), Optional(0));
  EXPECT_THAT(ParseInt64("-1"), Optional(-1));
  EXPECT_THAT(ParseInt64("999999999999999999"), Optional(999999999999999999));
  EXPECT_THAT(ParseInt64("-1000000000000000000"), Optional(-1000000000000000000));
  EXPECT_THAT(ParseInt64("9223372036854775807"), Optional(std::numeric_limits<int64_t>::max()));
  EXPECT_THAT(ParseInt64("-9223372036854775808"), Optional(std::numeric_limits<int64_t>::min()));
}

TEST(NumberTest, EverythingElseIsNotAnInteger) {
  for (const char* text :
       {"", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "1a", "0x1", "1.0",
        "9223372036854775808", "-9223372036854775809", "--1", "1-", "99999999999999999999",
        "100000000000000000000", "1234567890123456789x"}) {
    EXPECT_THAT(ParseInt64(text), Eq(std::nullopt)) << text;
  }
  EXPECT_THAT(ParseInt64(std::string_view("1\0", 2)), Eq(std::nullopt));
}

TEST(NumberTest, IntegersSurviveFormattingAndParsing) {
  for (int shift = 0; shift < 64; ++shift) {
    for (const int64_t delta : {-1, 0, 1}) {
      const auto value = static_cast<int64_t>((1ULL << shift) + static_cast<uint64_t>(delta));
      EXPECT_EQ(FormatInt64(value), std::to_string(value));
      EXPECT_EQ(Int64Chars(value), FormatInt64(value).size());
      EXPECT_THAT(ParseInt64(FormatInt64(value)), Optional(value));
    }
  }
}

TEST(NumberTest, DoublesAreWhatStrtodReads) {
  EXPECT_THAT(ParseDouble("3.25"), Optional(3.25));
  EXPECT_THAT(ParseDouble("+3"), Optional(3.0));
  EXPECT_THAT(ParseDouble(".5"), Optional(0.5));
  EXPECT_THAT(ParseDouble("5."), Optional(5.0));
  EXPECT_THAT(ParseDouble("1e3"), Optional(1000.0));
  EXPECT_THAT(ParseDouble("0x10"), Optional(16.0));
  EXPECT_THAT(ParseDouble("0"), Optional(0.0));
  EXPECT_THAT(ParseDouble("inf"), Optional(kInfinity));
  EXPECT_THAT(ParseDouble("+Infinity"), Optional(kInfinity));
  EXPECT_THAT(ParseDouble("-INF"), Optional(-kInfinity));
  EXPECT_THAT(ParseDouble("5e-324"), Optional(5e-324));
  EXPECT_THAT(ParseDouble("9007199254740993"), Optional(9007199254740992.0));
  EXPECT_THAT(ParseDouble(OneAndZeros(300)), Optional(1e300));
  EXPECT_TRUE(std::signbit(*ParseDouble("-0")));
}

TEST(NumberTest, WhatIsNotWhollyADoubleIsRefused) {
  for (const char* text : {"", " 1", "1 ", "nan", "-nan", "NAN(1)", "1x", "1e400", "-1e400",
                           "1e-400", "e3", ".", "\t1", "--1", "0x", "1e"}) {
    EXPECT_THAT(ParseDouble(text), Eq(std::nullopt)) << text;
  }
  EXPECT_THAT(ParseDouble(std::string_view("1\0", 2)), Eq(std::nullopt));
}

TEST(NumberTest, LongDoublesHaveMorePrecisionAndRange) {
  EXPECT_EQ(ParseLongDouble("0.1"), 0.1L);
  EXPECT_EQ(ParseLongDouble("1e400"), 1e400L);
  EXPECT_THAT(ParseLongDouble("1e5000"), Eq(std::nullopt));
  EXPECT_THAT(ParseLongDouble("nan"), Eq(std::nullopt));
  EXPECT_THAT(ParseLongDouble(" 1"), Eq(std::nullopt));
  EXPECT_THAT(ParseLongDouble("1 "), Eq(std::nullopt));
  EXPECT_EQ(ParseLongDouble(OneAndZeros(4000)), 1e4000L);
  EXPECT_THAT(ParseLongDouble(std::string(5 * 1024, '1')), Eq(std::nullopt));
}

TEST(NumberTest, DoublesAreLaidOutAsRedisDoes) {
  EXPECT_EQ(FormatDouble(0), "0");
  EXPECT_EQ(FormatDouble(-0.0), "-0");
  EXPECT_EQ(FormatDouble(3), "3");
  EXPECT_EQ(FormatDouble(-3.5), "-3.5");
  EXPECT_EQ(FormatDouble(0.1), "0.1");
  EXPECT_EQ(FormatDouble(100000), "100000");
  EXPECT_EQ(FormatDouble(1e18), "1000000000000000000");
  EXPECT_EQ(FormatDouble(1e20), "1e+20");
  EXPECT_EQ(FormatDouble(12345678901234567e3), "12345678901234567000");
  EXPECT_EQ(FormatDouble(1.5e25), "1.5e+25");
  EXPECT_EQ(FormatDouble(1e-6), "0.000001");
  EXPECT_EQ(FormatDouble(1e-7), "1e-7");
  EXPECT_EQ(FormatDouble(1.5e-7), "1.5e-7");
  EXPECT_EQ(FormatDouble(0.00012345), "1.2345e-4");
  EXPECT_EQ(FormatDouble(3.0000000000000005e-10), "3.0000000000000005e-10");
  EXPECT_EQ(FormatDouble(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(FormatDouble(-1.7976931348623157e308), "-1.7976931348623157e+308");
  EXPECT_EQ(FormatDouble(5e-324), "5e-324");
  EXPECT_EQ(FormatDouble(kInfinity), "inf");
  EXPECT_EQ(FormatDouble(-kInfinity), "-inf");
  EXPECT_EQ(FormatDouble(std::numeric_limits<double>::quiet_NaN()), "nan");
}

TEST(NumberTest, LongDoublesAreFormattedForPeople) {
  EXPECT_EQ(FormatLongDouble(0), "0");
  EXPECT_EQ(FormatLongDouble(-0.0L), "0");
  EXPECT_EQ(FormatLongDouble(100), "100");
  EXPECT_EQ(FormatLongDouble(0.1L + 0.2L), "0.3");
  EXPECT_EQ(FormatLongDouble(-1.5L), "-1.5");
  EXPECT_EQ(FormatLongDouble(1e20L), "100000000000000000000");
  EXPECT_EQ(FormatLongDouble(-1e-20L), "0");
  EXPECT_EQ(FormatLongDouble(std::numeric_limits<long double>::infinity()), "inf");
  EXPECT_EQ(FormatLongDouble(-std::numeric_limits<long double>::infinity()), "-inf");
  EXPECT_EQ(FormatLongDouble(std::numeric_limits<long double>::max()).size(), 4933u);
}

TEST(NumberTest, MemorySizesHaveUnits) {
  EXPECT_THAT(ParseMemorySize("100"), Optional(100));
  EXPECT_THAT(ParseMemorySize("100b"), Optional(100));
  EXPECT_THAT(ParseMemorySize("1k"), Optional(1000));
  EXPECT_THAT(ParseMemorySize("1kB"), Optional(1024));
  EXPECT_THAT(ParseMemorySize("2M"), Optional(2'000'000));
  EXPECT_THAT(ParseMemorySize("100mb"), Optional(100 * 1048576));
  EXPECT_THAT(ParseMemorySize("1g"), Optional(1'000'000'000));
  EXPECT_THAT(ParseMemorySize("1GB"), Optional(1ULL << 30));
  EXPECT_THAT(ParseMemorySize("18446744073709551615"), Optional(UINT64_MAX));
  EXPECT_THAT(ParseMemorySize(""), Optional(0));
  for (const char* text :
       {"-1", "+1", "1tb", "1 gb", "1.5gb", "x", "18446744073709551616", "18446744073709551615k"}) {
    EXPECT_THAT(ParseMemorySize(text), Eq(std::nullopt)) << text;
  }
}

}  // namespace
}  // namespace redstart
