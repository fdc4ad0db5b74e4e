#include "storage/disk/zset_codec.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace redstart {
namespace {

using Pair = std::pair<double, std::string>;
using Pairs = std::vector<Pair>;

const CollectionLimits kLimits;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

ZSetView ViewOf(const DecodedValue& value) {
  return ZSetView(std::get<DecodedCollection>(value).held());
}

Pairs ElementsOf(const DecodedValue& value) {
  Pairs all;
  ViewOf(value).ForEach(
      [&](const Element& member, double score) { all.emplace_back(score, member.ToString()); });
  return all;
}

std::optional<DecodedValue> Decode(uint8_t type, std::string_view body,
                                   const CollectionLimits& limits = kLimits) {
  RdbInput input(body);
  return ReadRdbZSet(type, limits, &input);
}

std::string WithLength(std::string_view packed) {
  std::string body;
  AppendRdbString(packed, RdbCompression::kOff, &body);
  return body;
}

std::string Packed(std::initializer_list<std::string_view> texts) {
  PackedBuffer buffer(kEmptyListpack);
  for (const std::string_view text : texts) ListpackEditor(&buffer).Append(text);
  return WithLength(buffer.bytes());
}

std::string Listed(const Pairs& elements) {
  std::string body;
  AppendRdbLength(elements.size(), &body);
  for (const auto& [score, member] : elements) {
    AppendRdbString(member, RdbCompression::kOff, &body);
    AppendRdbDouble(score, &body);
  }
  return body;
}

TEST(ZSetCodecTest, AListpackIsTakenAndGivenAsItIs) {
  const std::string body = Packed({"a", "-1.5", "b", "2", "c", "inf"});
  const auto value = Decode(kRdbTypeZSetListpack, body);
  ASSERT_TRUE(value);
  EXPECT_EQ(ElementsOf(*value), (Pairs{{-1.5, "a"}, {2, "b"}, {kInfinity, "c"}}));
  EXPECT_EQ(RdbTypeOfZSet(ViewOf(*value)), kRdbTypeZSetListpack);
  std::string out;
  AppendRdbZSet(ViewOf(*value), RdbCompression::kOff, &out);
  EXPECT_EQ(out, body);
  EXPECT_TRUE(
      ViewOf(*Decode(kRdbTypeZSetListpack, body, {.zset_max_listpack_entries = 2})).is_large());
}

TEST(ZSetCodecTest, ALargeSetSurvivesAndIsWrittenDownwards) {
  ScoredSet set;
  set.Set("low", -kInfinity);
  set.Set("middle", 0.1);
  set.Set("high", 7);
  const ZSetView view{CollectionRef(&set)};
  EXPECT_EQ(RdbTypeOfZSet(view), kRdbTypeZSet2);
  std::string out;
  AppendRdbZSet(view, RdbCompression::kOff, &out);
  EXPECT_EQ(out, Listed({{7, "high"}, {0.1, "middle"}, {-kInfinity, "low"}}));
  const auto value = Decode(kRdbTypeZSet2, out, {.zset_max_listpack_entries = 2});
  ASSERT_TRUE(value);
  EXPECT_TRUE(ViewOf(*value).is_large());
  EXPECT_EQ(ElementsOf(*value), (Pairs{{-kInfinity, "low"}, {0.1, "middle"}, {7, "high"}}));
}

TEST(ZSetCodecTest, TheLimitsDecideAboutTheForm) {
  const std::string body = Listed({{1, "a"}, {0, std::string(20, 'b')}});
  EXPECT_FALSE(ViewOf(*Decode(kRdbTypeZSet2, body)).is_large());
  EXPECT_EQ(ElementsOf(*Decode(kRdbTypeZSet2, body)), (Pairs{{0, std::string(20, 'b')}, {1, "a"}}));
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeZSet2, body, {.zset_max_listpack_entries = 1})).is_large());
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeZSet2, body, {.zset_max_listpack_value = 19})).is_large());
}

TEST(ZSetCodecTest, OldFormsAreConverted) {
  const std::string ziplist("\x0f\x00\x00\x00\x0c\x00\x00\x00\x02\x00\x00\xf3\x02\xf6\xff", 15);
  EXPECT_EQ(ElementsOf(*Decode(kRdbTypeZSetZiplist, WithLength(ziplist))), (Pairs{{5, "2"}}));
  const std::string texts(
      "\x04\x01"
      "a\x03"
      "1.5\x01"
      "b\xfe\x01"
      "c\xff\x01"
      "d\x01"
      "3",
      17);
  EXPECT_EQ(ElementsOf(*Decode(kRdbTypeZSet, texts)),
            (Pairs{{-kInfinity, "c"}, {1.5, "a"}, {3, "d"}, {kInfinity, "b"}}));
}

TEST(ZSetCodecTest, NoElementsMakeNoKey) {
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeZSet2, Listed({}))));
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeZSetListpack, Packed({}))));
}

TEST(ZSetCodecTest, WhatIsNoSortedSetIsRefused) {
  EXPECT_FALSE(Decode(kRdbTypeZSetListpack, Packed({"a", "1", "b"}))) << "no score";
  EXPECT_FALSE(Decode(kRdbTypeZSetListpack, Packed({"a", "1", "a", "2"})));
  EXPECT_FALSE(Decode(kRdbTypeZSetListpack, WithLength("no listpack")));
  EXPECT_FALSE(Decode(kRdbTypeZSetZiplist, WithLength("no ziplist")));
  EXPECT_FALSE(Decode(kRdbTypeZSet2, Listed({{1, "a"}, {2, "a"}})));
  EXPECT_FALSE(Decode(kRdbTypeZSet2, Listed({{std::numeric_limits<double>::quiet_NaN(), "a"}})));
  EXPECT_FALSE(Decode(kRdbTypeZSet2, Listed({{1, "a"}}).substr(0, 8))) << "cut short";
  EXPECT_FALSE(Decode(kRdbTypeZSet, std::string("\x01\x01"
                                                "a\xfd",
                                                4)))
      << "not a number";
}

// Whatever scores a payload claims, nothing is read or written out of bounds.
TEST(ZSetCodecTest, UnsortedListpacksDoNoHarm) {
  const auto value = Decode(kRdbTypeZSetListpack, Packed({"a", "9", "b", "x", "c", "1"}));
  ASSERT_TRUE(value);
  const ZSetView view = ViewOf(*value);
  EXPECT_EQ(view.size(), 3u);
  EXPECT_LE(view.CountBelow(ScoreBound::AfterScore(5)), 3u);
  EXPECT_EQ(view.Score("b"), 0);
}

}  // namespace
}  // namespace redstart
