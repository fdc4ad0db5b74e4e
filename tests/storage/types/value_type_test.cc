#include "storage/types/value_type.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(TypeNameTest, NamesAreThoseOfTheTypeCommand) {
  EXPECT_EQ(TypeName(ValueType::kString), "string");
  EXPECT_EQ(TypeName(ValueType::kList), "list");
  EXPECT_EQ(TypeName(ValueType::kSet), "set");
  EXPECT_EQ(TypeName(ValueType::kSortedSet), "zset");
  EXPECT_EQ(TypeName(ValueType::kHash), "hash");
  EXPECT_EQ(TypeName(ValueType::kStream), "stream");
}

}  // namespace
}  // namespace redstart
