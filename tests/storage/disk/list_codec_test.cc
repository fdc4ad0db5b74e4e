#include "storage/disk/list_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace redstart {
namespace {

using Texts = std::vector<std::string>;

Texts TextsOf(const ListView& list) {
  Texts texts;
  list.Visit(0, ListEnd::kTail, [&](const Element& element) {
    texts.push_back(element.ToString());
    return true;
  });
  return texts;
}

std::optional<DecodedValue> Decode(uint8_t type, std::string_view body,
                                   const CollectionLimits& limits = {}) {
  RdbInput input(body);
  return ReadRdbList(type, limits, &input);
}

ListView ViewOf(const DecodedValue& value) {
  return ListView(std::get<DecodedCollection>(value).held());
}

std::string PackOf(const Texts& texts) {
  PackedBuffer buffer(kEmptyListpack);
  for (const std::string& text : texts) ListpackEditor(&buffer).Append(text);
  return std::string(buffer.bytes());
}

void AppendNode(uint64_t kind, std::string_view bytes, std::string* body) {
  AppendRdbLength(kind, body);
  AppendRdbString(bytes, RdbCompression::kOff, body);
}

TEST(ListCodecTest, ASmallListIsItsOneNode) {
  std::string body;
  AppendRdbLength(1, &body);
  AppendNode(2, PackOf({"a", "12"}), &body);
  const auto value = Decode(kRdbTypeListOfNodes, body);
  ASSERT_TRUE(value);
  EXPECT_FALSE(ViewOf(*value).is_large());
  EXPECT_EQ(TextsOf(ViewOf(*value)), (Texts{"a", "12"}));
  std::string out;
  AppendRdbList(ViewOf(*value), RdbCompression::kOff, &out);
  EXPECT_EQ(out, body);
}

TEST(ListCodecTest, NodesOfALargeListStayAsTheyAre) {
  std::string body;
  AppendRdbLength(3, &body);
  AppendNode(2, PackOf({"a", "b"}), &body);
  AppendNode(1, "plain bytes", &body);
  AppendNode(2, PackOf({"c"}), &body);
  const auto value = Decode(kRdbTypeListOfNodes, body);
  ASSERT_TRUE(value);
  EXPECT_TRUE(ViewOf(*value).is_large());
  EXPECT_EQ(TextsOf(ViewOf(*value)), (Texts{"a", "b", "plain bytes", "c"}));
  std::string out;
  AppendRdbList(ViewOf(*value), RdbCompression::kOff, &out);
  EXPECT_EQ(out, body);
}

TEST(ListCodecTest, TheLimitsDecideAboutTheForm) {
  std::string body;
  AppendRdbLength(1, &body);
  AppendNode(2, PackOf({"a", "b", "c"}), &body);
  EXPECT_TRUE(ViewOf(*Decode(kRdbTypeListOfNodes, body, {.list_max_listpack_size = 2})).is_large());
  EXPECT_FALSE(
      ViewOf(*Decode(kRdbTypeListOfNodes, body, {.list_max_listpack_size = 3})).is_large());
}

TEST(ListCodecTest, OldElementsBecomeAListpack) {
  std::string body;
  AppendRdbLength(3, &body);
  for (const char* text : {"x", "5", "y"}) AppendRdbString(text, RdbCompression::kOff, &body);
  EXPECT_EQ(TextsOf(ViewOf(*Decode(kRdbTypeList, body))), (Texts{"x", "5", "y"}));
}

TEST(ListCodecTest, OldZiplistsAreRead) {
  // Two elements: "a" and 3.
  const std::string ziplist(
      "\x10\0\0\0\x0d\0\0\0\x02\0\0\x01"
      "a\x03\xf4\xff",
      16);
  std::string body;
  AppendRdbString(ziplist, RdbCompression::kOff, &body);
  EXPECT_EQ(TextsOf(ViewOf(*Decode(kRdbTypeListZiplist, body))), (Texts{"a", "3"}));
  std::string two;
  AppendRdbLength(2, &two);
  two += body + body;
  EXPECT_EQ(TextsOf(ViewOf(*Decode(kRdbTypeListOfZiplists, two))), (Texts{"a", "3", "a", "3"}));
}

TEST(ListCodecTest, DamagedBodiesAreRefused) {
  std::string good;
  AppendRdbLength(1, &good);
  AppendNode(2, PackOf({"a", "b"}), &good);
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(Decode(kRdbTypeListOfNodes, good.substr(0, size))) << size;
  }
  std::string kind;
  AppendRdbLength(1, &kind);
  AppendNode(3, PackOf({"a"}), &kind);
  EXPECT_FALSE(Decode(kRdbTypeListOfNodes, kind));
  std::string pack;
  AppendRdbLength(1, &pack);
  AppendNode(2, "not a listpack", &pack);
  EXPECT_FALSE(Decode(kRdbTypeListOfNodes, pack));
}

TEST(ListCodecTest, AListWithoutElementsBecomesNoKey) {
  std::string body;
  AppendRdbLength(1, &body);
  AppendNode(2, kEmptyListpack, &body);
  EXPECT_TRUE(std::holds_alternative<DecodedNothing>(*Decode(kRdbTypeListOfNodes, body)));
}

}  // namespace
}  // namespace redstart
