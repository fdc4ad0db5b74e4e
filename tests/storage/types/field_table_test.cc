#include "storage/types/field_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <string>

namespace redstart {
namespace {

TEST(FieldTableTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(1);
  FieldTable table;
  std::map<std::string, std::string> model;
  for (int step = 0; step < 50'000; ++step) {
    const std::string field = std::to_string(random() % 3'000);
    if (random() % 3 == 0) {
      ASSERT_EQ(table.Erase(field), model.erase(field) == 1);
    } else {
      const std::string value(random() % 30, static_cast<char>('a' + step % 26));
      ASSERT_EQ(table.Set(field, value), model.insert_or_assign(field, value).second);
    }
    ASSERT_EQ(table.size(), model.size());
  }
  std::map<std::string, std::string> found;
  table.ForEach([&](const FieldNode& node) {
    found.emplace(std::string(node.field()), std::string(node.value()));
  });
  EXPECT_EQ(found, model);
  const auto copy = table.Clone();
  EXPECT_EQ(copy->size(), table.size());
}

TEST(FieldTableTest, LongFieldsValuesAndDeadlinesHaveRoom) {
  FieldTable table;
  for (const size_t field : {0u, 1u, 255u, 256u, 70'000u}) {
    for (const size_t value : {0u, 65'535u, 65'536u, 200'000u}) {
      for (const uint64_t deadline : {FieldNode::kNever, uint64_t{12345}}) {
        table.Set(std::string(field, 'f'), std::string(value, 'v'), deadline);
        const FieldNode* node = table.Find(std::string(field, 'f'));
        ASSERT_NE(node, nullptr);
        EXPECT_EQ(node->field().size(), field);
        EXPECT_EQ(node->value(), std::string(value, 'v'));
        EXPECT_EQ(node->deadline(), deadline);
      }
    }
  }
  EXPECT_EQ(table.size(), 5u);
}

TEST(FieldTableTest, MemoryFollowsTheFields) {
  FieldTable table;
  const size_t empty = table.MemoryBytes();
  for (int i = 0; i < 1000; ++i) table.Set(std::to_string(i), "value");
  EXPECT_GT(table.MemoryBytes(), empty + 1000 * 12);
  EXPECT_LT(table.MemoryBytes(), empty + 1000 * 40);
  table.Set("long", std::string(10'000, 'x'));
  EXPECT_GT(table.MemoryBytes(), empty + 10'000);
  table.Set("long", "");
  for (int i = 0; i < 1000; ++i) table.Erase(std::to_string(i));
  table.Erase("long");
  EXPECT_LT(table.MemoryBytes(), empty + 1000);
}

TEST(FieldTableTest, AWalkMissesNothingThatStaysWhileTheTableGrows) {
  FieldTable table;
  for (int i = 0; i < 500; ++i) table.Set("stays" + std::to_string(i), "");
  std::set<std::string> seen;
  int added = 0;
  for (std::optional<uint64_t> at = 0; at;) {
    at = table.Walk(*at, [&](const FieldNode& node) {
      if (!node.field().starts_with("stays")) return;
      EXPECT_TRUE(seen.emplace(node.field()).second);
    });
    for (int i = 0; i < 20; ++i) table.Set("new" + std::to_string(added++), "");
  }
  EXPECT_EQ(seen.size(), 500u);
}

}  // namespace
}  // namespace redstart
