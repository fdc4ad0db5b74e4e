#include "protocol/resp_value.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "protocol/reply_builder.h"

namespace redstart {
namespace {

using Status = RespValueParser::Status;

std::string Decoded(std::string_view encoded) {
  const auto value = DecodeRespValue(encoded);
  return value ? value->DebugString() : "malformed";
}

TEST(RespValueTest, EveryTypeIsDecoded) {
  EXPECT_EQ(Decoded("+OK\r\n"), "+OK");
  EXPECT_EQ(Decoded("-ERR no\r\n"), "-ERR no");
  EXPECT_EQ(Decoded("!6\r\nERR no\r\n"), "-ERR no");
  EXPECT_EQ(Decoded(":-5\r\n"), "-5");
  EXPECT_EQ(Decoded("$4\r\na\r\nb\r\n"), "\"a\\r\\nb\"");
  EXPECT_EQ(Decoded("$-1\r\n"), "nil");
  EXPECT_EQ(Decoded("*-1\r\n"), "nil-array");
  EXPECT_EQ(Decoded("_\r\n"), "nil");
  EXPECT_EQ(Decoded("*2\r\n:1\r\n*0\r\n"), "[1, []]");
  EXPECT_EQ(Decoded("%1\r\n$1\r\nk\r\n~1\r\n:2\r\n"), "{\"k\": ~[2]}");
  EXPECT_EQ(Decoded(">1\r\n#t\r\n"), ">[true]");
  EXPECT_EQ(Decoded(",1.5e+25\r\n"), ",1.5e+25");
  EXPECT_EQ(Decoded(",-inf\r\n"), ",-inf");
  EXPECT_EQ(Decoded("(123456789012345678901234567890\r\n"), "(123456789012345678901234567890");
  EXPECT_EQ(Decoded("=7\r\ntxt:abc\r\n"), "=\"abc\"");
}

TEST(RespValueTest, AttributesAreSkippedWhereverTheyStand) {
  EXPECT_EQ(Decoded("|1\r\n+ttl\r\n:3600\r\n*2\r\n:1\r\n|0\r\n|1\r\n+a\r\n*1\r\n+b\r\n:2\r\n"),
            "[1, 2]");
}

TEST(RespValueTest, MalformedValuesAreRefused) {
  for (const char* encoded : {"?\r\n", "\r\n", ":\r\n", ":1x\r\n", ":1\n", "$-2\r\n", "$1\r\nabc",
                              "$99999999999\r\n", "*-2\r\n", "*2147483648\r\n", "%-1\r\n", "#x\r\n",
                              "_x\r\n", ",x\r\n", "=3\r\ntxt\r\n", "+OK\r\n+OK\r\n"}) {
    EXPECT_EQ(Decoded(encoded), "malformed") << encoded;
  }
}

TEST(RespValueTest, AHugeAnnouncedCountAllocatesNothing) {
  RespValueParser parser;
  RespValue value;
  EXPECT_EQ(parser.Parse("*2147483647\r\n*2147483647\r\n", &value), Status::kNeedMore);
  EXPECT_EQ(parser.Parse("$536870912\r\n", &value), Status::kNeedMore);
}

TEST(RespValueTest, NestingHasALimit) {
  std::string deep;
  for (size_t i = 0; i <= RespValueParser::kMaxDepth; ++i) deep += "*1\r\n";
  RespValueParser parser;
  RespValue value;
  EXPECT_EQ(parser.Parse(deep, &value), Status::kError);
  EXPECT_EQ(parser.error(), "nested too deeply");
}

TEST(RespValueTest, BytesMayComeOneByOne) {
  const std::string encoded =
      "*3\r\n%1\r\n+a\r\n:1\r\n$5\r\nhe\r\no\r\n|1\r\n+x\r\n+y\r\n_\r\n:7\r\n";
  RespValueParser parser;
  std::string buffer, seen;
  for (const char c : encoded) {
    buffer += c;
    RespValue value;
    const Status status = parser.Parse(buffer, &value);
    ASSERT_NE(status, Status::kError) << parser.error();
    buffer.erase(0, parser.consumed());
    if (status == Status::kValue) seen += value.DebugString() + ";";
  }
  EXPECT_EQ(seen, "[{+a: 1}, \"he\\r\\no\", nil];7;");
  EXPECT_EQ(buffer, "");
}

TEST(RespValueTest, EqualityLooksAtTypeAndContent) {
  EXPECT_EQ(RespValue::Integer(1), *DecodeRespValue(":1\r\n"));
  EXPECT_FALSE(RespValue::Integer(1) == RespValue::Bool(true));
  EXPECT_FALSE(RespValue::Bulk("a") == RespValue::Simple("a"));
  EXPECT_EQ(RespValue::Double(1.5), *DecodeRespValue(",1.50\r\n"));
  EXPECT_EQ(*DecodeRespValue(",nan\r\n"), *DecodeRespValue(",nan\r\n"));
  EXPECT_EQ(RespValue::Array({RespValue::Bulk("a"), RespValue::NullOf(RespType::kNullBulk)}),
            *DecodeRespValue("*2\r\n$1\r\na\r\n$-1\r\n"));
}

TEST(RespValueTest, MapsAreSearchedByKey) {
  const auto map = DecodeRespValue("%2\r\n+a\r\n:1\r\n$1\r\nb\r\n:2\r\n");
  ASSERT_NE(map->Find("b"), nullptr);
  EXPECT_EQ(map->Find("b")->integer(), 2);
  EXPECT_EQ(map->Find("c"), nullptr);
}

TEST(RespValueTest, WhatTheBuilderWritesIsDecoded) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer, 3);
  reply.Array(7);
  reply.Double(0.1);
  reply.Verbatim("text");
  reply.Null();
  reply.Bool(false);
  reply.BigNumber("77");
  reply.Map(1);
  reply.Bulk("k");
  reply.Integer(-1);
  reply.Fail("ERR x");
  EXPECT_EQ(Decoded(buffer.bytes()), "[,0.1, =\"text\", nil, false, (77, {\"k\": -1}, -ERR x]");
}

}  // namespace
}  // namespace redstart
