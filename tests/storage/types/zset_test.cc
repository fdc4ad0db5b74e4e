#include "storage/types/zset.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "storage/types/scored_set.h"

namespace redstart {
namespace {

// The same elements in both forms: m0 with score 0, m1 with 0.5, ...
class ZSetTest : public testing::TestWithParam<bool> {
 protected:
  static constexpr int kElements = 30;

  ZSetTest() {
    for (int i = 0; i < kElements; ++i) {
      const std::string member = "m" + std::to_string(i);
      const double score = i * 0.5;
      set_.Set(member, score);
      ListpackEditor(&pack_).Append(member);
      ListpackEditor(&pack_).Append(FormatDouble(score));
    }
  }
  ZSetView View() {
    if (GetParam()) return ZSetView(CollectionRef(&set_));
    return ZSetView(CollectionRef(Packing::kListpack, pack_.bytes()));
  }

  PackedBuffer pack_{kEmptyListpack};
  ScoredSet set_;
};

TEST_P(ZSetTest, AnswersForItsMembers) {
  EXPECT_EQ(View().size(), 30u);
  EXPECT_EQ(View().Score("m7"), 3.5);
  EXPECT_EQ(View().Score("m30"), std::nullopt);
  EXPECT_EQ(View().RankOf("m7")->rank, 7u);
  EXPECT_EQ(View().RankOf("m7")->score, 3.5);
  EXPECT_FALSE(View().RankOf("x"));
}

TEST_P(ZSetTest, CountsBelowBounds) {
  EXPECT_EQ(View().CountBelow(ScoreBound::BeforeScore(3.5)), 7u);
  EXPECT_EQ(View().CountBelow(ScoreBound::AfterScore(3.5)), 8u);
  EXPECT_EQ(View().CountBelow(ScoreBound::AfterScore(3.6)), 8u);
  EXPECT_EQ(View().CountBelow(ScoreBound::BeforeScore(-1)), 0u);
  EXPECT_EQ(View().CountBelow(ScoreBound::AfterScore(100)), 30u);
  EXPECT_EQ(View().CountBelow(ScoreBound::Lowest()), 0u);
  EXPECT_EQ(View().CountBelow(ScoreBound::Highest()), 30u);
}

TEST_P(ZSetTest, VisitsRangesInBothDirections) {
  std::vector<double> scores;
  const auto note = [&](const Element&, double score) { scores.push_back(score); };
  View().VisitUp(28, 2, note);
  View().VisitDown(1, 2, note);
  View().VisitUp(5, 0, note);
  EXPECT_EQ(scores, (std::vector<double>{14, 14.5, 0.5, 0}));
}

TEST_P(ZSetTest, AScanVisitsEveryElementOnce) {
  std::map<std::string, int> seen;
  uint64_t cursor = 0;
  do {
    cursor = View().Scan(cursor, 3, [&](const Element& member, double score) {
      ++seen[member.ToString()];
      EXPECT_EQ(View().Score(member.ToString()), score);
    });
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 30u);
  for (const auto& [member, times] : seen) EXPECT_EQ(times, 1) << member;
}

TEST_P(ZSetTest, RandomElementsAreElements) {
  std::set<std::string> drawn;
  const auto note = [&](const Element& member, double score) {
    EXPECT_EQ(View().Score(member.ToString()), score);
    drawn.insert(member.ToString());
  };
  View().VisitRandomTimes(1, note);
  EXPECT_EQ(drawn.size(), 1u);
  View().VisitRandomTimes(2000, note);
  EXPECT_EQ(drawn.size(), 30u) << "missed by bad luck once in 10^27 runs";
  for (const size_t count : {1, 9, 10, 30}) {
    drawn.clear();
    View().VisitRandomDistinct(count, note);
    EXPECT_EQ(drawn.size(), count);
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, ZSetTest, testing::Bool());

TEST(ScoredSetTest, MemoryIsCountedAndGivenBack) {
  ScoredSet set;
  const size_t empty = set.MemoryBytes();
  for (int i = 0; i < 5000; ++i) EXPECT_TRUE(set.Set("member" + std::to_string(i), i % 10));
  for (int i = 0; i < 5000; ++i) EXPECT_FALSE(set.Set("member" + std::to_string(i), i % 100));
  EXPECT_GT(set.MemoryBytes(), empty + 5000 * 30);
  const auto copy = set.Clone();
  EXPECT_EQ(copy->size(), 5000u);
  set.EraseRange(100, 4000);
  EXPECT_EQ(set.size(), 1000u);
  EXPECT_EQ(set.tree().size(), 1000u);
  set.EraseRange(0, 1000);
  EXPECT_LT(set.MemoryBytes(), empty + 2048);
}

}  // namespace
}  // namespace redstart
