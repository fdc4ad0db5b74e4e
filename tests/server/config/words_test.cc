#include "server/config/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace redstart {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

TEST(WordsTest, BlanksSeparateWords) {
  EXPECT_THAT(SplitWords("  save\t900   1 "), Optional(ElementsAre("save", "900", "1")));
  EXPECT_THAT(SplitWords(" \t"), Optional(IsEmpty()));
  EXPECT_THAT(SplitWords(""), Optional(IsEmpty()));
}

TEST(WordsTest, DoubleQuotesKnowEscapes) {
  EXPECT_THAT(SplitWords(R"(a "b \"c\" \x41\n\q" d)"),
              Optional(ElementsAre("a", "b \"c\" A\nq", "d")));
  EXPECT_THAT(SplitWords(R"("\xZZ")"), Optional(ElementsAre("xZZ")));
}

TEST(WordsTest, SingleQuotesKnowOnlyTheQuote) {
  EXPECT_THAT(SplitWords(R"('a \n \' b')"), Optional(ElementsAre("a \\n ' b")));
}

TEST(WordsTest, EmptyQuotesAreAWord) {
  EXPECT_THAT(SplitWords("save ''"), Optional(ElementsAre("save", "")));
  EXPECT_THAT(SplitWords("save \"\""), Optional(ElementsAre("save", "")));
}

TEST(WordsTest, AQuoteMayOpenInsideAWord) {
  EXPECT_THAT(SplitWords("dir/'my data'"), Optional(ElementsAre("dir/my data")));
}

TEST(WordsTest, OpenQuotesAndTextAfterAQuoteAreErrors) {
  for (const char* line : {"\"a", "'a", "\"a\"b", "'a'b", "\"a\\\"", "a \"\\"}) {
    EXPECT_FALSE(SplitWords(line).has_value()) << line;
  }
}

TEST(WordsTest, QuotedWordsSurviveSplitting) {
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  for (const std::string& word : {every_byte, std::string(), std::string("a \"b\" \\ 'c'")}) {
    EXPECT_THAT(SplitWords(QuoteWord(word)), Optional(ElementsAre(word)));
  }
  EXPECT_EQ(QuoteWord("a\nb\x01"), R"("a\nb\x01")");
}

}  // namespace
}  // namespace redstart
