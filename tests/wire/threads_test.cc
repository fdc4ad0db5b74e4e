// Clients of different I/O threads see and end each other; SYNC hears what all of them do.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;

class WireThreadsTest : public testing::Test {
 protected:
  // Connections go to the threads in turn, so these four use both of them.
  WireThreadsTest() {
    for (int i = 0; i < 4; ++i) {
      clients_.emplace_back(server_.port()).Run("CLIENT", "SETNAME", "client:" + std::to_string(i));
    }
  }

  ServerProcess server_{{"--io-threads", "2"}};
  std::vector<RawClient> clients_;
};

TEST_F(WireThreadsTest, EverybodySeesEverybodyInClientList) {
  for (RawClient& client : clients_) {
    const std::string list = client.Run("CLIENT", "LIST").text();
    for (int i = 0; i < 4; ++i) EXPECT_THAT(list, HasSubstr(" name=client:" + std::to_string(i)));
  }
}

TEST_F(WireThreadsTest, ClientKillEndsClientsOfBothThreads) {
  const std::string id = std::to_string(clients_[1].Run("CLIENT", "ID").integer());
  EXPECT_EQ(clients_[0].Run("CLIENT", "KILL", "ID", id), RespValue::Integer(1));
  EXPECT_TRUE(clients_[1].IsClosedByServer());
  EXPECT_EQ(clients_[0].Run("CLIENT", "KILL", "TYPE", "normal"), RespValue::Integer(2));
  EXPECT_TRUE(clients_[2].IsClosedByServer());
  EXPECT_TRUE(clients_[3].IsClosedByServer());
  EXPECT_EQ(clients_[0].Run("PING"), RespValue::Simple("PONG"));
}

TEST_F(WireThreadsTest, WatchNoticesAChangeFromTheOtherThread) {
  for (int i = 1; i < 4; ++i) {
    clients_[0].Run("WATCH", "key");
    clients_[i].Run("SET", "key", "changed");
    clients_[0].Run("MULTI");
    clients_[0].Run("SET", "key", "mine");
    EXPECT_TRUE(clients_[0].Run("EXEC").IsNull());
  }
}

// The file that SYNC sends first.
std::string ReadImage(RawClient& client) {
  std::string header = client.ReadLine();
  // A replica that waits is sent empty lines to keep the connection alive.
  while (header == "\n" || header == "\r\n") header = client.ReadLine();
  EXPECT_EQ(header.substr(0, 1), "$");
  return client.ReadBytes(std::stoul(header.substr(1)));
}

TEST_F(WireThreadsTest, SyncSendsTheDataAndThenTheEffectsOfAllClients) {
  clients_[0].Run("SET", "before", "1");
  RawClient replica(server_.port());
  replica.Send("SYNC\r\n");
  const std::string image = ReadImage(replica);
  EXPECT_EQ(image.substr(0, 9), "REDIS0010");
  EXPECT_THAT(image, HasSubstr("before"));

  clients_[0].Run("SET", "a", "1");
  clients_[1].Run("INCRBY", "a", "41");
  clients_[1].Run("GET", "a");
  clients_[2].Run("MULTI");
  clients_[2].Run("SET", "b", "2");
  clients_[2].Run("DEL", "absent");
  clients_[2].Run("APPEND", "b", "3");
  clients_[2].Run("EXEC");
  clients_[3].Run("SELECT", "5");
  clients_[3].Run("SET", "c", std::string(100'000, 'c'));
  clients_[0].Run("DEL", "a");
  const std::string expected =
      Encoded("SELECT", "0") + Encoded("SET", "a", "1") + Encoded("INCRBY", "a", "41") +
      Encoded("MULTI") + Encoded("SET", "b", "2") + Encoded("APPEND", "b", "3") + Encoded("EXEC") +
      Encoded("SELECT", "5") + Encoded("SET", "c", std::string(100'000, 'c')) +
      Encoded("SELECT", "0") + Encoded("DEL", "a");
  EXPECT_EQ(replica.ReadBytes(expected.size()), expected);
}

TEST_F(WireThreadsTest, SyncGetsAStreamThatIsLongerThanTheSocketHolds) {
  RawClient replica(server_.port());
  replica.Send("SYNC\r\n");
  ReadImage(replica);
  std::string expected = Encoded("SELECT", "0");
  for (int i = 0; i < 3000; ++i) {
    const std::string request = Encoded("SET", "key", std::string(10'000, 'v'));
    clients_[i % 4].Send(request);
    EXPECT_EQ(clients_[i % 4].ReadBytes(5), "+OK\r\n");
    expected += request;
  }
  EXPECT_TRUE(replica.ReadBytes(expected.size()) == expected);
}

}  // namespace
}  // namespace redstart
