#include "server/commands/info_sections.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace redstart {
namespace {

TEST(InfoSectionsTest, NamesAreUniqueAndInSmallLetters) {
  std::set<std::string_view> names;
  for (const InfoSection& section : InfoSections()) {
    EXPECT_TRUE(names.insert(section.name).second) << section.name;
    EXPECT_EQ(section.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz"), std::string_view::npos);
  }
  // These words mean several sections.
  for (const char* word : {"default", "all", "everything"}) EXPECT_FALSE(names.contains(word));
}

TEST(InfoSectionsTest, FieldsAreLines) {
  InfoFields fields;
  fields.Title("One");
  fields.Text("a", "b");
  fields.Number("n", 7);
  fields.Signed("s", -1);
  fields.Title("Two");
  fields.Real("r", 1.0 / 3);
  fields.Real("long", 1.5, 6);
  EXPECT_EQ(fields.text(),
            "# One\r\na:b\r\nn:7\r\ns:-1\r\n\r\n# Two\r\nr:0.33\r\nlong:1.500000\r\n");
}

TEST(InfoSectionsTest, BytesForPeopleHaveTwoDecimals) {
  EXPECT_EQ(HumanBytes(0), "0B");
  EXPECT_EQ(HumanBytes(1023), "1023B");
  EXPECT_EQ(HumanBytes(1024), "1.00K");
  EXPECT_EQ(HumanBytes(1536 * 1024), "1.50M");
  EXPECT_EQ(HumanBytes(uint64_t{23} << 30), "23.00G");
  EXPECT_EQ(HumanBytes(uint64_t{5} << 40), "5.00T");
  EXPECT_EQ(HumanBytes(uint64_t{5} << 50), "5.00P");
}

}  // namespace
}  // namespace redstart
