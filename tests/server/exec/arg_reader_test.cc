#include "server/exec/arg_reader.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace redstart {
namespace {

TEST(ArgReaderTest, ReadsFromLeftToRight) {
  const std::vector<std::string_view> words = {"nx", "42", "bytes"};
  ArgReader in(words);
  EXPECT_FALSE(in.Word("XX"));
  EXPECT_TRUE(in.Word("NX"));
  EXPECT_EQ(in.remaining(), 2u);
  EXPECT_EQ(in.Integer(), 42);
  EXPECT_EQ(in.Bytes(), "bytes");
  EXPECT_TRUE(in.done());
  EXPECT_TRUE(in.ok());
}

TEST(ArgReaderTest, AMissingArgumentIsASyntaxError) {
  ArgReader in({});
  EXPECT_FALSE(in.Word("NX"));
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.Integer(), 0);
  EXPECT_EQ(in.error(), error::kSyntax);
}

TEST(ArgReaderTest, TheFirstErrorStays) {
  const std::vector<std::string_view> words = {"x", "y"};
  ArgReader in(words);
  EXPECT_EQ(in.Integer(), 0);
  in.Fail(error::kSyntax);
  EXPECT_EQ(in.Int32(error::kSyntax, error::kSyntax), 0);
  EXPECT_EQ(in.error(), error::kNotInteger);
}

TEST(ArgReaderTest, RangesHaveErrorsOfTheirOwn) {
  const std::vector<std::string_view> words = {"5", "11", "x"};
  ArgReader in(words);
  const ArgReader::Range range = {.min = 0, .max = 10, .otherwise = error::kOffsetRange};
  EXPECT_EQ(in.Integer(range), 5);
  EXPECT_EQ(in.Integer(range), 0);
  EXPECT_EQ(in.error(), error::kOffsetRange);
  ArgReader malformed(absl::Span<const std::string_view>(words).subspan(2));
  malformed.Integer(range);
  EXPECT_EQ(malformed.error(), error::kNotInteger);
}

TEST(ArgReaderTest, ThirtyTwoBitsAreALimitOfTheirOwn) {
  const std::vector<std::string_view> words = {"2147483647", "-2147483648", "2147483648"};
  ArgReader in(words);
  EXPECT_EQ(in.Int32(), 2147483647);
  EXPECT_EQ(in.Int32(), -2147483647 - 1);
  EXPECT_TRUE(in.ok());
  in.Int32();
  EXPECT_EQ(in.error(), error::kInt32Range);
}

TEST(SameWordTest, IgnoresTheCaseOfLettersOnly) {
  EXPECT_TRUE(SameWord("Count", "COUNT"));
  EXPECT_FALSE(SameWord("COUNT", "COUNTS"));
  EXPECT_FALSE(SameWord("[", "{"));
}

}  // namespace
}  // namespace redstart
