#include "storage/base/common_subsequence.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CommonSubsequenceTest, FindsTheTextAndItsPlacesFromTheEnd) {
  const CommonSubsequence found = FindCommonSubsequence("ohmytext", "mynewtext");
  EXPECT_EQ(found.text, "mytext");
  EXPECT_THAT(found.runs, ElementsAre(CommonRun{4, 5, 4}, CommonRun{2, 0, 2}));
}

TEST(CommonSubsequenceTest, NothingIsInCommonWithAnEmptyText) {
  EXPECT_EQ(CommonSubsequenceLength("", "abc"), 0u);
  EXPECT_EQ(CommonSubsequenceLength("abc", ""), 0u);
  EXPECT_THAT(FindCommonSubsequence("", "abc").runs, IsEmpty());
  EXPECT_THAT(FindCommonSubsequence("abc", "xyz").text, IsEmpty());
}

TEST(CommonSubsequenceTest, OfTwoEquallyLongOnesTheOneEarlierInTheSecondTextIsFound) {
  EXPECT_EQ(FindCommonSubsequence("ab", "ba").text, "b");
  EXPECT_EQ(FindCommonSubsequence("ba", "ab").text, "a");
}

TEST(CommonSubsequenceTest, RunsSpellTheTextInBothTexts) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string a(random() % 150, ' ');
    std::string b(random() % 150, ' ');
    for (char& c : a) c = static_cast<char>('a' + random() % 3);
    for (char& c : b) c = static_cast<char>('a' + random() % 3);
    const CommonSubsequence found = FindCommonSubsequence(a, b);
    EXPECT_EQ(found.text.size(), CommonSubsequenceLength(a, b));
    EXPECT_EQ(found.text.size(), CommonSubsequenceLength(b, a));
    std::string from_a;
    std::string from_b;
    for (const CommonRun& run : found.runs) {
      from_a.insert(0, a.substr(run.a, run.length));
      from_b.insert(0, b.substr(run.b, run.length));
    }
    EXPECT_EQ(from_a, found.text);
    EXPECT_EQ(from_b, found.text);
  }
}

}  // namespace
}  // namespace redstart
