// Messages reach subscribers on every I/O thread, in order, and between replies only.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

constexpr int kClients = 6;

class WirePubSubTest : public testing::Test {
 protected:
  // Connections go to the threads in turn, so these use both of them.
  WirePubSubTest() {
    for (int i = 0; i < kClients; ++i) clients_.emplace_back(server_.port());
  }
  static std::string Message(const std::string& channel, const std::string& text) {
    return Encoded("message", channel, text);
  }

  ServerProcess server_{{"--io-threads", "2"}};
  std::vector<RawClient> clients_;
};

TEST_F(WirePubSubTest, EverySubscriberGetsEveryMessageInOrder) {
  for (int i = 1; i < kClients; ++i) clients_[i].Run("SUBSCRIBE", "c");
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    const std::string text = std::to_string(i);
    EXPECT_EQ(clients_[0].Run("PUBLISH", "c", text), RespValue::Integer(kClients - 1));
    expected += Message("c", text);
  }
  for (int i = 1; i < kClients; ++i) EXPECT_EQ(clients_[i].ReadBytes(expected.size()), expected);
}

TEST_F(WirePubSubTest, ALongPipelineOfMessagesArrivesWhole) {
  for (int i = 1; i < kClients; ++i) clients_[i].Run("SUBSCRIBE", "c");
  std::string requests, expected;
  for (int i = 0; i < 500; ++i) {
    requests += Encoded("PUBLISH", "c", std::string(1000, 'm'));
    expected += Message("c", std::string(1000, 'm'));
  }
  clients_[0].Send(requests);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(clients_[0].Read(), RespValue::Integer(kClients - 1));
  for (int i = 1; i < kClients; ++i) EXPECT_EQ(clients_[i].ReadBytes(expected.size()), expected);
}

TEST_F(WirePubSubTest, APublisherThatListensGetsItsMessageBehindTheReply) {
  RawClient& client = clients_[0];
  client.Run("HELLO", "3");
  client.Run("SUBSCRIBE", "c");
  client.Send(Encoded("PUBLISH", "c", "x"));
  EXPECT_EQ(client.ReadBytes(4), ":1\r\n");
  std::string push = Message("c", "x");
  push[0] = '>';
  EXPECT_EQ(client.ReadBytes(push.size()), push);
}

TEST_F(WirePubSubTest, NothingComesAfterUnsubscribe) {
  clients_[1].Run("SUBSCRIBE", "c", "d");
  clients_[1].Read();
  clients_[0].Send(Encoded("PUBLISH", "c", "early"));
  clients_[1].Send(Encoded("UNSUBSCRIBE", "c"));
  RespValue got = clients_[1].Read();
  if (got[0].text() == "message") got = clients_[1].Read();
  EXPECT_EQ(got[0].text(), "unsubscribe");
  clients_[0].Run("PUBLISH", "c", "late");
  clients_[0].Read();
  clients_[0].Send(Encoded("PUBLISH", "d", "mark"));
  EXPECT_EQ(clients_[1].ReadBytes(Message("d", "mark").size()), Message("d", "mark"));
}

TEST_F(WirePubSubTest, ASubscriberThatLeavesIsForgotten) {
  { RawClient(server_.port()).Run("SUBSCRIBE", "c"); }
  // The server notices in its own time.
  RespValue receivers = RespValue::Integer(1);
  for (int i = 0; i < 10'000 && receivers != RespValue::Integer(0); ++i) {
    receivers = clients_[0].Run("PUBLISH", "c", "x");
  }
  EXPECT_EQ(receivers, RespValue::Integer(0));
}

TEST_F(WirePubSubTest, ASubscriberThatDoesNotReadIsCutOff) {
  clients_[0].Run("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0");
  clients_[1].Run("SUBSCRIBE", "c");
  clients_[2].Run("SUBSCRIBE", "c");
  const std::string text(100'000, 'm');
  RespValue receivers = RespValue::Integer(2);
  for (int i = 0; i < 1000 && receivers == RespValue::Integer(2); ++i) {
    receivers = clients_[0].Run("PUBLISH", "c", text);
    EXPECT_EQ(clients_[2].Read()[2].text().size(), text.size());
  }
  EXPECT_EQ(receivers, RespValue::Integer(1));
}

}  // namespace
}  // namespace redstart
