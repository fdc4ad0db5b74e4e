#include "protocol/number_text.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::Eq;
using ::testing::Optional;

std::optional<int64_t> Parse(std::string_view text) {
  int64_t value = 0;
  if (!ParseWireInteger(text, &value)) return std::nullopt;
  return value;
}

std::string Format(double value) {
  char text[kMaxWireDoubleChars];
  return std::string(text, FormatWireDouble(value, text));
}

TEST(NumberTextTest, CanonicalIntegersAreRead) {
  EXPECT_THAT(Parse("0"), Optional(0));
  EXPECT_THAT(Parse("-1"), Optional(-1));
  EXPECT_THAT(Parse("9223372036854775807"), Optional(std::numeric_limits<int64_t>::max()));
  EXPECT_THAT(Parse("-9223372036854775808"), Optional(std::numeric_limits<int64_t>::min()));
}

TEST(NumberTextTest, EverythingElseIsRefused) {
  for (const char* text : {"", "-", "+1", " 1", "1 ", "01", "-0", "-01", "00", "1a", "0x1",
                           "9223372036854775808", "-9223372036854775809", "--1"}) {
    EXPECT_THAT(Parse(text), Eq(std::nullopt)) << text;
  }
}

TEST(NumberTextTest, DoublesAreLaidOutAsRedisDoes) {
  EXPECT_EQ(Format(0), "0");
  EXPECT_EQ(Format(-0.0), "-0");
  EXPECT_EQ(Format(3), "3");
  EXPECT_EQ(Format(-3.5), "-3.5");
  EXPECT_EQ(Format(0.1), "0.1");
  EXPECT_EQ(Format(100000), "100000");
  EXPECT_EQ(Format(1e18), "1000000000000000000");
  EXPECT_EQ(Format(1e20), "1e+20");
  EXPECT_EQ(Format(12345678901234567e3), "12345678901234567000");
  EXPECT_EQ(Format(1.5e25), "1.5e+25");
  EXPECT_EQ(Format(1e-6), "0.000001");
  EXPECT_EQ(Format(1e-7), "1e-7");
  EXPECT_EQ(Format(1.5e-7), "1.5e-7");
  EXPECT_EQ(Format(0.00012345), "1.2345e-4");
  EXPECT_EQ(Format(3.0000000000000005e-10), "3.0000000000000005e-10");
  EXPECT_EQ(Format(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(Format(5e-324), "5e-324");
  EXPECT_EQ(Format(std::numeric_limits<double>::infinity()), "inf");
  EXPECT_EQ(Format(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(Format(std::numeric_limits<double>::quiet_NaN()), "nan");
}

}  // namespace
}  // namespace redstart
