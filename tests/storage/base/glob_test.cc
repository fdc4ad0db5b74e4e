#include "storage/base/glob.h"

#include <chrono>
#include <string>

#include "gtest/gtest.h"

namespace redstart {
namespace {

bool IgnoringCase(std::string_view pattern, std::string_view text) {
  return GlobMatches(pattern, text, GlobCase::kInsensitive);
}

TEST(GlobTest, PlainTextMatchesItself) {
  EXPECT_TRUE(GlobMatches("hello", "hello"));
  EXPECT_FALSE(GlobMatches("hello", "hell"));
  EXPECT_FALSE(GlobMatches("hell", "hello"));
  EXPECT_TRUE(GlobMatches("", ""));
  EXPECT_FALSE(GlobMatches("", "a"));
  EXPECT_TRUE(GlobMatches(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
}

TEST(GlobTest, AStarMatchesAnyRunOfBytes) {
  EXPECT_TRUE(GlobMatches("*", "a"));
  EXPECT_TRUE(GlobMatches("a*", "a"));
  EXPECT_TRUE(GlobMatches("a**", "abc"));
  EXPECT_TRUE(GlobMatches("*c", "abc"));
  EXPECT_TRUE(GlobMatches("a*b*c", "axxbxxbc"));
  EXPECT_FALSE(GlobMatches("a*b*c", "axxbxxb"));
  EXPECT_TRUE(GlobMatches("*abc", "ababc"));
  EXPECT_FALSE(GlobMatches("*?a", "a"));
}

TEST(GlobTest, AStarDoesNotMatchTheEmptyText) {
  EXPECT_FALSE(GlobMatches("*", ""));
  EXPECT_FALSE(GlobMatches("**", ""));
}

TEST(GlobTest, AQuestionMarkMatchesOneByte) {
  EXPECT_TRUE(GlobMatches("h?llo", "hallo"));
  EXPECT_FALSE(GlobMatches("h?llo", "hllo"));
  EXPECT_FALSE(GlobMatches("?", ""));
}

TEST(GlobTest, ClassesHoldBytesAndRanges) {
  EXPECT_TRUE(GlobMatches("h[ae]llo", "hello"));
  EXPECT_FALSE(GlobMatches("h[ae]llo", "hillo"));
  EXPECT_TRUE(GlobMatches("h[^e]llo", "hallo"));
  EXPECT_FALSE(GlobMatches("h[^e]llo", "hello"));
  EXPECT_TRUE(GlobMatches("[a-c]", "b"));
  EXPECT_TRUE(GlobMatches("[c-a]", "b"));
  EXPECT_FALSE(GlobMatches("[a-c]", "d"));
  EXPECT_TRUE(GlobMatches("[\\]]", "]"));
  EXPECT_TRUE(GlobMatches("[a\\-c]", "-"));
  EXPECT_FALSE(GlobMatches("[a\\-c]", "b"));
  EXPECT_TRUE(GlobMatches("*[0-9]x", "ab7x"));
}

TEST(GlobTest, RangesCompareSignedBytes) {
  EXPECT_TRUE(GlobMatches("[\x80-\xff]", "\x90"));
  EXPECT_TRUE(GlobMatches("[\xff-\x7f]", "a"));
  EXPECT_FALSE(GlobMatches("[a-\xff]", "\x80"));
  EXPECT_TRUE(GlobMatches("[a-\xff]", "A"));
}

TEST(GlobTest, MalformedClassesEndWithThePattern) {
  EXPECT_FALSE(GlobMatches("[", "a"));
  EXPECT_TRUE(GlobMatches("[^", "a"));
  EXPECT_TRUE(GlobMatches("[a", "a"));
  EXPECT_FALSE(GlobMatches("[a", "ab"));
  EXPECT_TRUE(GlobMatches("[a-", "-"));
  EXPECT_TRUE(GlobMatches("[a\\", "\\"));
  EXPECT_FALSE(GlobMatches("[]", "a"));
  EXPECT_FALSE(GlobMatches("[]a]", "a"));
  EXPECT_TRUE(GlobMatches("[^]", "a"));
  EXPECT_TRUE(GlobMatches("[a-]", "^"));
}

TEST(GlobTest, ABackslashTakesTheNextByteLiterally) {
  EXPECT_TRUE(GlobMatches("\\*", "*"));
  EXPECT_FALSE(GlobMatches("\\*", "a"));
  EXPECT_TRUE(GlobMatches("a\\?c", "a?c"));
  EXPECT_TRUE(GlobMatches("\\", "\\"));
  EXPECT_TRUE(GlobMatches("*\\", "a\\"));
}

TEST(GlobTest, CaseMayBeIgnored) {
  EXPECT_TRUE(IgnoringCase("MaxMem*", "maxmemory"));
  EXPECT_FALSE(GlobMatches("MaxMem*", "maxmemory"));
  EXPECT_TRUE(IgnoringCase("[A-C]x", "bX"));
  EXPECT_TRUE(IgnoringCase("[abc]", "B"));
  EXPECT_FALSE(IgnoringCase("[\\A]", "a"));
}

TEST(GlobTest, ManyStarsTakeNoExponentialTime) {
  std::string pattern;
  for (int i = 0; i < 900; ++i) pattern += "a*";
  pattern += "b";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(GlobMatches(pattern, std::string(100'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST(GlobTest, MoreThanAThousandStarsMatchNothing) {
  std::string pattern, text;
  for (int i = 0; i < 1000; ++i) {
    pattern += "*a";
    text += "a";
  }
  EXPECT_TRUE(GlobMatches(pattern, text));
  EXPECT_TRUE(GlobMatches(pattern + "*", text));
  EXPECT_FALSE(GlobMatches(pattern + "*a", text + "a"));
}

}  // namespace
}  // namespace redstart
