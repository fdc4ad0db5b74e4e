// Requests that wait for keys, of clients on different I/O threads of the real program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/wire/raw_client.h"
#include "tests/wire/server_process.h"

namespace redstart {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

class WireBlockingTest : public testing::Test {
 protected:
  // Connections go to the threads in turn, so these use both of them.
  WireBlockingTest() {
    for (int i = 0; i < 4; ++i) clients_.emplace_back(server_.port());
  }
  bool WaitForBlocked(int count) {
    return WaitUntil([&] {
      const std::string info = clients_[0].Run("INFO", "clients").text();
      return info.find("blocked_clients:" + std::to_string(count) + "\r\n") != std::string::npos;
    });
  }

  ServerProcess server_{{"--io-threads", "2"}};
  std::vector<RawClient> clients_;
};

TEST_F(WireBlockingTest, APushServesClientsOfBothThreadsInTheOrderOfArrival) {
  for (int i = 1; i < 4; ++i) {
    clients_[i].Send(Encoded("BLPOP", "list", "0") + Encoded("ECHO", "next"));
    ASSERT_TRUE(WaitForBlocked(i));
  }
  EXPECT_EQ(clients_[0].Run("RPUSH", "list", "a", "b", "c", "d"), RespValue::Integer(4));
  const std::string elements[] = {"a", "b", "c"};
  for (int i = 1; i < 4; ++i) {
    const RespValue reply = clients_[i].Read();
    ASSERT_EQ(reply.size(), 2u);
    EXPECT_EQ(reply[1].text(), elements[i - 1]);
    EXPECT_EQ(clients_[i].Read(), RespValue::Bulk("next"));
  }
  EXPECT_EQ(clients_[0].Run("LLEN", "list"), RespValue::Integer(1));
}

TEST_F(WireBlockingTest, AnElementTravelsThroughAChainOfMoves) {
  clients_[1].Send(Encoded("BLMOVE", "a", "b", "LEFT", "RIGHT", "0"));
  ASSERT_TRUE(WaitForBlocked(1));
  clients_[2].Send(Encoded("BLMOVE", "b", "c", "LEFT", "RIGHT", "0"));
  ASSERT_TRUE(WaitForBlocked(2));
  clients_[3].Send(Encoded("BLPOP", "c", "0"));
  ASSERT_TRUE(WaitForBlocked(3));
  clients_[0].Run("RPUSH", "a", "x");
  EXPECT_EQ(clients_[1].Read(), RespValue::Bulk("x"));
  EXPECT_EQ(clients_[2].Read(), RespValue::Bulk("x"));
  EXPECT_EQ(clients_[3].Read()[1].text(), "x");
  EXPECT_EQ(clients_[0].Run("EXISTS", "a", "b", "c"), RespValue::Integer(0));
}

TEST_F(WireBlockingTest, TimeoutsEndInTimeAndNotBefore) {
  const auto begin = Clock::now();
  clients_[1].Send(Encoded("BLPOP", "none", "0.15"));
  clients_[2].Send(Encoded("BLPOP", "none", "0.05"));
  EXPECT_TRUE(clients_[2].Read().IsNull());
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(49));
  EXPECT_TRUE(clients_[1].Read().IsNull());
  EXPECT_GE(Clock::now() - begin, std::chrono::milliseconds(149));
  EXPECT_TRUE(WaitForBlocked(0));
}

TEST_F(WireBlockingTest, ClientUnblockReachesTheOtherThread) {
  for (int i = 1; i < 4; ++i) {
    const std::string id = std::to_string(clients_[i].Run("CLIENT", "ID").integer());
    clients_[i].Send(Encoded("BLPOP", "list", "0"));
    ASSERT_TRUE(WaitForBlocked(1));
    EXPECT_THAT(clients_[0].Run("CLIENT", "LIST", "ID", id).text(), HasSubstr(" flags=b "));
    EXPECT_EQ(clients_[0].Run("CLIENT", "UNBLOCK", id, "ERROR"), RespValue::Integer(1));
    EXPECT_EQ(ErrorText(clients_[i].Read()), "UNBLOCKED client unblocked via CLIENT UNBLOCK");
    EXPECT_EQ(clients_[i].Run("PING"), RespValue::Simple("PONG"));
  }
}

TEST_F(WireBlockingTest, AClientThatGoesAwayTakesNothingAlong) {
  {
    RawClient gone(server_.port());
    gone.Send(Encoded("BLPOP", "list", "0"));
    ASSERT_TRUE(WaitForBlocked(1));
  }
  ASSERT_TRUE(WaitForBlocked(0));
  EXPECT_EQ(clients_[0].Run("RPUSH", "list", "a"), RespValue::Integer(1));
  EXPECT_EQ(clients_[0].Run("LLEN", "list"), RespValue::Integer(1));
}

}  // namespace
}  // namespace redstart
