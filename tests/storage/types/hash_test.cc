#include "storage/types/hash.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>

namespace redstart {
namespace {

// The same fields as a small hash and as a large one.
class HashViewTest : public testing::TestWithParam<bool> {
 protected:
  static std::string Field(int number) { return std::string("f").append(std::to_string(number)); }
  HashViewTest() {
    ListpackEditor pack(&pack_);
    for (int i = 0; i < 20; ++i) {
      pack.Append(Field(i));
      pack.Append(int64_t{i});
      table_.Set(Field(i), std::to_string(i));
    }
  }
  HashView View() {
    return GetParam() ? HashView(CollectionRef(&table_))
                      : HashView(CollectionRef(Packing::kListpack, pack_.bytes()));
  }

  PackedBuffer pack_{kEmptyListpack};
  FieldTable table_;
};

TEST_P(HashViewTest, FindsValuesByField) {
  EXPECT_EQ(View().size(), 20u);
  EXPECT_EQ(View().Find("f7")->ToString(), "7");
  EXPECT_EQ(View().Find("f7")->AsInteger(), 7);
  EXPECT_FALSE(View().Find("7").has_value()) << "a value is no field";
}

TEST_P(HashViewTest, VisitsEveryFieldOnce) {
  std::map<std::string, std::string> all;
  View().ForEach([&](const Element& field, const Element& value) {
    EXPECT_TRUE(all.emplace(field.ToString(), value.ToString()).second);
  });
  EXPECT_EQ(all.size(), 20u);
  EXPECT_EQ(all["f19"], "19");
}

TEST_P(HashViewTest, ScansToTheEnd) {
  std::set<std::string> seen;
  uint64_t cursor = 0;
  do {
    cursor = View().Scan(cursor, 3, [&](const Element& field, const Element&) {
      EXPECT_TRUE(seen.insert(field.ToString()).second);
    });
    EXPECT_LT(cursor, uint64_t{1} << 53);
  } while (cursor != 0);
  EXPECT_EQ(seen.size(), 20u);
}

TEST_P(HashViewTest, RandomChoicesReachEveryField) {
  std::map<std::string, int> times;
  View().VisitRandomTimes(20'000,
                          [&](const Element& field, const Element&) { ++times[field.ToString()]; });
  EXPECT_EQ(times.size(), 20u);
  for (const auto& [field, count] : times) EXPECT_NEAR(count, 1000, 200) << field;
  times.clear();
  for (int i = 0; i < 2000; ++i) {
    View().VisitRandom([&](const Element& field, const Element& value) {
      EXPECT_EQ(field.ToString().substr(1), value.ToString());
      ++times[field.ToString()];
    });
  }
  EXPECT_EQ(times.size(), 20u);
}

TEST_P(HashViewTest, DistinctChoicesAreDistinctAndFair) {
  for (const size_t count : {1u, 5u, 12u, 20u}) {
    std::map<std::string, int> times;
    for (int i = 0; i < 2000; ++i) {
      std::set<std::string> chosen;
      View().VisitRandomDistinct(count, [&](const Element& field, const Element&) {
        EXPECT_TRUE(chosen.insert(field.ToString()).second);
        ++times[field.ToString()];
      });
      ASSERT_EQ(chosen.size(), count);
    }
    const double expected = 2000.0 * static_cast<double>(count) / 20;
    for (const auto& [field, seen] : times) EXPECT_NEAR(seen, expected, 80) << field;
  }
}

INSTANTIATE_TEST_SUITE_P(SmallAndLarge, HashViewTest, testing::Bool());

TEST(HashViewDefaultTest, NothingFoundIsAnEmptyHash) {
  EXPECT_EQ(HashView().size(), 0u);
  EXPECT_FALSE(HashView().Find("f").has_value());
  EXPECT_EQ(HashView().Scan(0, 10, [](const Element&, const Element&) { FAIL(); }), 0u);
}

}  // namespace
}  // namespace redstart
