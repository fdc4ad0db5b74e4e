#include "server/commands/command_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/resp_value.h"

namespace redstart {
namespace {

std::string Describe(const KeyRange& range) {
  return std::to_string(range.first) + "," + std::to_string(range.last) + "," +
         std::to_string(range.step) + (range.is_partial ? ",partial" : "");
}

std::string RangeOf(absl::Span<const KeySpec> keys) {
  return Describe(KeyRangeOf({.name = "X", .keys = keys}));
}

TEST(CommandInfoTest, OneRangeIsToldAsItIs) {
  EXPECT_EQ(RangeOf({}), "0,0,0");
  EXPECT_EQ(RangeOf(kReadFirstKey), "1,1,1");
  EXPECT_EQ(RangeOf(kReadAllKeys), "1,-1,1");
  static constexpr KeySpec kPairs[] = {{.last = -1, .step = 2}};
  EXPECT_EQ(RangeOf(kPairs), "1,-1,2");
  static constexpr KeySpec kIncomplete[] = {{.flags = kKeyIncomplete}};
  EXPECT_EQ(RangeOf(kIncomplete), "1,1,1,partial");
}

TEST(CommandInfoTest, AdjoiningRangesAreJoinedAndOthersLeftOut) {
  static constexpr KeySpec kTwo[] = {{.index = 1}, {.index = 2}};
  EXPECT_EQ(RangeOf(kTwo), "1,2,1");
  static constexpr KeySpec kTwoToTheEnd[] = {{.index = 1}, {.index = 2, .last = -1}};
  EXPECT_EQ(RangeOf(kTwoToTheEnd), "1,-1,1");
  static constexpr KeySpec kApart[] = {{.index = 1}, {.index = 3}};
  EXPECT_EQ(RangeOf(kApart), "1,1,1,partial");
  static constexpr KeySpec kCounted[] = {{.index = 1, .first = 1, .counted = true}};
  EXPECT_EQ(RangeOf(kCounted), "0,0,0,partial");
  static constexpr KeySpec kStore[] = {{.index = 1}, {.index = 2, .keyword = "STORE"}};
  EXPECT_EQ(RangeOf(kStore), "1,1,1,partial");
}

TEST(CommandInfoTest, KeysOfARequestComeWithWhatIsDoneToThem) {
  static constexpr KeySpec kCopy[] = {{.flags = kKeyReadOnly, .index = 1},
                                      {.flags = kKeyOverwrite, .index = 2}};
  const std::string_view args[] = {"X", "a", "b"};
  const std::vector<KeyUse> uses = FindKeyUses({.name = "X", .keys = kCopy}, args);
  ASSERT_EQ(uses.size(), 2u);
  EXPECT_EQ(uses[0].position, 1);
  EXPECT_EQ(uses[0].flags, kKeyReadOnly);
  EXPECT_EQ(uses[1].flags, kKeyOverwrite);
}

TEST(CommandInfoTest, ARequestMayDecideWhatIsDoneToItsKeys) {
  static constexpr KeySpec kKeys[] = {{.flags = kKeyReadWrite | kKeyVariableFlags}};
  const CommandSpec spec = {.name = "X", .keys = kKeys, .key_flags = [](Args args) -> uint16_t {
                              return args.size() > 2 ? kKeyOverwrite : kKeyReadOnly;
                            }};
  const std::string_view args[] = {"X", "a", "b"};
  EXPECT_EQ(FindKeyUses(spec, args)[0].flags, kKeyOverwrite);
  EXPECT_EQ(FindKeyUses(spec, Args(args).first(2))[0].flags, kKeyReadOnly);
}

TEST(CommandInfoTest, CategoriesHaveTheNamesOfAcl) {
  EXPECT_EQ(FindAclCategory("keyspace"), kCategoryKeyspace);
  EXPECT_EQ(FindAclCategory("SortedSet"), kCategorySortedSet);
  EXPECT_EQ(FindAclCategory("scripting"), kCategoryScripting);
  EXPECT_EQ(FindAclCategory("all"), std::nullopt);
}

}  // namespace
}  // namespace redstart
