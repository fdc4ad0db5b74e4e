#include "storage/base/score_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace redstart {
namespace {

using Pair = std::pair<double, std::string>;

class ScoreTreeTest : public testing::Test {
 protected:
  ~ScoreTreeTest() override {
    for (ScoredMember* element : elements_) ScoredMember::Delete(element);
  }

  ScoredMember* Add(double score, std::string_view member) {
    ScoredMember* element = ScoredMember::New(score, member);
    elements_.push_back(element);
    tree_.Insert(element);
    model_.emplace(score, member);
    return element;
  }
  void Remove(size_t index) {
    ScoredMember* element = elements_[index];
    model_.erase({element->score(), std::string(element->member())});
    tree_.Erase(*element);
    ScoredMember::Delete(element);
    elements_[index] = elements_.back();
    elements_.pop_back();
  }
  void Change(size_t index, double score) {
    ScoredMember* element = elements_[index];
    model_.erase({element->score(), std::string(element->member())});
    tree_.ChangeScore(element, score);
    model_.emplace(score, element->member());
  }
  std::vector<Pair> All() const {
    std::vector<Pair> all;
    tree_.VisitUp(0, tree_.size(), [&](const ScoredMember& element) {
      all.emplace_back(element.score(), element.member());
    });
    return all;
  }
  void ExpectModel() {
    const std::vector<Pair> sorted(model_.begin(), model_.end());
    ASSERT_EQ(tree_.size(), sorted.size());
    ASSERT_EQ(All(), sorted);
    if (sorted.empty()) return;
    std::vector<Pair> down;
    tree_.VisitDown(sorted.size() - 1, sorted.size(), [&](const ScoredMember& element) {
      down.emplace_back(element.score(), element.member());
    });
    ASSERT_TRUE(std::equal(down.begin(), down.end(), sorted.rbegin(), sorted.rend()));
    for (size_t rank = 0; rank < sorted.size(); rank += 1 + sorted.size() / 50) {
      const auto& [score, member] = sorted[rank];
      ASSERT_EQ(tree_.At(rank).member(), member);
      ASSERT_EQ(tree_.CountBelow(ScoreBound::Before(score, member)), rank);
      ASSERT_EQ(tree_.CountBelow(ScoreBound::After(score, member)), rank + 1);
      const auto at = static_cast<size_t>(
          std::lower_bound(sorted.begin(), sorted.end(), Pair(score, "")) - sorted.begin());
      ASSERT_EQ(tree_.CountBelow(ScoreBound::BeforeScore(score)), at);
      const auto end = static_cast<size_t>(
          std::upper_bound(sorted.begin(), sorted.end(), Pair(score, "\xff\xff")) - sorted.begin());
      ASSERT_EQ(tree_.CountBelow(ScoreBound::AfterScore(score)), end);
    }
  }

  ScoreTree tree_;
  std::set<Pair> model_;
  std::vector<ScoredMember*> elements_;
};

TEST_F(ScoreTreeTest, AnEmptyTreeHasNothing) {
  EXPECT_EQ(tree_.size(), 0u);
  EXPECT_EQ(tree_.CountBelow(ScoreBound::Highest()), 0u);
  EXPECT_TRUE(All().empty());
}

TEST_F(ScoreTreeTest, ScoresSortBeforeMembers) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  for (const double score :
       {0.5, -1.0, 1e300, -1e300, 1e-300, -1e-300, kInfinity, -kInfinity, 0.0, 3.0000001, 3.0}) {
    Add(score, "b");
    Add(score, "a");
    Add(score, "");
  }
  ExpectModel();
}

TEST_F(ScoreTreeTest, MinusZeroIsZero) {
  Add(0.0, "b");
  Add(-0.0, "a");
  Add(0.0, "c");
  EXPECT_EQ(tree_.At(0).member(), "a");
  EXPECT_EQ(tree_.CountBelow(ScoreBound::BeforeScore(-0.0)), 0u);
  EXPECT_EQ(tree_.CountBelow(ScoreBound::AfterScore(0.0)), 3u);
}

TEST_F(ScoreTreeTest, MembersAloneCountWhereScoresAreEqual) {
  for (int i = 0; i < 1000; ++i) Add(1, std::to_string(i));
  EXPECT_EQ(tree_.CountBelow(ScoreBound::BeforeMember("5")), 445u);
  EXPECT_EQ(tree_.CountBelow(ScoreBound::AfterMember("5")), 446u);
  EXPECT_EQ(tree_.CountBelow(ScoreBound::Lowest()), 0u);
  EXPECT_EQ(tree_.CountBelow(ScoreBound::Highest()), 1000u);
}

TEST_F(ScoreTreeTest, AppendingFillsTheLeaves) {
  for (int i = 0; i < 20000; ++i) Add(i, "m");
  ExpectModel();
  EXPECT_LT(tree_.MemoryBytes() / 20000.0, 13.5);
}

TEST_F(ScoreTreeTest, RandomInsertionsFillTheLeavesWell) {
  std::mt19937 random(3);
  for (int i = 0; i < 50000; ++i) Add(random(), std::to_string(i));
  ExpectModel();
  EXPECT_LT(tree_.MemoryBytes() / 50000.0, 16.0);
}

TEST_F(ScoreTreeTest, PrependingKeepsTheOrder) {
  for (int i = 0; i < 20000; ++i) Add(-i, "m");
  ExpectModel();
  EXPECT_LT(tree_.MemoryBytes() / 20000.0, 18.0);
}

TEST_F(ScoreTreeTest, DeletingGivesMemoryBack) {
  std::mt19937 random(4);
  for (int i = 0; i < 30000; ++i) Add(static_cast<double>(random() % 5000), std::to_string(i));
  for (int i = 0; i < 27000; ++i) Remove(random() % elements_.size());
  ExpectModel();
  EXPECT_LT(tree_.MemoryBytes() / 3000.0, 45.0);
  while (!elements_.empty()) Remove(random() % elements_.size());
  ExpectModel();
  EXPECT_LT(tree_.MemoryBytes(), 2048u);
}

TEST_F(ScoreTreeTest, DeletingFromEitherEndKeepsTheOrder) {
  for (int i = 0; i < 5000; ++i) Add(i, "m");
  std::sort(elements_.begin(), elements_.end(),
            [](const ScoredMember* a, const ScoredMember* b) { return a->score() > b->score(); });
  // The last one is the lowest.
  for (int i = 0; i < 2400; ++i) Remove(elements_.size() - 1);
  ExpectModel();
  for (size_t i = 0; i < 2400; ++i) {
    ScoredMember* highest = elements_[i];
    model_.erase({highest->score(), "m"});
    tree_.Erase(*highest);
  }
  ExpectModel();
}

// Grows and shrinks through several heights, with many equal scores and scores whose high bits are
// equal.
TEST_F(ScoreTreeTest, ChangesEqualThoseOfAModel) {
  std::mt19937 random(5);
  int made = 0;
  for (int round = 0; round < 12; ++round) {
    const bool grows = round % 3 != 2;
    const int kind = round % 4;
    const auto score = [&]() -> double {
      if (kind == 0) return static_cast<double>(random() % 10);
      if (kind == 1) return 1.7e12 + static_cast<double>(random() % 100000);
      if (kind == 2) return std::ldexp(static_cast<double>(random()) - 2e9, -20);
      return static_cast<double>(made);
    };
    for (int i = 0; i < 6000; ++i) {
      const uint32_t choice = random() % 10;
      if (elements_.empty() || choice < (grows ? 6u : 1u)) {
        Add(score(), std::to_string(made++));
      } else if (choice < 8) {
        Change(random() % elements_.size(), score());
      } else {
        Remove(random() % elements_.size());
      }
      if (!grows && !elements_.empty()) Remove(random() % elements_.size());
    }
    ExpectModel();
  }
}

TEST_F(ScoreTreeTest, PartialWalksBeginAndEndAnywhere) {
  for (int i = 0; i < 3000; ++i) Add(i, std::string(static_cast<size_t>(i % 300), 'm'));
  for (const size_t first : {0u, 1u, 83u, 84u, 1000u, 2999u}) {
    for (const size_t count : {1u, 2u, 84u, 500u}) {
      if (first + count <= 3000) {
        double next = static_cast<double>(first);
        tree_.VisitUp(first, count,
                      [&](const ScoredMember& element) { EXPECT_EQ(element.score(), next++); });
        EXPECT_EQ(next, static_cast<double>(first + count));
      }
      if (count <= first + 1) {
        double next = static_cast<double>(first);
        tree_.VisitDown(first, count,
                        [&](const ScoredMember& element) { EXPECT_EQ(element.score(), next--); });
      }
    }
  }
}

}  // namespace
}  // namespace redstart
