#include <gmock/gmock.h>

#include "tests/server/commands/command_test.h"
#include "tests/server/commands/foreign_entry.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StringRangeCommandsTest : public CommandTest {
 protected:
  // As short as CONFIG SET allows.
  void LimitStringsToOneMebibyte() {
    ASSERT_TRUE(config_.Set({{"proto-max-bulk-len", "1mb"}}, {}).ok());
  }

  const RespValue wrong_type_ =
      Error("WRONGTYPE Operation against a key holding the wrong kind of value");
  const RespValue too_long_ = Error("ERR string exceeds maximum allowed size (proto-max-bulk-len)");
};

TEST_F(StringRangeCommandsTest, AppendCreatesOrGrowsTheString) {
  EXPECT_EQ(Run("APPEND", "k", "12"), Int(2));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("int"));
  EXPECT_EQ(Run("APPEND", "k", "34"), Int(4));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("raw"));
  EXPECT_EQ(Run("GET", "k"), Bulk("1234"));
  EXPECT_EQ(Run("APPEND", "k", ""), Int(4));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", "APPEND k 12", "APPEND k 34", "APPEND k "));
}

TEST_F(StringRangeCommandsTest, AStringGrowsThroughEveryFormItIsHeldIn) {
  std::string expected;
  for (int i = 0; i < 400; ++i) {
    expected += "0123456789";
    EXPECT_EQ(Run("APPEND", "k", "0123456789"), Int(static_cast<int64_t>(expected.size())));
  }
  EXPECT_EQ(Run("GET", "k"), Bulk(expected));
  EXPECT_EQ(Run("STRLEN", "k"), Int(4000));
}

TEST_F(StringRangeCommandsTest, NoStringOutgrowsTheLimit) {
  LimitStringsToOneMebibyte();
  EXPECT_EQ(Run("SETRANGE", "k", "1048575", "x"), Int(1048576));
  EXPECT_EQ(Run("APPEND", "k", "x"), too_long_);
  EXPECT_EQ(Run("SETRANGE", "k", "1048576", "x"), too_long_);
  EXPECT_EQ(Run("SETRANGE", "k", "9223372036854775807", "x"), too_long_);
  EXPECT_EQ(Run("SETRANGE", "new", "1048576", "x"), too_long_);
  EXPECT_EQ(Run("SETRANGE", "k", "1048576", ""), Int(1048576));
  EXPECT_EQ(Run("GET", "new"), Nil());
}

TEST_F(StringRangeCommandsTest, OtherTypesAreRefused) {
  AddForeignEntry(&keyspace_, "list");
  EXPECT_EQ(Run("APPEND", "list", "x"), wrong_type_);
  EXPECT_EQ(Run("STRLEN", "list"), wrong_type_);
  EXPECT_EQ(Run("GETRANGE", "list", "0", "1"), wrong_type_);
  EXPECT_EQ(Run("SETRANGE", "list", "0", ""), wrong_type_);
  // Wrong numbers are noticed before the key is looked up.
  EXPECT_EQ(Run("SETRANGE", "list", "-1", "x"), Error("ERR offset is out of range"));
  EXPECT_EQ(Run("GETRANGE", "list", "0", "x"),
            Error("ERR value is not an integer or out of range"));
  // But LCS looks at the keys first.
  EXPECT_EQ(Run("LCS", "none", "list", "FOO"),
            Error("ERR The specified keys must contain string values"));
}

TEST_F(StringRangeCommandsTest, SetRangePadsTheGapWithZeros) {
  EXPECT_EQ(Run("SETRANGE", "k", "2", "x"), Int(3));
  EXPECT_EQ(Run("GET", "k"), Bulk(std::string_view("\0\0x", 3)));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("raw"));
  EXPECT_EQ(Run("SETRANGE", "k", "0", "abcd"), Int(4));
  EXPECT_EQ(Run("GET", "k"), Bulk("abcd"));
  EXPECT_THAT(Effects(), ElementsAre("SELECT 0", testing::_, "SETRANGE k 0 abcd"));
}

TEST_F(StringRangeCommandsTest, SetRangeKeepsTheDeadline) {
  Run("SET", "k", "123", "PX", "1000");
  Run("SETRANGE", "k", "3000", "x");
  Run("APPEND", "k", "y");
  EXPECT_EQ(Run("STRLEN", "k"), Int(3002));
  Advance(1001);
  EXPECT_EQ(Run("STRLEN", "k"), Int(0));
}

TEST_F(StringRangeCommandsTest, SetRangeWithEmptyPatchCreatesNothing) {
  EXPECT_EQ(Run("SETRANGE", "k", "5", ""), Int(0));
  EXPECT_EQ(Run("GET", "k"), Nil());
  Run("SET", "k", "123");
  Effects();
  EXPECT_EQ(Run("SETRANGE", "k", "5", ""), Int(3));
  EXPECT_EQ(Run("OBJECT", "ENCODING", "k"), Bulk("int"));
  EXPECT_THAT(Effects(), IsEmpty());
}

TEST_F(StringRangeCommandsTest, GetRangeClampsToTheString) {
  EXPECT_EQ(Run("GETRANGE", "none", "0", "-1"), Bulk(""));
  Run("SET", "k", "hello");
  Run("SET", "n", "1234");
  EXPECT_EQ(Run("GETRANGE", "k", "0", "-1"), Bulk("hello"));
  EXPECT_EQ(Run("GETRANGE", "k", "1", "3"), Bulk("ell"));
  EXPECT_EQ(Run("GETRANGE", "k", "-3", "-2"), Bulk("ll"));
  EXPECT_EQ(Run("GETRANGE", "k", "-100", "100"), Bulk("hello"));
  EXPECT_EQ(Run("GETRANGE", "k", "-100", "-99"), Bulk("h"));
  EXPECT_EQ(Run("GETRANGE", "k", "-99", "-100"), Bulk(""));
  EXPECT_EQ(Run("GETRANGE", "k", "5", "5"), Bulk(""));
  EXPECT_EQ(Run("GETRANGE", "k", "-9223372036854775808", "9223372036854775807"), Bulk("hello"));
  EXPECT_EQ(Run("SUBSTR", "n", "1", "2"), Bulk("23"));
}

TEST_F(StringRangeCommandsTest, LongPartsOfLongStringsAreSentWithoutACopy) {
  const std::string text(20'000, 'x');
  Run("SET", "k", text);
  EXPECT_EQ(Run("GETRANGE", "k", "1", "-2"), Bulk(text.substr(2)));
  RequestBatch batch;
  for (const std::string_view arg : {"GETRANGE", "k", "0", "16383"}) batch.AddArg(arg);
  batch.FinishRequest();
  for (const std::string_view arg : {"GETRANGE", "k", "0", "16382"}) batch.AddArg(arg);
  batch.FinishRequest();
  ReplyBuffer replies;
  ReplyBuilder reply(&replies);
  dispatcher_.Execute(client_.session(), batch, reply);
  EXPECT_EQ(replies.segments().size(), 1u);
}

TEST_F(StringRangeCommandsTest, LcsFindsTheTextItsLengthOrItsPlaces) {
  Run("MSET", "a", "ohmytext", "b", "mynewtext");
  EXPECT_EQ(Run("LCS", "a", "b"), Bulk("mytext"));
  EXPECT_EQ(Run("LCS", "a", "b", "len"), Int(6));
  EXPECT_EQ(RunRaw({"LCS", "a", "b", "IDX", "MINMATCHLEN", "4", "WITHMATCHLEN"}),
            "*4\r\n$7\r\nmatches\r\n*1\r\n*3\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n:4\r\n"
            "$3\r\nlen\r\n:6\r\n");
  client_.session().resp_version = 3;
  EXPECT_EQ(RunRaw({"LCS", "a", "b", "IDX", "MINMATCHLEN", "-1"}),
            "%2\r\n$7\r\nmatches\r\n*2\r\n"
            "*2\r\n*2\r\n:4\r\n:7\r\n*2\r\n:5\r\n:8\r\n"
            "*2\r\n*2\r\n:2\r\n:3\r\n*2\r\n:0\r\n:1\r\n"
            "$3\r\nlen\r\n:6\r\n");
}

TEST_F(StringRangeCommandsTest, LcsOfAMissingKeyIsEmpty) {
  Run("SET", "a", "x");
  EXPECT_EQ(Run("LCS", "a", "none"), Bulk(""));
  EXPECT_EQ(RunRaw({"LCS", "none", "a", "IDX"}),
            "*4\r\n$7\r\nmatches\r\n*0\r\n$3\r\nlen\r\n:0\r\n");
}

TEST_F(StringRangeCommandsTest, LcsChecksItsOptionsAndItsSize) {
  LimitStringsToOneMebibyte();
  EXPECT_EQ(Run("LCS", "a", "b", "MINMATCHLEN"), Error("ERR syntax error"));
  EXPECT_EQ(Run("LCS", "a", "b", "MINMATCHLEN", "x"),
            Error("ERR value is not an integer or out of range"));
  EXPECT_EQ(Run("LCS", "a", "b", "IDX", "LEN"),
            Error("ERR If you want both the length and indexes, please just use IDX."));
  Run("SET", "a", std::string(511, 'x'));
  Run("SET", "b", std::string(511, 'x'));
  EXPECT_EQ(Run("LCS", "a", "b", "LEN"), Int(511));
  Run("APPEND", "b", "x");
  EXPECT_EQ(Run("LCS", "a", "b", "LEN"),
            Error("ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"));
}

}  // namespace
}  // namespace redstart
