// Connections: how they are made, greeted and ended.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;

TEST(WireConnectionsTest, HelloSwitchesToResp3AndBack) {
  ServerProcess server;
  RawClient client(server.port());
  EXPECT_EQ(client.Run("GET", "absent").type(), RespType::kNullBulk);
  const RespValue hello = client.Run("HELLO", "3");
  ASSERT_EQ(hello.type(), RespType::kMap);
  EXPECT_EQ(*hello.Find("proto"), RespValue::Integer(3));
  EXPECT_EQ(*hello.Find("server"), RespValue::Bulk("redis"));
  EXPECT_EQ(*hello.Find("role"), RespValue::Bulk("master"));
  EXPECT_EQ(*hello.Find("modules"), RespValue::Array({}));
  EXPECT_EQ(client.Run("GET", "absent").type(), RespType::kNull);
  const RespValue back = client.Run("HELLO", "2");
  EXPECT_EQ(back.type(), RespType::kArray);
  EXPECT_EQ(*back.Find("proto"), RespValue::Integer(2));
  EXPECT_EQ(client.Run("GET", "absent").type(), RespType::kNullBulk);
}

TEST(WireConnectionsTest, QuitAnswersWhatCameBeforeAndNothingBehindIt) {
  ServerProcess server;
  RawClient client(server.port());
  client.Send(Encoded("SET", "key", "1") + Encoded("QUIT") + Encoded("SET", "key", "2"));
  bool closed = false;
  EXPECT_EQ(client.ReadToEnd(&closed), "+OK\r\n+OK\r\n");
  EXPECT_TRUE(closed);
  EXPECT_EQ(RawClient(server.port()).Run("GET", "key"), RespValue::Bulk("1"));
}

TEST(WireConnectionsTest, ResetMakesTheConnectionLikeNew) {
  ServerProcess server;
  RawClient client(server.port());
  client.Run("HELLO", "3", "SETNAME", "somebody");
  client.Run("SELECT", "3");
  client.Run("MULTI");
  EXPECT_EQ(client.Run("RESET"), RespValue::Simple("RESET"));
  EXPECT_EQ(client.Run("GET", "absent").type(), RespType::kNullBulk);
  const RespValue info = client.Run("CLIENT", "INFO");
  EXPECT_THAT(info.text(), HasSubstr(" name= "));
  EXPECT_THAT(info.text(), HasSubstr(" db=0 "));
  EXPECT_THAT(info.text(), HasSubstr(" multi=-1 "));
}

TEST(WireConnectionsTest, RefusesClientsBeyondMaxclients) {
  ServerProcess server({"--maxclients", "2", "--io-threads", "2"});
  RawClient first(server.port());
  EXPECT_EQ(first.Run("PING"), RespValue::Simple("PONG"));
  {
    RawClient second(server.port());
    EXPECT_EQ(second.Run("PING"), RespValue::Simple("PONG"));
    RawClient third(server.port());
    bool closed = false;
    EXPECT_EQ(third.ReadToEnd(&closed), "-ERR max number of clients reached\r\n");
    EXPECT_TRUE(closed);
  }
  // The server notices soon that the second one has gone.
  EXPECT_TRUE(
      WaitUntil([&] { return RawClient(server.port()).Run("PING") == RespValue::Simple("PONG"); }));
}

TEST(WireConnectionsTest, ClosesClientsThatAreIdleForTooLong) {
  ServerProcess server({"--timeout", "1"});
  RawClient idle(server.port());
  RawClient busy(server.port());
  EXPECT_EQ(idle.Run("CLIENT", "SETNAME", "idle"), RespValue::Simple("OK"));
  EXPECT_TRUE(WaitUntil(
      [&] { return busy.Run("CLIENT", "LIST").text().find("name=idle") == std::string::npos; }));
  EXPECT_TRUE(idle.IsClosedByServer());
  EXPECT_EQ(busy.Run("PING"), RespValue::Simple("PONG"));
}

TEST(WireConnectionsTest, ListensOnAUnixSocketWithItsPermissions) {
  TemporaryDirectory directory;
  const std::string path = directory.File("socket");
  ServerProcess server({"--port", "0", "--unixsocket", path, "--unixsocketperm", "750"});
  struct stat facts = {};
  ASSERT_EQ(::stat(path.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 07777, 0750u);
  RawClient client = RawClient::Unix(path);
  ASSERT_TRUE(client.is_connected());
  EXPECT_EQ(client.Run("SET", "key", "value"), RespValue::Simple("OK"));
  EXPECT_THAT(client.Run("CLIENT", "LIST").text(), HasSubstr(" addr=" + path + ":0 "));
  EXPECT_FALSE(RawClient(server.port()).is_connected());
  server.process().Signal(SIGTERM);
  EXPECT_EQ(server.process().Wait(), 0);
  EXPECT_NE(::stat(path.c_str(), &facts), 0) << "the socket's file is left behind";
}

TEST(WireConnectionsTest, ListensOnIpv6) {
  if (ReadWholeFile("/proc/net/if_inet6").find(" lo\n") == std::string::npos)
    GTEST_SKIP() << "no IPv6 on this machine";
  ServerProcess server({"--bind", "::1", "127.0.0.1"});
  RawClient client(server.port(), "::1");
  ASSERT_TRUE(client.is_connected());
  EXPECT_EQ(client.Run("PING"), RespValue::Simple("PONG"));
  EXPECT_THAT(client.Run("CLIENT", "LIST").text(), HasSubstr(" addr=[::1]:"));
  EXPECT_EQ(RawClient(server.port()).Run("PING"), RespValue::Simple("PONG"));
}

TEST(WireConnectionsTest, ListensOnTheGivenAddressesOnly) {
  ServerProcess server({"--bind", "127.0.0.1", "127.0.0.2", "-192.0.2.1"});
  EXPECT_EQ(RawClient(server.port(), "127.0.0.1").Run("PING"), RespValue::Simple("PONG"));
  EXPECT_EQ(RawClient(server.port(), "127.0.0.2").Run("PING"), RespValue::Simple("PONG"));
  EXPECT_FALSE(RawClient(server.port(), "127.0.0.3").is_connected());
}

TEST(WireConnectionsTest, ListensOnAnotherPortAfterConfigSet) {
  ServerProcess server;
  RawClient client(server.port());
  RawClient before(server.port());
  const int other = FreePort();
  EXPECT_EQ(client.Run("CONFIG", "SET", "port", std::to_string(other)), RespValue::Simple("OK"));
  EXPECT_FALSE(RawClient(server.port()).is_connected());
  EXPECT_EQ(RawClient(other).Run("PING"), RespValue::Simple("PONG"));
  EXPECT_EQ(before.Run("PING"), RespValue::Simple("PONG"));
}

TEST(WireConnectionsTest, GoesOnListeningWhenTheNewPortIsTaken) {
  ServerProcess server;
  ServerProcess neighbour;
  RawClient client(server.port());
  EXPECT_EQ(ErrorText(client.Run("CONFIG", "SET", "port", std::to_string(neighbour.port()))),
            "ERR CONFIG SET failed (possibly related to argument 'port') - Unable to listen on "
            "this port. Check server logs.");
  EXPECT_EQ(RawClient(server.port()).Run("PING"), RespValue::Simple("PONG"));
}

#ifndef REDSTART_SANITIZED
TEST(WireConnectionsTest, AnIdleConnectionTakesLessThanAKilobyte) {
  constexpr size_t kConnections = 2000;
  rlimit files = {};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < kConnections + 100) GTEST_SKIP() << "too few file descriptors are allowed";
  // Memory comes in pages and arenas: one try may meet a new one, on a busy machine several.
  size_t best = SIZE_MAX;
  for (int tries = 0; tries < 8 && best >= 1024; ++tries) {
    ServerProcess server;
    std::vector<RawClient> warm;
    for (int i = 0; i < 50; ++i) warm.emplace_back(server.port()).Run("PING");
    const size_t before = server.ResidentBytes();
    std::vector<RawClient> clients;
    for (size_t i = 0; i < kConnections; ++i) {
      EXPECT_EQ(clients.emplace_back(server.port()).Run("PING"), RespValue::Simple("PONG"));
    }
    best = std::min(best, (server.ResidentBytes() - before) / kConnections);
  }
  EXPECT_LT(best, 1024u);
}
#endif

}  // namespace
}  // namespace redstart
