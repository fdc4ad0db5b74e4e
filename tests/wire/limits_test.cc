// Clients that do not read, or send more than they may: what bounds them must not disturb others.

#include <gtest/gtest.h>

#include <string>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

// Whether no client of that name is connected any more; `other` answers every time meanwhile.
bool IsCutSoon(RawClient& other, const std::string& name) {
  return WaitUntil([&] {
    const RespValue list = other.Run("CLIENT", "LIST");
    EXPECT_TRUE(list.IsString());
    return list.text().find(" name=" + name + " ") == std::string::npos;
  });
}

TEST(WireLimitsTest, CutsAClientThatNeverReadsAtTheHardOutputLimit) {
  ServerProcess server({"--client-output-buffer-limit", "normal", "1mb", "0", "0"});
  RawClient other(server.port());
  other.Run("SET", "big", std::string(100'000, 'x'));
  RawClient greedy(server.port());
  greedy.Run("CLIENT", "SETNAME", "greedy");
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += Encoded("GET", "big");
  greedy.Send(requests);
  EXPECT_TRUE(IsCutSoon(other, "greedy"));
  bool closed = false;
  EXPECT_LT(greedy.ReadToEnd(&closed).size(), 50'000'000u);
  EXPECT_TRUE(closed);
}

TEST(WireLimitsTest, CutsAClientThatStaysAboveTheSoftOutputLimit) {
  ServerProcess server({"--client-output-buffer-limit", "normal", "0", "1mb", "1"});
  RawClient other(server.port());
  other.Run("SET", "big", std::string(100'000, 'x'));
  RawClient greedy(server.port());
  greedy.Run("CLIENT", "SETNAME", "greedy");
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += Encoded("GET", "big");
  greedy.Send(requests);
  EXPECT_TRUE(IsCutSoon(other, "greedy"));
  EXPECT_TRUE(greedy.IsClosedByServer());
}

TEST(WireLimitsTest, ClosesAClientWhoseRequestExceedsTheQueryBufferLimit) {
  ServerProcess server({"--client-query-buffer-limit", "1mb"});
  RawClient client(server.port());
  client.Send("*3\r\n$3\r\nSET\r\n$3\r\nkey\r\n$5000000\r\n");
  client.Send(std::string(2'000'000, 'x'));
  bool closed = false;
  EXPECT_EQ(client.ReadToEnd(&closed), "");
  EXPECT_TRUE(closed);
  EXPECT_EQ(RawClient(server.port()).Run("EXISTS", "key"), RespValue::Integer(0));
}

TEST(WireLimitsTest, TakesAWholePipelineOfTwentyMegabytesBeforeTheFirstReplyIsRead) {
  ServerProcess server;
  RawClient client(server.port());
  constexpr int kRequests = 20'000;
  std::string requests;
  std::string replies;
  for (int i = 0; i < kRequests; ++i) {
    const std::string text = std::to_string(i) + std::string(1000, 'e');
    requests += Encoded("PING", text);
    replies += '$' + std::to_string(text.size()) + "\r\n" + text + "\r\n";
  }
  ASSERT_TRUE(client.Send(requests));
  EXPECT_TRUE(client.ReadBytes(replies.size()) == replies);
  EXPECT_EQ(client.Run("PING"), RespValue::Simple("PONG"));
}

TEST(WireLimitsTest, SendsSharedValuesAsTheyWereWhenTheyWereRead) {
  ServerProcess server;
  RawClient reader(server.port());
  RawClient writer(server.port());
  const std::string before(3'000'000, 'b');
  writer.Run("SET", "key", before);
  // More than the sockets' buffers hold, so most of it waits in the server.
  for (int i = 0; i < 10; ++i) reader.Send(Encoded("GET", "key"));
  RespValue first = reader.Read();
  EXPECT_TRUE(first == RespValue::Bulk(before));
  writer.Run("SETRANGE", "key", "0", std::string(3'000'000, 'a'));
  writer.Run("DEL", "key");
  for (int i = 1; i < 10; ++i) {
    const RespValue value = reader.Read();
    ASSERT_TRUE(value == RespValue::Bulk(before) || value.IsNull() ||
                value == RespValue::Bulk(std::string(3'000'000, 'a')));
  }
}

}  // namespace
}  // namespace redstart
