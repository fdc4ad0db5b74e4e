#include "server/migration/remote_server.h"

#include <gtest/gtest.h>

#include "tests/server/migration/fake_server.h"

namespace redstart {
namespace {

constexpr int64_t kLong = 30'000;

class RemoteServerTest : public testing::Test {
 protected:
  std::unique_ptr<RemoteServer> Connect(const std::string& port) {
    return RemoteServer::Connect("127.0.0.1", port, kLong, &stopping_);
  }

  std::atomic<bool> stopping_{false};
};

TEST_F(RemoteServerTest, SendsAndReceives) {
  FakeServer fake({"+PONG\r\n", "$3\r\nabc\r\n"});
  const auto server = Connect(fake.port());
  ASSERT_NE(server, nullptr);
  RespValue reply;
  EXPECT_TRUE(server->Send("*1\r\n$4\r\nPING\r\n*1\r\n$1\r\nX\r\n", kLong));
  EXPECT_TRUE(server->ReadReply(&reply, kLong));
  EXPECT_EQ(reply, RespValue::Simple("PONG"));
  EXPECT_TRUE(server->ReadReply(&reply, kLong));
  EXPECT_EQ(reply, RespValue::Bulk("abc"));
}

TEST_F(RemoteServerTest, WhereNobodyListensThereIsNoConnection) {
  std::string port;
  { port = FakeServer().port(); }
  EXPECT_EQ(Connect(port), nullptr);
  EXPECT_EQ(Connect("no port at all"), nullptr);
}

TEST_F(RemoteServerTest, TimeIsUpWhereNothingComes) {
  FakeServer fake;
  const auto server = Connect(fake.port());
  RespValue reply;
  EXPECT_FALSE(server->ReadReply(&reply, 10));
  EXPECT_TRUE(server->timed_out());
}

TEST_F(RemoteServerTest, AClosedConnectionIsNoTimeout) {
  FakeServer fake({""});
  const auto server = Connect(fake.port());
  RespValue reply;
  EXPECT_TRUE(server->Send("*1\r\n$4\r\nPING\r\n", kLong));
  EXPECT_FALSE(server->ReadReply(&reply, kLong));
  EXPECT_FALSE(server->timed_out());
}

TEST_F(RemoteServerTest, EndsEarlyWhenTheProcessEnds) {
  FakeServer fake;
  const auto server = Connect(fake.port());
  stopping_ = true;
  RespValue reply;
  EXPECT_FALSE(server->ReadReply(&reply, kLong));
  EXPECT_FALSE(server->timed_out());
}

}  // namespace
}  // namespace redstart
