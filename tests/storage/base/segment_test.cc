#include "storage/base/segment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <vector>

#include "tests/storage/base/table_nodes.h"

namespace redstart {
namespace {

// A node's address, made up: multiples of 8 that nobody reads.
void* Address(uint64_t i) {
  return reinterpret_cast<void*>((i + 1) * 8);
}

struct SegmentUnderTest {
  explicit SegmentUnderTest(int lines, int depth = 0, int base = 0)
      : segment(Segment::Create(lines)), word(segment, Segment::HomesOf(lines), depth, base) {}
  explicit SegmentUnderTest(SegmentWord word) : segment(word.segment()), word(word) {}
  ~SegmentUnderTest() { Segment::Destroy(segment); }

  // Where a lookup would find the node, or null.
  uint64_t* Find(uint64_t tag, const void* node) {
    const auto in_line = [&](int i) -> uint64_t* {
      for (uint64_t& slot : segment->line(i)->slots) {
        if (slot::Node(slot) == node && slot::Tag(slot) == tag) return &slot;
      }
      return nullptr;
    };
    const int home = word.HomeOf(tag);
    const Line* line = segment->line(home);
    if (uint64_t* slot = in_line(home)) return slot;
    if (line->Has(Line::kLent)) {
      if (uint64_t* slot = in_line(word.Next(home))) return slot;
    }
    if (line->Has(Line::kOverflowed)) {
      for (int i = segment->homes(); i < segment->lines() - 1; ++i) {
        if (uint64_t* slot = in_line(i)) return slot;
      }
    }
    return nullptr;
  }

  Segment* segment;
  SegmentWord word;
};

uint64_t RandomTag(uint64_t i) {
  return MixBits(i) >> slot::kTagShift;
}

TEST(SegmentTest, AWordHoldsAllOfItsParts) {
  SegmentUnderTest s(64);
  const SegmentWord word(s.segment, 59, 43, 40);
  EXPECT_EQ(word.segment(), s.segment);
  EXPECT_EQ(word.homes(), 59);
  EXPECT_EQ(word.depth(), 43);
  EXPECT_EQ(word.base(), 40);
  EXPECT_FALSE(SegmentWord::Nothing(7));
  EXPECT_EQ(SegmentWord::Nothing(7).depth(), 7);
}

TEST(SegmentTest, ALineTellsMatchingAndEmptySlots) {
  Line line = {};
  line.slots[2] = slot::Make(77, Address(1));
  line.slots[5] = slot::Make(77, Address(2));
  line.slots[7] = slot::Make(slot::kTagMask, Address(3));
  line.SetFlag(Line::kLent, true);
  EXPECT_EQ(line.Matching(77), 0b00100100u);
  EXPECT_EQ(line.Matching(slot::kTagMask), 0b10000000u);
  EXPECT_EQ(line.Empty(), 0b01011011u);
  EXPECT_TRUE(line.Has(Line::kLent));
  EXPECT_FALSE(line.Has(Line::kOverflowed));
}

TEST(SegmentTest, FlagsSurviveStoresToTheirSlots) {
  Line line = {};
  line.SetFlag(Line::kOverflowed, true);
  slot::Store(&line.slots[0], slot::Make(5, Address(9)));
  EXPECT_TRUE(line.Has(Line::kOverflowed));
  EXPECT_EQ(slot::Node(line.slots[0]), Address(9));
  line.SetFlag(Line::kOverflowed, false);
  EXPECT_EQ(line.slots[0], slot::Make(5, Address(9)));
}

TEST(SegmentTest, HomesAscendWithTagsAndTheirFirstPlacesAreExact) {
  for (const int lines : Segment::kSizes) {
    for (const int used : {0, 1, 6}) {
      SegmentUnderTest s(lines, 10 + used, 10);
      const uint64_t place = uint64_t{0x2f1} << 50 & ~((uint64_t{1} << 48) - 1);
      for (int home = 0; home < s.word.homes(); ++home) {
        const uint64_t first = s.word.FirstPlaceOfHome(place, home);
        EXPECT_EQ(s.word.HomeOf(s.word.TagOf(first)), home);
        if (home > 0) {
          EXPECT_EQ(s.word.HomeOf(s.word.TagOf(first - 1)), home - 1);
        }
      }
      EXPECT_EQ(s.word.FirstPlaceOfHome(place, s.word.homes()),
                s.word.FirstPlace(place) + (uint64_t{1} << (64 - s.word.depth())));
    }
  }
}

TEST(SegmentTest, FillsToNinetyPercentBeforeANodeFindsNoRoom) {
  double sum = 0;
  constexpr int kRuns = 20;
  for (uint64_t run = 0; run < kRuns; ++run) {
    SegmentUnderTest s(64);
    uint64_t i = run << 32;
    while (s.segment->TryPlace(s.word, RandomTag(i), Address(i))) ++i;
    sum += static_cast<double>(s.segment->in_lines()) / s.segment->slot_count();
  }
  EXPECT_GT(sum / kRuns, 0.90);
}

TEST(SegmentTest, NodesAreFoundThroughRandomPlacingAndRemoving) {
  for (const int lines : {2, 4, 16, 64}) {
    SegmentUnderTest s(lines);
    std::mt19937_64 random(1);
    std::vector<uint64_t> present;
    uint64_t next = 0;
    for (int step = 0; step < 20000; ++step) {
      if (present.empty() || random() % 2 == 0) {
        if (s.segment->TryPlace(s.word, RandomTag(next), Address(next))) present.push_back(next);
        ++next;
      } else {
        std::swap(present[random() % present.size()], present.back());
        const uint64_t tag = RandomTag(present.back());
        uint64_t* slot = s.Find(tag, Address(present.back()));
        ASSERT_NE(slot, nullptr);
        s.segment->Remove(s.word, s.word.HomeOf(tag), slot);
        present.pop_back();
      }
      if (step % 100 != 0) continue;
      ASSERT_EQ(s.segment->count(), present.size());
      for (const uint64_t i : present) ASSERT_NE(s.Find(RandomTag(i), Address(i)), nullptr);
    }
    // Flags do not outlive their reason, or lookups would slow down for good.
    for (const uint64_t i : present) {
      const uint64_t tag = RandomTag(i);
      s.segment->Remove(s.word, s.word.HomeOf(tag), s.Find(tag, Address(i)));
    }
    for (int i = 0; i < s.segment->homes(); ++i) {
      EXPECT_FALSE(s.segment->line(i)->Has(Line::kLent)) << i;
      EXPECT_FALSE(s.segment->line(i)->Has(Line::kOverflowed)) << i;
    }
  }
}

TEST(SegmentTest, TheOverflowArrayTakesAnyNumberWithOneTag) {
  SegmentUnderTest s(2);
  for (uint64_t i = 0; i < 1000; ++i) s.segment->PlaceInOverflow(s.word, 5, i << 40, Address(i));
  EXPECT_EQ(s.segment->count(), 1000u);
  EXPECT_EQ(s.segment->in_lines(), 0u);
  EXPECT_TRUE(s.segment->line(0)->Has(Line::kOverflowed));
  while (s.segment->count() > 0) s.segment->Remove(s.word, 0, &s.segment->overflow()[0]);
  EXPECT_EQ(s.segment->MemoryBytes(), 128u);
}

TEST(SegmentTest, BuildingKeepsEveryNode) {
  SegmentUnderTest old(48, 3, 0);
  const uint64_t prefix = uint64_t{5} << (slot::kTagBits - 3);
  std::map<const void*, uint64_t> tags;
  for (uint64_t i = 0; i < 300; ++i) {
    const uint64_t tag = prefix | RandomTag(i) >> 3;
    ASSERT_TRUE(old.segment->TryPlace(old.word, tag, Address(i)));
    tags[Address(i)] = tag;
  }
  std::vector<uint64_t> slots;
  GatherSlots(old.word, prefix << slot::kTagShift, 0, &slots);
  ASSERT_EQ(slots.size(), 300u);
  std::vector<uint64_t> leftover;
  const SegmentWord word = BuildSegment(slots, 64, 3, 0, &leftover);
  EXPECT_TRUE(leftover.empty());
  SegmentUnderTest fresh(word);
  for (const auto& [node, tag] : tags) ASSERT_NE(fresh.Find(tag, node), nullptr);
}

TEST(SegmentTest, BuildingHandsBackWhatFindsNoRoom) {
  std::vector<uint64_t> slots;
  for (uint64_t i = 0; i < 40; ++i) slots.push_back(slot::Make(3, Address(i)));
  std::vector<uint64_t> leftover;
  const SegmentWord word = BuildSegment(slots, 16, 0, 0, &leftover);
  EXPECT_EQ(word.segment()->count() + leftover.size(), 40u);
  EXPECT_EQ(word.segment()->count(), 24u);  // Home, next, and the stash line.
  Segment::Destroy(word.segment());
}

TEST(SegmentTest, GatheringForALowerBaseFillsInTheCommonBits) {
  SegmentUnderTest s(16, 8, 8);
  const uint64_t place = 0xAB12'3456'789A'BCDE;
  ASSERT_TRUE(s.segment->TryPlace(s.word, s.word.TagOf(place), Address(1)));
  for (const int base : {8, 7, 3, 0}) {
    std::vector<uint64_t> slots;
    GatherSlots(s.word, place, base, &slots);
    ASSERT_EQ(slots.size(), 1u);
    EXPECT_EQ(slot::Tag(slots[0]), place << base >> slot::kTagShift);
    EXPECT_EQ(slot::Node(slots[0]), Address(1));
  }
}

TEST(SegmentTest, SizesFollowEachOther) {
  EXPECT_EQ(Segment::SizeAfter(2), 4);
  EXPECT_EQ(Segment::SizeAfter(48), 64);
  EXPECT_EQ(Segment::SizeBefore(64), 48);
  EXPECT_EQ(Segment::SizeBefore(4), 2);
  EXPECT_EQ(Segment::SizeFor(0), 2);
  EXPECT_EQ(Segment::SizeFor(6), 2);
  EXPECT_EQ(Segment::SizeFor(7), 4);
  EXPECT_EQ(Segment::SizeFor(1000), 64);
  // A directory's word tells a segment by its homes.
  std::set<int> homes;
  for (const int lines : Segment::kSizes) {
    EXPECT_TRUE(homes.insert(Segment::HomesOf(lines)).second);
    EXPECT_LE(Segment::HomesOf(lines), 63);
    const SegmentWord word(nullptr, Segment::HomesOf(lines), 0, 0);
    EXPECT_EQ(word.stash(), Segment::StashOf(lines));
  }
}

}  // namespace
}  // namespace redstart
