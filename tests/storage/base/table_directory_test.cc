#include "storage/base/table_directory.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace redstart {
namespace {

constexpr uint64_t kGrain = uint64_t{1} << TableDirectory::kIgnoredBits;

// Made-up segment addresses: directories do not look at segments.
SegmentWord Word(uint64_t number, int depth) {
  return SegmentWord(reinterpret_cast<const Segment*>(number * 64), 1, depth, depth);
}

TEST(TableDirectoryTest, RoutesKeepTheOrderOfPositions) {
  for (const int roots : {1, 2, 7, 16}) {
    TableDirectory directory(roots, nullptr);
    std::mt19937_64 random(1);
    std::vector<uint64_t> positions = {0, kGrain, ~uint64_t{0}, ~uint64_t{0} - kGrain};
    for (int i = 0; i < 10000; ++i) positions.push_back(random());
    std::sort(positions.begin(), positions.end());
    Route last = {0, 0};
    for (const uint64_t position : positions) {
      const Route route = directory.RouteOf(position);
      ASSERT_LT(route.root, static_cast<uint32_t>(roots));
      ASSERT_GE(std::pair(route.root, route.place), std::pair(last.root, last.place));
      last = route;
    }
    EXPECT_EQ(last.root, static_cast<uint32_t>(roots - 1));
  }
}

TEST(TableDirectoryTest, PositionAtIsTheFirstWhoseRouteIsNotBefore) {
  std::mt19937_64 random(2);
  for (int roots = 1; roots <= 16; ++roots) {
    TableDirectory directory(roots, nullptr);
    for (int i = 0; i < 1000; ++i) {
      const Route route = {static_cast<uint32_t>(random() % static_cast<uint64_t>(roots)),
                           random() >> (i % 2 == 0 ? 0 : random() % 64)};
      const auto before = [&route](Route r) {
        return std::pair(r.root, r.place) < std::pair(route.root, route.place);
      };
      const std::optional<uint64_t> position = directory.PositionAt(route);
      if (!position) {
        ASSERT_TRUE(before(directory.RouteOf(~uint64_t{0})));
        continue;
      }
      ASSERT_EQ(*position % kGrain, 0u);
      ASSERT_FALSE(before(directory.RouteOf(*position)));
      if (*position > 0) {
        ASSERT_TRUE(before(directory.RouteOf(*position - 1)));
      }
    }
    EXPECT_EQ(directory.PositionAt({static_cast<uint32_t>(roots), 0}), std::nullopt);
    EXPECT_EQ(directory.PositionAt({0, 0}), 0u);
  }
}

TEST(TableDirectoryTest, SplitsAndMergesAreUndoneWithoutATrace) {
  Reclaimer reclaimer;
  TableDirectory directory(2, &reclaimer);
  const size_t at_first = directory.MemoryBytes();
  const Route low = {1, 0};
  const Route middle = {1, uint64_t{1} << 62};
  const Route high = {1, uint64_t{1} << 63};
  EXPECT_FALSE(directory.At(low));
  directory.Replace(low, Word(1, 0));
  directory.Split(low, Word(2, 1), Word(3, 1));
  EXPECT_EQ(directory.depth(1), 1);
  directory.Split(low, Word(4, 2), Word(5, 2));
  EXPECT_EQ(directory.depth(1), 2);
  EXPECT_EQ(directory.depth(0), 0);
  EXPECT_EQ(directory.At(low).bits(), Word(4, 2).bits());
  EXPECT_EQ(directory.At(middle).bits(), Word(5, 2).bits());
  EXPECT_EQ(directory.At(high).bits(), Word(3, 1).bits());
  EXPECT_EQ(directory.AtIndex(1, 3).bits(), Word(3, 1).bits());
  EXPECT_EQ(directory.SiblingOf(low, 2).bits(), Word(5, 2).bits());
  EXPECT_EQ(directory.segment_count(), 3u);
  EXPECT_GT(directory.MemoryBytes(), at_first);
  directory.Merge(middle, Word(6, 1));
  EXPECT_EQ(directory.depth(1), 1);
  directory.Merge(high, SegmentWord::Nothing(0));
  EXPECT_EQ(directory.depth(1), 0);
  EXPECT_FALSE(directory.At(low));
  EXPECT_EQ(directory.segment_count(), 0u);
  EXPECT_EQ(directory.MemoryBytes(), at_first);
}

TEST(TableDirectoryTest, ItDoesNotGrowFarBeyondItsSegments) {
  TableDirectory directory(1, nullptr);
  directory.Replace({0, 0}, Word(1, 0));
  int depth = 0;
  while (directory.MaySplit(0, depth)) {
    ++depth;
    directory.Split({0, 0}, Word(1, depth), SegmentWord::Nothing(depth));
  }
  EXPECT_GE(depth, 8);  // Keys of one cluster slot need as much.
  EXPECT_LE(directory.MemoryBytes(), 16384u);
  while (depth > 0) directory.Merge({0, 0}, Word(1, --depth));
  EXPECT_EQ(directory.depth(0), 0);
}

}  // namespace
}  // namespace redstart
