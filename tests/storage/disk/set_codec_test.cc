#include "storage/disk/set_codec.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace redstart {
namespace {

using Model = std::set<std::string>;

const CollectionLimits kLimits;

SetView ViewOf(const DecodedValue& value) {
  return SetView(std::get<DecodedCollection>(value).held());
}

Model MembersOf(const DecodedValue& value) {
  Model model;
  ViewOf(value).ForEach([&](const Element& member) { model.insert(member.ToString()); });
  return model;
}

std::optional<DecodedValue> Decode(uint8_t type, std::string_view body,
                                   const CollectionLimits& limits = kLimits) {
  RdbInput input(body);
  return ReadRdbSet(type, limits, &input);
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

// A count and members, as type SET has them.
std::string Listed(std::initializer_list<std::string_view> texts) {
  std::string body;
  AppendRdbLength(texts.size(), &body);
  for (const std::string_view text : texts) AppendRdbString(text, RdbCompression::kOff, &body);
  return body;
}

std::string Encoded(const SetView& set, uint16_t version) {
  std::string out;
  AppendRdbSet(set, RdbTypeOfSet(set, version), RdbCompression::kOff, &out);
  return out;
}

TEST(SetCodecTest, AnIntSetIsTakenAndGivenAsItIs) {
  // What redis-server 7.0.15 answered to DUMP of {1, 2, 300}.
  const std::string body =
      WithLength(std::string("\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00\x2c\x01", 14));
  const auto value = Decode(kRdbTypeSetIntSet, body);
  ASSERT_TRUE(value);
  EXPECT_EQ(MembersOf(*value), (Model{"1", "2", "300"}));
  EXPECT_EQ(RdbTypeOfSet(ViewOf(*value), 10), kRdbTypeSetIntSet);
  EXPECT_EQ(Encoded(ViewOf(*value), 10), body);
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeSetIntSet, body, {.set_max_intset_entries = 2})).is_large());
}

TEST(SetCodecTest, AListpackIsWrittenAsOneFromVersion11On) {
  const auto value = Decode(kRdbTypeSetListpack, Packed({"a", "5"}));
  ASSERT_TRUE(value);
  EXPECT_TRUE(ViewOf(*value).is_listpack());
  EXPECT_EQ(RdbTypeOfSet(ViewOf(*value), 11), kRdbTypeSetListpack);
  EXPECT_EQ(Encoded(ViewOf(*value), 11), Packed({"a", "5"}));
  EXPECT_EQ(RdbTypeOfSet(ViewOf(*value), 10), kRdbTypeSet);
  EXPECT_EQ(Encoded(ViewOf(*value), 10), Listed({"a", "5"}));
  EXPECT_TRUE(
      ViewOf(*Decode(kRdbTypeSetListpack, Packed({"a", "5"}), {.set_max_listpack_entries = 1}))
          .is_large());
}

TEST(SetCodecTest, MembersGetTheFormThatTheLimitsAllow) {
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeSet, Listed({"1", "2"}))).is_int_set());
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeSet, Listed({"1", "x"}))).is_listpack());
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeSet, Listed({"1", std::string(65, 'x')}))).is_large());
  EXPECT_TRUE(
      ViewOf(*Decode(kRdbTypeSet, Listed({"1", "2"}), {.set_max_intset_entries = 1})).is_large());
}

TEST(SetCodecTest, ALargeSetSurvives) {
  MemberTable table;
  Model model;
  for (int i = 0; i < 1000; ++i) {
    std::string member = std::to_string(i) + std::string(static_cast<size_t>(i), 'x');
    table.Add(member);
    model.insert(std::move(member));
  }
  const SetView view{CollectionRef(&table)};
  EXPECT_EQ(RdbTypeOfSet(view, 12), kRdbTypeSet);
  std::string out;
  AppendRdbSet(view, kRdbTypeSet, RdbCompression::kOn, &out);
  const auto value = Decode(kRdbTypeSet, out);
  ASSERT_TRUE(value);
  EXPECT_TRUE(ViewOf(*value).is_large());
  EXPECT_EQ(MembersOf(*value), model);
}

TEST(SetCodecTest, NoMembersMakeNoKey) {
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeSet, Listed({}))));
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeSetListpack, Packed({}))));
  EXPECT_TRUE(
      std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeSetIntSet, WithLength(kEmptyIntSet))));
}

TEST(SetCodecTest, WhatIsNoSetIsRefused) {
  EXPECT_FALSE(Decode(kRdbTypeSet, Listed({"1", "1"})));
  EXPECT_FALSE(Decode(kRdbTypeSet, Listed({"a", "a"})));
  EXPECT_FALSE(Decode(kRdbTypeSet, Listed({"a", "a"}), {.set_max_listpack_entries = 0}));
  EXPECT_FALSE(Decode(kRdbTypeSet, Listed({"a", "b"}).substr(0, 4))) << "cut short";
  EXPECT_FALSE(Decode(kRdbTypeSetListpack, Packed({"a", "b", "a"})));
  EXPECT_FALSE(Decode(kRdbTypeSetListpack, WithLength("no listpack")));
  EXPECT_FALSE(Decode(kRdbTypeSetIntSet, WithLength("no int set")));
  EXPECT_FALSE(
      Decode(kRdbTypeSetIntSet,
             WithLength(std::string("\x02\x00\x00\x00\x02\x00\x00\x00\x02\x00\x01\x00", 12))))
      << "not in order";
}

}  // namespace
}  // namespace redstart
