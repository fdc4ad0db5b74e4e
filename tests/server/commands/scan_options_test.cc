#include "server/commands/scan_options.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(ScanOptionsTest, CursorsAreReadAsRedisReadsThem) {
  EXPECT_EQ(ParseCursor("12"), 12u);
  EXPECT_EQ(ParseCursor(""), 0u);
  EXPECT_EQ(ParseCursor("-1"), ~uint64_t{0});
  EXPECT_EQ(ParseCursor("+7"), 7u);
  EXPECT_FALSE(ParseCursor("x").has_value());
  EXPECT_FALSE(ParseCursor("18446744073709551616").has_value());
}

TEST(ScanOptionsTest, EachKindHasItsOwnWords) {
  ScanOptions options;
  EXPECT_EQ(options.Read({"COUNT", "5", "match", "a*", "TYPE", "hash"}, ScanKind::kKeys), "");
  EXPECT_EQ(options.count, 5u);
  EXPECT_TRUE(options.Matches("abc"));
  EXPECT_FALSE(options.Matches("bc"));
  EXPECT_EQ(options.type, "hash");
  EXPECT_EQ(options.Read({"TYPE", "hash"}, ScanKind::kHash), "ERR syntax error");
  EXPECT_EQ(options.Read({"NOVALUES"}, ScanKind::kHash), "");
  EXPECT_TRUE(options.no_values);
  EXPECT_EQ(options.Read({"NOVALUES"}, ScanKind::kOther),
            "ERR NOVALUES option can only be used in HSCAN");
  EXPECT_EQ(options.Read({"NOVALUES"}, ScanKind::kKeys), "ERR syntax error");
  EXPECT_EQ(options.Read({"COUNT", "0"}, ScanKind::kOther), "ERR syntax error");
}

TEST(ScanOptionsTest, AStarMatchesEverything) {
  ScanOptions options;
  EXPECT_EQ(options.Read({"MATCH", "*"}, ScanKind::kOther), "");
  EXPECT_FALSE(options.pattern.has_value());
  EXPECT_TRUE(options.Matches(Element(int64_t{12})));
}

TEST(ScanOptionsTest, TheCursorStandsBeforeWhatWasFound) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  ScanReply found;
  found.Add("a");
  found.Add(Element(int64_t{12}));
  found.Write(99, reply);
  EXPECT_EQ(buffer.bytes(), "*2\r\n$2\r\n99\r\n*2\r\n$1\r\na\r\n$2\r\n12\r\n");
}

}  // namespace
}  // namespace redstart
