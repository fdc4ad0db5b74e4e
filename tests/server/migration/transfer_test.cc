#include "server/migration/transfer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/server/migration/fake_server.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kLong = 30'000;

class TransferTest : public testing::Test {
 protected:
  std::unique_ptr<RemoteServer> Connect(const FakeServer& fake) {
    return RemoteServer::Connect("127.0.0.1", fake.port(), kLong, &stopping_);
  }

  std::atomic<bool> stopping_{false};
  MigrationRequest request_ = {.timeout_ms = kLong};
  const std::vector<MigratedKey> keys_ = {
      {.name = "a", .payload = "A"},
      {.name = "b", .payload = "B", .deadline_ms = 1500},
      {.name = "c", .payload = "C", .deadline_ms = 900, .replace = true},
      {.name = "d", .payload = ""},
  };
};

TEST_F(TransferTest, SelectsOnceAndRestoresEachKey) {
  FakeServer fake;
  const auto server = Connect(fake);
  request_.database = 3;
  TransferResult result = TransferKeys(request_, keys_, 1000, server.get());
  EXPECT_THAT(result.arrived, ElementsAre(true, true, true, true));
  EXPECT_EQ(result.error, "");
  EXPECT_THAT(fake.requests(), ElementsAre("SELECT 3", "RESTORE a 0 A", "RESTORE b 500 B",
                                           "RESTORE c 1 C REPLACE", "DEL d"));
  TransferKeys(request_, {keys_[0]}, 1000, server.get());
  EXPECT_EQ(fake.requests().size(), 6u) << "the database is known";
}

TEST_F(TransferTest, LogsInFirst) {
  FakeServer fake;
  const auto server = Connect(fake);
  request_.password = "secret";
  TransferKeys(request_, {keys_[0]}, 1000, server.get());
  request_.user = "me";
  TransferKeys(request_, {keys_[0]}, 1000, server.get());
  EXPECT_THAT(fake.requests(), ElementsAre("AUTH secret", "SELECT 0", "RESTORE a 0 A",
                                           "AUTH me secret", "RESTORE a 0 A"));
}

TEST_F(TransferTest, WhatIsRefusedHasNotArrived) {
  FakeServer fake({"+OK\r\n", "+OK\r\n", "-BUSYKEY there\r\n", "-ERR other\r\n", "+OK\r\n"});
  const auto server = Connect(fake);
  const TransferResult result = TransferKeys(request_, keys_, 1000, server.get());
  EXPECT_THAT(result.arrived, ElementsAre(true, false, false, true));
  EXPECT_EQ(result.error, "ERR Target instance replied with error: BUSYKEY there");
  EXPECT_FALSE(result.connection_broke);
}

TEST_F(TransferTest, WithoutADatabaseNothingHasArrived) {
  FakeServer fake({"-ERR no such database\r\n"});
  const auto server = Connect(fake);
  const TransferResult result = TransferKeys(request_, {keys_[0]}, 1000, server.get());
  EXPECT_THAT(result.arrived, ElementsAre(false));
  EXPECT_EQ(result.error, "ERR Target instance replied with error: ERR no such database");
  EXPECT_EQ(server->database, -1);
}

TEST_F(TransferTest, WhatWasAnsweredBeforeTheConnectionBrokeHasArrived) {
  FakeServer fake({"+OK\r\n", "+OK\r\n", ""});
  const auto server = Connect(fake);
  const TransferResult result = TransferKeys(request_, keys_, 1000, server.get());
  EXPECT_THAT(result.arrived, ElementsAre(true, false, false, false));
  EXPECT_EQ(result.error, "IOERR error or timeout reading to target instance");
  EXPECT_TRUE(result.connection_broke);
}

}  // namespace
}  // namespace redstart
