#include "server/exec/command_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void OnRead(const ReadKeys&, Args, ReplyBuilder&) {}
void OnWalk(KeyWalk&, Args, ReplyBuilder&) {}
void OnWhole(WholeKeyspace&, Args, ReplyBuilder&) {}
void OnSession(Call&, Args, ReplyBuilder&) {}

class FindKeysTest : public testing::Test {
 protected:
  // The positions, or {-1} if the arguments contradict the specification.
  static std::vector<int> Find(absl::Span<const KeySpec> keys,
                               std::vector<std::string_view> words) {
    std::vector<int> positions;
    if (!FindKeys({.name = "X", .keys = keys}, words, &positions)) return {-1};
    return positions;
  }
};

TEST_F(FindKeysTest, RangesEndAtTheLastArgumentOrBeforeIt) {
  EXPECT_THAT(Find(kReadFirstKey, {"GET", "k"}), ElementsAre(1));
  EXPECT_THAT(Find(kRemoveAllKeys, {"DEL", "a", "b", "c"}), ElementsAre(1, 2, 3));
  const KeySpec all_but_last[] = {{.last = -2}};
  EXPECT_THAT(Find(all_but_last, {"BLPOP", "a", "b", "0"}), ElementsAre(1, 2));
}

TEST_F(FindKeysTest, StepsLeaveArgumentsOut) {
  const KeySpec pairs[] = {{.last = -1, .step = 2}};
  EXPECT_THAT(Find(pairs, {"MSET", "a", "1", "b", "2"}), ElementsAre(1, 3));
}

TEST_F(FindKeysTest, CountedKeysAreCheckedAgainstTheArguments) {
  const KeySpec counted[] = {{.index = 1, .first = 1, .counted = true}};
  EXPECT_THAT(Find(counted, {"SINTERCARD", "2", "a", "b"}), ElementsAre(2, 3));
  EXPECT_THAT(Find(counted, {"SINTERCARD", "0", "a"}), IsEmpty());
  EXPECT_THAT(Find(counted, {"SINTERCARD", "3", "a", "b"}), ElementsAre(-1));
  EXPECT_THAT(Find(counted, {"SINTERCARD", "x", "a"}), ElementsAre(-1));
  EXPECT_THAT(Find(counted, {"SINTERCARD", "-1", "a"}), ElementsAre(-1));
  EXPECT_THAT(Find(counted, {"SINTERCARD", "9223372036854775807", "a"}), ElementsAre(-1));
}

TEST_F(FindKeysTest, KeywordsAreSearchedInWhateverCase) {
  const KeySpec half[] = {{.index = 1, .keyword = "STREAMS", .last = -1, .limit = 2}};
  EXPECT_THAT(Find(half, {"XREAD", "COUNT", "1", "streams", "a", "b", "0", "0"}),
              ElementsAre(4, 5));
  EXPECT_THAT(Find(half, {"XREAD", "COUNT", "1"}), IsEmpty());
  const KeySpec from_end[] = {{.index = -2, .keyword = "STORE"}};
  EXPECT_THAT(Find(from_end, {"SORT", "k", "STORE", "to"}), ElementsAre(3));
}

TEST_F(FindKeysTest, SeveralSpecificationsFollowEachOther) {
  const KeySpec two[] = {{.index = 2}, {.index = 1}};
  EXPECT_THAT(Find(two, {"X", "a", "b"}), ElementsAre(2, 1));
}

TEST_F(FindKeysTest, WhatIsNoKeyOrUnknownIsLeftOut) {
  const KeySpec none[] = {{.flags = kKeyNotKey}, {.unknown = true}};
  EXPECT_THAT(Find(none, {"X", "a"}), IsEmpty());
}

TEST_F(FindKeysTest, ArgumentsThatAreMissingGiveNoKeys) {
  const KeySpec second[] = {{.index = 2}};
  EXPECT_THAT(Find(second, {"X", "a"}), IsEmpty());
}

TEST(CommandSpecTest, ArityIsExactOrAMinimum) {
  const CommandSpec exact = {.name = "X", .arity = 2};
  EXPECT_TRUE(exact.AcceptsCount(2));
  EXPECT_FALSE(exact.AcceptsCount(3));
  const CommandSpec minimum = {.name = "X", .arity = -2};
  EXPECT_FALSE(minimum.AcceptsCount(1));
  EXPECT_TRUE(minimum.AcceptsCount(2));
  EXPECT_TRUE(minimum.AcceptsCount(200));
}

TEST(CommandSpecTest, TheScopeFollowsFromTheHandler) {
  EXPECT_EQ(CommandSpec({.name = "X"}).scope(), Scope::kNone);
  EXPECT_EQ(CommandSpec({.name = "X", .run = OnRead}).scope(), Scope::kKeys);
  EXPECT_EQ(CommandSpec({.name = "X", .run = OnWalk}).scope(), Scope::kWalk);
  EXPECT_EQ(CommandSpec({.name = "X", .run = OnWhole}).scope(), Scope::kAll);
  EXPECT_EQ(CommandSpec({.name = "X", .run = OnSession}).scope(), Scope::kNone);
  EXPECT_EQ(CommandSpec({.name = "X", .keys = kPeekAllKeys, .run = OnSession}).scope(),
            Scope::kKeys);
  EXPECT_EQ(CommandSpec({.name = "X", .flags = kNeedsWhole, .run = OnSession}).scope(),
            Scope::kAll);
}

TEST(CommandSpecTest, CategoriesFollowFromFlagsAndGroup) {
  const CommandSpec get = {
      .name = "X", .flags = kReadOnly | kFast, .group = CommandGroup::kString, .run = OnRead};
  EXPECT_EQ(get.AllCategories(), uint32_t{kCategoryRead | kCategoryFast | kCategoryString});
  const CommandSpec keys = {
      .name = "X", .flags = kReadOnly, .categories = kCategoryDangerous, .run = OnWalk};
  EXPECT_EQ(keys.AllCategories(),
            uint32_t{kCategoryKeyspace | kCategoryRead | kCategorySlow | kCategoryDangerous});
  const CommandSpec admin = {.name = "X", .flags = kAdmin, .group = CommandGroup::kServer};
  EXPECT_EQ(admin.AllCategories(), uint32_t{kCategoryAdmin | kCategoryDangerous | kCategorySlow});
}

}  // namespace
}  // namespace redstart
