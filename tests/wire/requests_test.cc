// Requests as they arrive over a real connection: pipelined, torn apart, huge, inline, broken.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "tests/wire/hiredis_client.h"
#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

using ::testing::StartsWith;

TEST(WireRequestsTest, AnswersTenThousandRequestsOfOneWriteInOrder) {
  ServerProcess server;
  HiredisClient client(server.port());
  for (int i = 0; i < 5000; ++i) {
    const std::string number = std::to_string(i);
    client.Append({"SET", "key:" + number, "value:" + number});
    client.Append({"GET", "key:" + number});
  }
  for (int i = 0; i < 5000; ++i) {
    EXPECT_EQ(client.ReadAppended().text, "OK");
    EXPECT_EQ(client.ReadAppended().text, "value:" + std::to_string(i));
  }
}

TEST(WireRequestsTest, PutsRequestsTogetherWhereverTheyWereTorn) {
  ServerProcess server;
  RawClient client(server.port());
  RawClient other(server.port());
  const std::string requests = Encoded("SET", "key", std::string("a\r\nb\0c", 6)) +
                               "GET key\r\n\r\nPING  \"a b\"\n" + Encoded("GET", "absent");
  const std::string replies =
      std::string("+OK\r\n$6\r\na\r\nb\0c\r\n", 17) + "$3\r\na b\r\n$-1\r\n";
  for (size_t cut = 1; cut < requests.size(); ++cut) {
    client.Send(std::string_view(requests).substr(0, cut));
    // Once the other client, whose request came later, is answered, the first part has been read.
    other.Run("PING");
    client.Send(std::string_view(requests).substr(cut));
    ASSERT_EQ(client.ReadBytes(replies.size()), replies) << "cut at " << cut;
  }
  for (const char& byte : requests) {
    client.Send({&byte, 1});
    other.Run("PING");
  }
  EXPECT_EQ(client.ReadBytes(replies.size()), replies);
}

TEST(WireRequestsTest, TakesAndGivesHugeValuesInLinearTime) {
  ServerProcess server;
  HiredisClient client(server.port());
  constexpr size_t kMegabytes = 100;
  std::string value(kMegabytes << 20, 'x');
  value.front() = 'a';
  value.back() = 'z';
  EXPECT_EQ(client.Run({"SET", "huge", value}).text, "OK");
  EXPECT_TRUE(client.Run({"GET", "huge"}).text == value);
  const std::string piece(10'000, 'p');
  for (int i = 0; i < 1000; ++i) client.Append({"APPEND", "huge", piece});
  int64_t length = 0;
  for (int i = 0; i < 1000; ++i) length = client.ReadAppended().integer;
  EXPECT_EQ(length, static_cast<int64_t>(value.size() + 1000 * piece.size()));
  const std::string whole = client.Run({"GET", "huge"}).text;
  EXPECT_TRUE(whole.starts_with(value) && whole.ends_with(piece));
  // It takes about half a second; if a read or an APPEND copied what was there, it would take 20.
  EXPECT_LT(server.CpuSeconds(), 6.0);
}

TEST(WireRequestsTest, UnderstandsInlineRequests) {
  ServerProcess server;
  RawClient client(server.port());
  client.Send("SET key \"with space \\x41\\n\"\r\nget key\r\n  \r\n\nEXISTS key 'it''s'\r\n");
  EXPECT_EQ(client.ReadBytes(5), "+OK\r\n");
  EXPECT_EQ(client.ReadBytes(20), "$13\r\nwith space A\n\r\n");
  // Closing quotes must be followed by a space.
  EXPECT_EQ(ErrorText(client.Read()), "ERR Protocol error: unbalanced quotes in request");
  EXPECT_TRUE(client.IsClosedByServer());
}

struct BadRequest {
  std::string bytes;
  std::string error;
};

// The error's letters, and which of the requests it is.
std::string NameOf(const testing::TestParamInfo<BadRequest>& request) {
  std::string name;
  for (const char c : request.param.error) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) name += c;
  }
  return name + std::to_string(request.index);
}

class WireProtocolErrorTest : public testing::TestWithParam<BadRequest> {};

TEST_P(WireProtocolErrorTest, IsAnsweredAfterWhatCameBeforeAndClosesTheConnection) {
  ServerProcess server;
  RawClient client(server.port());
  client.Send(Encoded("PING") + GetParam().bytes);
  EXPECT_EQ(client.Read(), RespValue::Simple("PONG"));
  bool closed = false;
  EXPECT_EQ(client.ReadToEnd(&closed), "-ERR Protocol error: " + GetParam().error + "\r\n");
  EXPECT_TRUE(closed);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, WireProtocolErrorTest,
    testing::Values(BadRequest{"*x\r\n", "invalid multibulk length"},
                    BadRequest{"*3000000000\r\n", "invalid multibulk length"},
                    BadRequest{"*1\r\n+PING\r\n", "expected '$', got '+'"},
                    BadRequest{"*1\r\n$-5\r\n", "invalid bulk length"},
                    BadRequest{"*1\r\n$536870913\r\n", "invalid bulk length"},
                    BadRequest{"*1\r\n$abc\r\n", "invalid bulk length"},
                    BadRequest{"SET k \"v\r\n", "unbalanced quotes in request"},
                    BadRequest{std::string(70'000, 'a'), "too big inline request"},
                    BadRequest{"*" + std::string(70'000, '1'), "too big mbulk count string"},
                    BadRequest{"*1\r\n$" + std::string(70'000, '1'), "too big bulk count string"}),
    NameOf);

TEST(WireRequestsTest, AllowsStrangersOnlySmallRequests) {
  ServerProcess server({"--requirepass", "secret"});
  const std::string long_word(16'385, 'x');
  for (const auto& [bytes, error] :
       {BadRequest{"*11\r\n", "unauthenticated multibulk length"},
        BadRequest{"*1\r\n$16385\r\n", "unauthenticated bulk length"}}) {
    RawClient client(server.port());
    EXPECT_THAT(ErrorText(client.Run("GET", "key")), StartsWith("NOAUTH "));
    client.Send(bytes);
    EXPECT_EQ(ErrorText(client.Read()), "ERR Protocol error: " + error);
    EXPECT_TRUE(client.IsClosedByServer());
  }
  RawClient client(server.port());
  EXPECT_THAT(ErrorText(client.Run("AUTH", "wrong")), StartsWith("WRONGPASS "));
  // AUTH counts for what comes behind it in the same write.
  client.Send(Encoded("AUTH", "secret") + Encoded("SET", "key", long_word));
  EXPECT_EQ(client.ReadBytes(10), "+OK\r\n+OK\r\n");
  EXPECT_EQ(client.Run("GET", "key"), RespValue::Bulk(long_word));
}

}  // namespace
}  // namespace redstart
