#include "protocol/inline_request.h"

#include <optional>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::IsEmpty;
using ::testing::Optional;

std::optional<std::vector<std::string>> Split(std::string_view line) {
  RequestBatch batch;
  if (!SplitInline(line, &batch)) return std::nullopt;
  return std::vector<std::string>(batch.open_request().begin(), batch.open_request().end());
}

TEST(InlineRequestTest, BlanksSeparateArguments) {
  EXPECT_THAT(Split(" set\tk  v "), Optional(ElementsAre("set", "k", "v")));
  EXPECT_THAT(Split("  \t "), Optional(IsEmpty()));
  EXPECT_THAT(Split(""), Optional(IsEmpty()));
}

TEST(InlineRequestTest, VerticalTabSeparatesOnlyAtTheStartOfAnArgument) {
  EXPECT_THAT(Split("a \v\fb\vc"), Optional(ElementsAre("a", "b\vc")));
}

TEST(InlineRequestTest, DoubleQuotesKeepBlanksAndKnowEscapes) {
  EXPECT_THAT(Split(R"(set "a b" "\n\r\t\b\a\x41\xfF\"\\\q")"),
              Optional(ElementsAre("set", "a b", "\n\r\t\b\aA\xff\"\\q")));
  EXPECT_THAT(Split(R"("\x4")"), Optional(ElementsAre("x4")));
}

TEST(InlineRequestTest, SingleQuotesKnowOnlyTheirOwnEscape) {
  EXPECT_THAT(Split(R"('a\'b\n' '"')"), Optional(ElementsAre("a'b\\n", "\"")));
}

TEST(InlineRequestTest, EmptyQuotesAreAnEmptyArgument) {
  EXPECT_THAT(Split(R"(set k "" '')"), Optional(ElementsAre("set", "k", "", "")));
}

TEST(InlineRequestTest, QuotesMayBeginInsideAnArgument) {
  EXPECT_THAT(Split(R"(foo"b r" x)"), Optional(ElementsAre("foob r", "x")));
}

TEST(InlineRequestTest, UnbalancedQuotesAreRefused) {
  for (const char* line :
       {R"("abc)", R"('abc)", R"("abc"d)", R"('abc'd)", R"("abc\)", R"("abc\")"}) {
    EXPECT_THAT(Split(line), Eq(std::nullopt)) << line;
  }
}

}  // namespace
}  // namespace redstart
