#include "storage/disk/hash_codec.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace redstart {
namespace {

using Model = std::map<std::string, std::string>;

Model FieldsOf(const DecodedValue& value) {
  Model model;
  HashView(std::get<DecodedCollection>(value).held())
      .ForEach([&](const Element& field, const Element& element) {
        model.emplace(field.ToString(), element.ToString());
      });
  return model;
}

bool IsLarge(const DecodedValue& value) {
  return std::get<DecodedCollection>(value).held().is_object();
}

std::optional<DecodedValue> Decode(uint8_t type, std::string_view body,
                                   const CollectionLimits& limits = {}) {
  RdbInput input(body);
  return ReadRdbHash(type, limits, &input);
}

std::string WithLength(std::string_view packed) {
  std::string body;
  AppendRdbString(packed, RdbCompression::kOff, &body);
  return body;
}

// What redis-server 7.0.15 answered to DUMP of {f1: v1, n: 12}.
const std::string kListpack(
    "\x14\x00\x00\x00\x04\x00\x82"
    "f1\x03\x82v1\x03\x81n\x02\x0c\x01\xff",
    20);

TEST(HashCodecTest, AListpackIsTakenAndGivenAsItIs) {
  const auto value = Decode(kRdbTypeHashListpack, WithLength(kListpack));
  ASSERT_TRUE(value);
  EXPECT_EQ(FieldsOf(*value), (Model{{"f1", "v1"}, {"n", "12"}}));
  const HashView view(std::get<DecodedCollection>(*value).held());
  EXPECT_EQ(RdbTypeOfHash(view), kRdbTypeHashListpack);
  std::string out;
  AppendRdbHash(view, RdbCompression::kOff, &out);
  EXPECT_EQ(out, WithLength(kListpack));
}

TEST(HashCodecTest, TheLimitsDecideAboutTheForm) {
  EXPECT_TRUE(IsLarge(
      *Decode(kRdbTypeHashListpack, WithLength(kListpack), {.hash_max_listpack_entries = 1})));
  // A listpack with a long value stays one, as on Redis.
  EXPECT_FALSE(IsLarge(
      *Decode(kRdbTypeHashListpack, WithLength(kListpack), {.hash_max_listpack_value = 1})));
  const std::string fields(
      "\x02\x01"
      "a\x02"
      "aa\x01"
      "b\x02"
      "bb",
      11);
  EXPECT_FALSE(IsLarge(*Decode(kRdbTypeHash, fields)));
  EXPECT_TRUE(IsLarge(*Decode(kRdbTypeHash, fields, {.hash_max_listpack_entries = 1})));
  EXPECT_TRUE(IsLarge(*Decode(kRdbTypeHash, fields, {.hash_max_listpack_value = 1})));
}

TEST(HashCodecTest, ALargeHashSurvives) {
  FieldTable table;
  Model model;
  for (int i = 0; i < 1000; ++i) {
    model[std::to_string(i)] = std::string(static_cast<size_t>(i), 'x');
    table.Set(std::to_string(i), model[std::to_string(i)]);
  }
  const HashView view{CollectionRef(&table)};
  EXPECT_EQ(RdbTypeOfHash(view), kRdbTypeHash);
  std::string out;
  AppendRdbHash(view, RdbCompression::kOn, &out);
  const auto value = Decode(kRdbTypeHash, out);
  ASSERT_TRUE(value);
  EXPECT_TRUE(IsLarge(*value));
  EXPECT_EQ(FieldsOf(*value), model);
}

TEST(HashCodecTest, OldFormsAreConverted) {
  const std::string ziplist("\x0f\x00\x00\x00\x0c\x00\x00\x00\x02\x00\x00\xf3\x02\xf6\xff", 15);
  EXPECT_EQ(FieldsOf(*Decode(kRdbTypeHashZiplist, WithLength(ziplist))), (Model{{"2", "5"}}));
  const std::string zipmap(
      "\x01\x03"
      "foo\x03\x00"
      "bar\xff",
      11);
  EXPECT_EQ(FieldsOf(*Decode(kRdbTypeHashZipmap, WithLength(zipmap))), (Model{{"foo", "bar"}}));
}

TEST(HashCodecTest, NoFieldsMakeNoKey) {
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(
      *Decode(kRdbTypeHashListpack, WithLength(kEmptyListpack))));
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeHash, std::string(1, '\0'))));
}

TEST(HashCodecTest, WhatIsNoHashIsRefused) {
  const auto pack = [](std::initializer_list<std::string_view> texts) {
    PackedBuffer buffer(kEmptyListpack);
    for (const std::string_view text : texts) ListpackEditor(&buffer).Append(text);
    return WithLength(buffer.bytes());
  };
  EXPECT_FALSE(Decode(kRdbTypeHashListpack, pack({"a", "1", "a", "2"}))) << "twice the same field";
  EXPECT_FALSE(Decode(kRdbTypeHashListpack, pack({"a", "1", "b"}))) << "no value";
  EXPECT_FALSE(
      Decode(kRdbTypeHashListpack, pack({"a", "1", "a", "2"}), {.hash_max_listpack_entries = 1}));
  EXPECT_FALSE(Decode(kRdbTypeHash, std::string("\x02\x01"
                                                "a\x01"
                                                "1\x01"
                                                "a\x01"
                                                "2",
                                                9)));
  EXPECT_FALSE(Decode(kRdbTypeHash,
                      std::string("\x02\x01"
                                  "a\x01"
                                  "1\x01"
                                  "a\x01"
                                  "2",
                                  9),
                      {.hash_max_listpack_value = 0}));
  EXPECT_FALSE(Decode(kRdbTypeHash, std::string("\x7f\x01"
                                                "a\x01"
                                                "1",
                                                5)))
      << "cut short";
}

using Deadlines = std::map<std::string, uint64_t>;

Deadlines DeadlinesOf(const DecodedValue& value) {
  Deadlines deadlines;
  HashView(std::get<DecodedCollection>(value).held())
      .ForEachOfAll([&](const Element& field, const Element&, uint64_t deadline) {
        deadlines.emplace(field.ToString(), deadline);
      });
  return deadlines;
}

std::string Triples(std::initializer_list<std::pair<std::string_view, int64_t>> fields) {
  PackedBuffer buffer(kEmptyListpack);
  ListpackEditor pack(&buffer);
  for (const auto& [field, deadline] : fields) {
    pack.Append(field);
    pack.Append("v");
    pack.Append(deadline);
  }
  return std::string(buffer.bytes());
}

TEST(HashCodecTest, DeadlinesOfFieldsAreWrittenAndReadInBothForms) {
  const std::string small = std::string(8, '\x01') + WithLength(Triples({{"a", 5}, {"b", 0}}));
  for (const size_t limit : {512, 0}) {
    CollectionLimits limits;
    limits.hash_max_listpack_entries = limit;
    const auto value = Decode(kRdbTypeHashListpackEx, small, limits);
    ASSERT_TRUE(value);
    EXPECT_EQ(IsLarge(*value), limit == 0);
    EXPECT_EQ(DeadlinesOf(*value), (Deadlines{{"a", 5}, {"b", 0}}));
    const HashView view(std::get<DecodedCollection>(*value).held());
    const uint8_t type = RdbTypeOfHash(view);
    EXPECT_EQ(type, limit == 0 ? kRdbTypeHashTimed : kRdbTypeHashListpackEx);
    std::string out;
    AppendRdbHash(view, RdbCompression::kOff, &out);
    const auto again = Decode(type, out, limits);
    ASSERT_TRUE(again);
    EXPECT_EQ(DeadlinesOf(*again), (Deadlines{{"a", 5}, {"b", 0}}));
  }
}

TEST(HashCodecTest, AListpackThatIsNotInTheOrderOfDeadlinesIsSorted) {
  const auto value =
      Decode(kRdbTypeHashListpackExCandidate, WithLength(Triples({{"a", 0}, {"b", 9}, {"c", 5}})));
  ASSERT_TRUE(value);
  EXPECT_EQ(HashView(std::get<DecodedCollection>(*value).held()).EarliestDeadline(), 5u);
  EXPECT_EQ(DeadlinesOf(*value), (Deadlines{{"a", 0}, {"b", 9}, {"c", 5}}));
}

TEST(HashCodecTest, ReleaseCandidatesWroteAbsoluteDeadlines) {
  const std::string body(
      "\x02\x05\x01"
      "a\x01"
      "1\x00\x01"
      "b\x01"
      "2",
      11);
  const auto value = Decode(kRdbTypeHashTimedCandidate, body);
  ASSERT_TRUE(value);
  EXPECT_EQ(DeadlinesOf(*value), (Deadlines{{"a", 5}, {"b", 0}}));
}

TEST(HashCodecTest, WrongDeadlinesAreRefused) {
  const auto decode = [](const std::string& triples) {
    return Decode(kRdbTypeHashListpackExCandidate, WithLength(triples)).has_value();
  };
  EXPECT_TRUE(decode(Triples({{"a", 5}})));
  EXPECT_FALSE(decode(Triples({{"a", -1}})));
  EXPECT_FALSE(decode(Triples({{"a", int64_t{1} << 48}})));
  EXPECT_FALSE(decode(Triples({{"a", 5}, {"a", 6}})));
  EXPECT_FALSE(decode(kListpack));  // Four elements.
}

TEST(HashCodecTest, RoomForDeadlinesThatIsEmptyIsNotWritten) {
  const std::string triples = Triples({{"a", 0}, {"b", 0}});
  const HashView view(CollectionRef(Packing::kListpackEx, triples));
  EXPECT_EQ(RdbTypeOfHash(view), kRdbTypeHashListpack);
  std::string out;
  AppendRdbHash(view, RdbCompression::kOff, &out);
  const auto value = Decode(kRdbTypeHashListpack, out);
  ASSERT_TRUE(value);
  EXPECT_EQ(FieldsOf(*value), (Model{{"a", "v"}, {"b", "v"}}));
}

}  // namespace
}  // namespace redstart
