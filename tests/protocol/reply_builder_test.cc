#include "protocol/reply_builder.h"

#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace redstart {
namespace {

template <typename Write>
std::string Reply(int resp_version, Write write) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer, resp_version);
  write(reply);
  return std::string(buffer.bytes());
}

#define EXPECT_REPLY(call, resp2, resp3)                               \
  EXPECT_EQ(Reply(2, [](ReplyBuilder& reply) { reply.call; }), resp2); \
  EXPECT_EQ(Reply(3, [](ReplyBuilder& reply) { reply.call; }), resp3)

TEST(ReplyBuilderTest, SimpleTypesAreTheSameInBothVersions) {
  EXPECT_REPLY(Ok(), "+OK\r\n", "+OK\r\n");
  EXPECT_REPLY(Simple("QUEUED"), "+QUEUED\r\n", "+QUEUED\r\n");
  EXPECT_REPLY(Integer(0), ":0\r\n", ":0\r\n");
  EXPECT_REPLY(Integer(-10), ":-10\r\n", ":-10\r\n");
  EXPECT_REPLY(Integer(std::numeric_limits<int64_t>::min()), ":-9223372036854775808\r\n",
               ":-9223372036854775808\r\n");
  EXPECT_REPLY(Bulk("hello world"), "$11\r\nhello world\r\n", "$11\r\nhello world\r\n");
  EXPECT_REPLY(Bulk(""), "$0\r\n\r\n", "$0\r\n\r\n");
  EXPECT_REPLY(Array(12), "*12\r\n", "*12\r\n");
  EXPECT_REPLY(EmptyArray(), "*0\r\n", "*0\r\n");
  EXPECT_REPLY(Raw(":1\r\n"), ":1\r\n", ":1\r\n");
}

TEST(ReplyBuilderTest, Resp3HasTypesOfItsOwn) {
  EXPECT_REPLY(Null(), "$-1\r\n", "_\r\n");
  EXPECT_REPLY(NullArray(), "*-1\r\n", "_\r\n");
  EXPECT_REPLY(Map(3), "*6\r\n", "%3\r\n");
  EXPECT_REPLY(Set(3), "*3\r\n", "~3\r\n");
  EXPECT_REPLY(Push(3), "*3\r\n", ">3\r\n");
  EXPECT_REPLY(Bool(true), ":1\r\n", "#t\r\n");
  EXPECT_REPLY(Bool(false), ":0\r\n", "#f\r\n");
  EXPECT_REPLY(Double(3.25), "$4\r\n3.25\r\n", ",3.25\r\n");
  EXPECT_REPLY(Double(-std::numeric_limits<double>::infinity()), "$4\r\n-inf\r\n", ",-inf\r\n");
  EXPECT_REPLY(DoubleText("10.50"), "$5\r\n10.50\r\n", ",10.50\r\n");
  EXPECT_REPLY(BigNumber("123"), "$3\r\n123\r\n", "(123\r\n");
  EXPECT_REPLY(Verbatim("some text"), "$9\r\nsome text\r\n", "=13\r\ntxt:some text\r\n");
  EXPECT_REPLY(Verbatim("", "mkd"), "$0\r\n\r\n", "=4\r\nmkd:\r\n");
}

TEST(ReplyBuilderTest, LengthsMayBeGivenAfterwards) {
  const auto nested = [](ReplyBuilder& reply) {
    reply.Integer(1);
    const size_t array = reply.BeginArray();
    const size_t map = reply.BeginMap();
    reply.Bulk("k");
    reply.Bulk("v");
    reply.EndMap(map, 1);
    const size_t set = reply.BeginSet();
    reply.EndSet(set, 0);
    reply.EndArray(array, 2);
    reply.Ok();
  };
  EXPECT_EQ(Reply(2, nested), ":1\r\n*2\r\n*2\r\n$1\r\nk\r\n$1\r\nv\r\n*0\r\n+OK\r\n");
  EXPECT_EQ(Reply(3, nested), ":1\r\n*2\r\n%1\r\n$1\r\nk\r\n$1\r\nv\r\n~0\r\n+OK\r\n");
}

TEST(ReplyBuilderTest, ErrorsAreCountedAndTheLastOneIsKept) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  EXPECT_EQ(reply.error_count(), 0u);
  reply.Fail("ERR syntax error");
  reply.FailWith({"WRONGTYPE of '", "k", "'"});
  EXPECT_EQ(reply.error_count(), 2u);
  EXPECT_EQ(reply.last_error(), "WRONGTYPE of 'k'");
  EXPECT_EQ(buffer.bytes(), "-ERR syntax error\r\n-WRONGTYPE of 'k'\r\n");
}

TEST(ReplyBuilderTest, LineBreaksInErrorsBecomeSpaces) {
  EXPECT_EQ(Reply(2, [](ReplyBuilder& reply) { reply.Fail("ERR a\r\nb\n\r\n"); }), "-ERR a  b\r\n");
}

TEST(ReplyBuilderTest, RewindingDropsBytesAndErrors) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  reply.Ok();
  const ReplyBuilder::Mark mark = reply.GetMark();
  reply.Array(2);
  reply.Fail("ERR busy");
  reply.RewindTo(mark);
  EXPECT_EQ(reply.error_count(), 0u);
  reply.Integer(5);
  EXPECT_EQ(buffer.bytes(), "+OK\r\n:5\r\n");
}

TEST(ReplyBuilderTest, PinnedBulksAreNotCopied) {
  static constexpr std::string_view kBlob = "a large blob";
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  reply.BulkPinned(PinnedBytes(kBlob.data(), kBlob.size(), nullptr, nullptr));
  reply.Ok();
  std::string sent;
  bool in_place = false;
  buffer.ForEachPiece([&](std::string_view piece) {
    sent += piece;
    in_place |= piece.data() == kBlob.data();
  });
  EXPECT_EQ(sent, "$12\r\na large blob\r\n+OK\r\n");
  EXPECT_TRUE(in_place);
}

TEST(ReplyBuilderTest, RepliesOutgrowTheFirstCapacity) {
  ReplyBuffer buffer;
  ReplyBuilder reply(&buffer);
  std::string expected;
  for (int i = 0; i < 100'000; ++i) {
    reply.Integer(i);
    expected.append(":").append(std::to_string(i)).append("\r\n");
  }
  EXPECT_EQ(buffer.bytes(), expected);
}

}  // namespace
}  // namespace redstart
