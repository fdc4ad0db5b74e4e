#include "storage/types/set.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace redstart {
namespace {

using Model = std::set<std::string>;

// The same members in one of the three forms.
class SetTest : public testing::TestWithParam<int> {
 protected:
  static constexpr int kMembers = 20;

  SetTest() {
    for (int i = 0; i < kMembers; ++i) {
      const std::string member = std::to_string(i * 7);
      all_.insert(member);
      IntSetEditor(&integers_).Insert(i * 7);
      ListpackEditor(&pack_).Append(member);
      table_.Add(member);
    }
  }
  SetView View() {
    if (GetParam() == 0) return SetView(CollectionRef(Packing::kIntSet, integers_.bytes()));
    if (GetParam() == 1) return SetView(CollectionRef(Packing::kListpack, pack_.bytes()));
    return SetView(CollectionRef(&table_));
  }

  Model all_;
  PackedBuffer integers_{kEmptyIntSet};
  PackedBuffer pack_{kEmptyListpack};
  MemberTable table_;
};

TEST_P(SetTest, HasItsMembersAndNoOthers) {
  EXPECT_EQ(View().size(), all_.size());
  for (const std::string& member : all_) EXPECT_TRUE(View().Contains(member));
  for (const char* other : {"1", "", "x", "-7", "07", "9223372036854775807"}) {
    EXPECT_FALSE(View().Contains(other)) << other;
  }
  Model visited;
  View().ForEach([&](const Element& member) { visited.insert(member.ToString()); });
  EXPECT_EQ(visited, all_);
}

TEST_P(SetTest, ForEachWhileStopsWhenToldTo) {
  int seen = 0;
  View().ForEachWhile([&](const Element&) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

TEST_P(SetTest, AScanVisitsEveryMemberOnce) {
  std::map<std::string, int> seen;
  uint64_t cursor = 0;
  do {
    cursor = View().Scan(cursor, 3, [&](const Element& member) { ++seen[member.ToString()]; });
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), all_.size());
  for (const auto& [member, times] : seen) EXPECT_EQ(times, 1) << member;
}

TEST_P(SetTest, RandomMembersAreMembers) {
  Model drawn;
  View().VisitRandomTimes(1, [&](const Element& member) { drawn.insert(member.ToString()); });
  EXPECT_EQ(drawn.size(), 1u);
  View().VisitRandomTimes(1000, [&](const Element& member) { drawn.insert(member.ToString()); });
  EXPECT_EQ(drawn, all_) << "missed by bad luck once in 10^20 runs";
}

TEST_P(SetTest, RandomDistinctMembersAreDistinct) {
  for (const size_t count : {1, 3, 10, kMembers}) {
    Model drawn;
    View().VisitRandomDistinct(count, [&](const Element& member) {
      EXPECT_TRUE(all_.contains(member.ToString()));
      drawn.insert(member.ToString());
    });
    EXPECT_EQ(drawn.size(), count);
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, SetTest, testing::Values(0, 1, 2));

TEST(MemberTableTest, LongMembersAndTheirMemoryAreCounted) {
  MemberTable table;
  const size_t empty = table.MemoryBytes();
  for (const size_t size : {0, 1, 254, 255, 256, 100000}) {
    EXPECT_TRUE(table.Add(std::string(size, 'm')));
    EXPECT_FALSE(table.Add(std::string(size, 'm')));
    EXPECT_TRUE(table.Contains(std::string(size, 'm')));
  }
  EXPECT_GT(table.MemoryBytes(), empty + 100000);
  const auto copy = table.Clone();
  EXPECT_EQ(copy->size(), 6u);
  for (const size_t size : {0, 1, 254, 255, 256, 100000}) {
    EXPECT_TRUE(table.Erase(std::string(size, 'm')));
    EXPECT_FALSE(table.Erase(std::string(size, 'm')));
  }
  EXPECT_EQ(table.size(), 0u);
  EXPECT_LT(table.MemoryBytes(), empty + 1000);
}

}  // namespace
}  // namespace redstart
