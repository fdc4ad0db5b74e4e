#include "storage/base/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/storage/base/table_nodes.h"

namespace redstart {
namespace {

// Every node is found where it is, no other is, and a walk meets each exactly once.
void ExpectHoldsExactly(OwnedTable& owned) {
  TestTable& table = owned.table();
  ASSERT_EQ(table.size(), owned.nodes().size());
  for (auto& [number, node] : owned.nodes()) {
    auto place = owned.Find(number);
    ASSERT_TRUE(place) << number;
    ASSERT_EQ(place.node(), node.get());
  }
  std::set<TestNode*> met;
  std::optional<uint64_t> cursor = 0;
  while (cursor) {
    const uint64_t from = *cursor;
    cursor = table.Walk(from, [&](TestNode* node) { ASSERT_TRUE(met.insert(node).second); });
    if (cursor) {
      ASSERT_GT(*cursor, from);
      ASSERT_EQ(*cursor % (1 << 21), 0u);
    }
  }
  ASSERT_EQ(met.size(), owned.nodes().size());
}

// Random inserts, replacements and erasures, with phases that grow and phases that shrink.
void RunModel(OwnedTable& owned, int steps, uint64_t numbers, int phase) {
  std::mt19937_64 random(7);
  for (int i = 0; i < steps; ++i) {
    const uint64_t number = random() % numbers;
    const bool growing = i / phase % 2 == 0;
    const bool known = owned.nodes().contains(number);
    ASSERT_EQ(static_cast<bool>(owned.Find(number)), known);
    const uint64_t dice = random() % 10;
    if (!known) {
      if (dice < (growing ? 9 : 2)) owned.Insert(number);
    } else if (dice < (growing ? 1 : 8)) {
      owned.Erase(number);
    } else {
      owned.Replace(number);
    }
    if (i % phase == phase - 1) ExpectHoldsExactly(owned);
  }
  ExpectHoldsExactly(owned);
  while (!owned.nodes().empty()) owned.Erase(owned.nodes().begin()->first);
  EXPECT_EQ(owned.table().size(), 0u);
}

TEST(TableTest, BehavesAsAMapWithOneRoot) {
  OwnedTable owned(1);
  RunModel(owned, 200000, 30000, 40000);
}

TEST(TableTest, BehavesAsAMapWithElevenRoots) {
  OwnedTable owned(11);
  RunModel(owned, 200000, 60000, 50000);
}

TEST(TableTest, BehavesAsAMapWhenTheTopThirtyBitsAreEqual) {
  OwnedTable owned(1, {.mask = (uint64_t{1} << 34) - 1});
  RunModel(owned, 10000, 1500, 2000);
}

TEST(TableTest, BehavesAsAMapWhenOnlyTheTopBitsDiffer) {
  OwnedTable owned(1, {.mask = uint64_t{0xfff} << 52});
  RunModel(owned, 100000, 20000, 20000);
}

TEST(TableTest, BehavesAsAMapWhenEightBitsInTheMiddleDiffer) {
  OwnedTable owned(3, {.mask = uint64_t{0xff} << 40});
  RunModel(owned, 10000, 1000, 2000);
}

TEST(TableTest, BehavesAsAMapWhenTheFirstEightBitsAreEqual) {
  // As keys of one cluster slot are: they must still spread over segments.
  OwnedTable owned(1, {.mask = ~(uint64_t{0xff} << 56)});
  RunModel(owned, 200000, 40000, 50000);
}

TEST(TableTest, KeysWithOneAndTheSamePositionAreAllFound) {
  OwnedTable owned(2, {.mask = 0});
  RunModel(owned, 5000, 200, 1000);
}

TEST(TableTest, ManyKeysWithOnePositionDoNotSwellMemory) {
  OwnedTable owned(1, {.mask = 0});
  for (uint64_t i = 0; i < 500; ++i) owned.Insert(i);
  EXPECT_LT(owned.table().MemoryBytes(), 32768u);
  ExpectHoldsExactly(owned);
}

TEST(TableTest, MemoryIsAboutTenBytesPerKeyAtAnySize) {
  OwnedTable owned(13);
  double most = 0;
  for (uint64_t i = 1; i <= 300000; ++i) {
    owned.Insert(i);
    if (i > 20000 && i % 1000 == 0) {
      most =
          std::max(most, static_cast<double>(owned.table().MemoryBytes()) / static_cast<double>(i));
    }
  }
  EXPECT_LT(most, 11.5);
}

TEST(TableTest, StaysHalfFullAfterNinetyPercentOfTheKeysAreErased) {
  OwnedTable owned(9);
  constexpr uint64_t kKeys = 200000;
  for (uint64_t i = 0; i < kKeys; ++i) owned.Insert(i);
  std::vector<uint64_t> numbers(kKeys);
  for (uint64_t i = 0; i < kKeys; ++i) numbers[i] = i;
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937_64(3));
  for (uint64_t i = 0; i < kKeys * 9 / 10; ++i) {
    owned.Erase(numbers[i]);
    if (i % 10000 == 0) {
      const double fill = 8.0 * static_cast<double>(owned.table().size()) /
                          static_cast<double>(owned.table().MemoryBytes());
      ASSERT_GT(fill, 0.5) << i;
    }
  }
  ExpectHoldsExactly(owned);
}

TEST(TableTest, AnEmptiedTableIsAsSmallAsANewOne) {
  OwnedTable owned(4);
  const size_t at_first = owned.table().MemoryBytes();
  for (uint64_t i = 0; i < 50000; ++i) owned.Insert(i);
  for (uint64_t i = 0; i < 50000; ++i) owned.Erase(i);
  EXPECT_EQ(owned.table().MemoryBytes(), at_first);
}

TEST(TableTest, AnEmptyTableIsSmall) {
  OwnedTable owned(16);
  EXPECT_LT(owned.table().MemoryBytes(), 600u);
  EXPECT_FALSE(owned.Find(1));
}

// --- Walks

TEST(TableTest, AWalkMeetsNodesInHashOrderOfBuckets) {
  OwnedTable owned(5);
  for (uint64_t i = 0; i < 20000; ++i) owned.Insert(i);
  std::optional<uint64_t> cursor = 0;
  while (cursor) {
    const uint64_t from = *cursor;
    std::vector<uint64_t> positions;
    cursor = owned.table().Walk(
        from, [&](TestNode* node) { positions.push_back(TestPolicy{}.PositionOf(*node)); });
    EXPECT_LE(positions.size(), 40u);
    for (const uint64_t position : positions) {
      ASSERT_GE(position, from);
      ASSERT_TRUE(!cursor || position < *cursor);
    }
  }
}

TEST(TableTest, AWalkMissesNoneAndRepeatsNoneWhileTheTableGrowsFourfoldAndShrinksAgain) {
  for (const int roots : {1, 6, 16}) {
    OwnedTable owned(roots);
    constexpr uint64_t kStay = 20000;
    for (uint64_t i = 0; i < kStay; ++i) owned.Insert(i);
    std::map<uint64_t, int> met;
    uint64_t next_new = kStay;
    uint64_t oldest_new = kStay;
    std::optional<uint64_t> cursor = 0;
    for (int step = 0; cursor; ++step) {
      cursor = owned.table().Walk(*cursor, [&](TestNode* node) { ++met[std::stoull(node->key)]; });
      if (step < 1500) {
        for (int i = 0; i < 40; ++i) owned.Insert(next_new++);
      } else {
        for (int i = 0; i < 60 && oldest_new < next_new; ++i) owned.Erase(oldest_new++);
      }
    }
    for (uint64_t i = 0; i < kStay; ++i) ASSERT_EQ(met[i], 1) << i << " with roots " << roots;
    for (const auto& [number, times] : met) ASSERT_LE(times, 1) << number;
  }
}

TEST(TableTest, AWalkFromAnyPositionBeginsThere) {
  OwnedTable owned(7);
  for (uint64_t i = 0; i < 1000; ++i) owned.Insert(i);
  for (uint64_t i = 0; i < 1000; ++i) {
    const uint64_t from = owned.PositionOf(i);
    bool met = false;
    owned.table().Walk(from, [&](TestNode* node) {
      ASSERT_GE(TestPolicy{}.PositionOf(*node), from);
      met |= node->key == std::to_string(i);
    });
    EXPECT_TRUE(met);
  }
}

TEST(TableTest, AVisitMayEraseTheNodeThatItIsGiven) {
  OwnedTable owned(3);
  for (uint64_t i = 0; i < 5000; ++i) owned.Insert(i);
  std::optional<uint64_t> cursor = 0;
  while (cursor) {
    cursor =
        owned.table().Walk(*cursor, [&](TestNode* node) { owned.Erase(std::stoull(node->key)); });
  }
  EXPECT_EQ(owned.table().size(), 0u);
}

TEST(TableTest, AWalkOverAnEmptyTableEnds) {
  OwnedTable owned(16);
  std::optional<uint64_t> cursor = 0;
  int steps = 0;
  while (cursor) {
    cursor = owned.table().Walk(*cursor, [](TestNode*) { FAIL(); });
    ++steps;
  }
  EXPECT_EQ(steps, 16);
}

// --- Deadlines

TEST(TableTest, CollectsExactlyTheDueNodesInSmallHelpings) {
  OwnedTable owned(5);
  constexpr uint64_t kKeys = 30000;
  for (uint64_t i = 0; i < kKeys; ++i) owned.Insert(i, i % 3 == 0 ? 0 : i + 1);
  uint64_t cursor = 0;
  size_t collected = 0;
  for (uint64_t now = 0; now <= kKeys; now += 3000) {
    bool at_end = false;
    while (!at_end) {
      std::vector<TestNode*> due;
      at_end = owned.table().CollectDue(now, &cursor, 50, &due);
      ASSERT_LE(due.size(), 50u);
      for (const TestNode* node : due) {
        ASSERT_LE(node->deadline, now);
        ASSERT_NE(node->deadline, 0u);
        ++collected;
        owned.Erase(std::stoull(node->key));
      }
    }
    EXPECT_EQ(cursor, 0u);
    for (const auto& [number, node] : owned.nodes()) {
      ASSERT_TRUE(node->deadline == 0 || node->deadline > now) << number;
    }
  }
  EXPECT_EQ(collected, kKeys - kKeys / 3);
  EXPECT_EQ(owned.table().size(), kKeys / 3);
}

TEST(TableTest, ADeadlineGivenLaterIsFound) {
  OwnedTable owned;
  for (uint64_t i = 0; i < 1000; ++i) owned.Insert(i);
  uint64_t cursor = 0;
  std::vector<TestNode*> due;
  EXPECT_TRUE(owned.table().CollectDue(100, &cursor, 10, &due));
  owned.nodes().at(77)->deadline = 90;
  owned.table().NoteDeadline(owned.PositionOf(77), 90);
  EXPECT_TRUE(owned.table().CollectDue(89, &cursor, 10, &due));
  EXPECT_TRUE(due.empty());
  while (!owned.table().CollectDue(90, &cursor, 10, &due)) {
  }
  EXPECT_THAT(due, testing::ElementsAre(owned.nodes().at(77).get()));
}

TEST(TableTest, DeadlinesOfOverflowedNodesAreFound) {
  OwnedTable owned(1, {.mask = 0});
  for (uint64_t i = 0; i < 200; ++i) owned.Insert(i, 5);
  uint64_t cursor = 0;
  std::vector<TestNode*> due;
  while (!owned.table().CollectDue(5, &cursor, 1000, &due)) {
  }
  EXPECT_EQ(due.size(), 200u);
}

// --- Draining

// Drains a table, freeing each node as it is handed out, and returns how many there were.
size_t DrainAndFree(OwnedTable& owned) {
  size_t drained = 0;
  for (std::optional<uint64_t> at = 0; at;) {
    const uint64_t from = *at;
    at = owned.table().Drain(
        from, [&](TestNode* node) { drained += owned.nodes().erase(std::stoull(node->key)); });
    EXPECT_TRUE(!at || *at > from);
  }
  return drained;
}

TEST(TableTest, DrainingHandsOutEveryNodeOnce) {
  for (const int roots : {1, 11}) {
    OwnedTable owned(roots);
    for (uint64_t i = 0; i < 20000; ++i) owned.Insert(i);
    const size_t before = owned.table().MemoryBytes();
    EXPECT_EQ(DrainAndFree(owned), 20000u);
    EXPECT_TRUE(owned.nodes().empty());
    EXPECT_EQ(owned.table().size(), 0u);
    EXPECT_LT(owned.table().MemoryBytes(), before / 4);
  }
}

// A walk would look at nodes that are freed already: those in overflow arrays have no tags.
TEST(TableTest, DrainingNeverLooksAtAFreedNodeAgain) {
  OwnedTable owned(1, {.mask = 0});
  for (uint64_t i = 0; i < 1000; ++i) owned.Insert(i);
  EXPECT_EQ(DrainAndFree(owned), 1000u);
  EXPECT_EQ(owned.table().size(), 0u);
}

TEST(TableTest, ADrainedTableCanBeFilledAgain) {
  OwnedTable owned(3);
  for (uint64_t i = 0; i < 5000; ++i) owned.Insert(i);
  DrainAndFree(owned);
  for (uint64_t i = 0; i < 5000; ++i) owned.Insert(i);
  ExpectHoldsExactly(owned);
}

// --- Random nodes

TEST(TableTest, ARandomNodeOfAnEmptyTableIsNull) {
  OwnedTable owned(4);
  EXPECT_EQ(owned.table().Random(std::mt19937_64(1)), nullptr);
}

TEST(TableTest, BothOfTwoKeysAreChosenEquallyOften) {
  OwnedTable owned(8);
  owned.Insert(1);
  owned.Insert(2);
  std::mt19937_64 random(5);
  std::map<std::string, int> chosen;
  for (int i = 0; i < 10000; ++i) ++chosen[owned.table().Random(random)->key];
  EXPECT_NEAR(chosen["1"], 5000, 250);
  EXPECT_NEAR(chosen["2"], 5000, 250);
}

TEST(TableTest, EveryKeyOfALargeTableIsChosenEquallyOften) {
  OwnedTable owned(5);
  constexpr int kKeys = 20000;
  constexpr int kTimes = 40;
  for (uint64_t i = 0; i < kKeys; ++i) owned.Insert(i);
  std::mt19937_64 random(5);
  std::vector<int> chosen(kKeys);
  for (int i = 0; i < kKeys * kTimes; ++i) {
    ++chosen[std::stoul(owned.table().Random(random)->key)];
  }
  // The sum of (chosen - 40)^2 / 40 follows a chi-squared distribution: 20000 with a deviation of
  // 200.
  double chi = 0;
  for (const int c : chosen) chi += (c - kTimes) * (c - kTimes) / static_cast<double>(kTimes);
  EXPECT_NEAR(chi, kKeys, 1000);
}

}  // namespace
}  // namespace redstart
