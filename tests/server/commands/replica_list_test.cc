#include "server/commands/replica_list.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>

#include "tests/server/test_server.h"

namespace redstart {
namespace {

class ReplicaListTest : public ::testing::Test {
 protected:
  ReplicaListTest() { server_.sessions.StartFeed(&replica_.session(), feed_); }
  ~ReplicaListTest() override { Mailbox::FlushWakes(); }

  std::vector<Replica> List(uint64_t now_ms) { return ListReplicas(server_.sessions, now_ms); }

  // A file of one byte for the replica, of which it takes everything.
  void SendFile() {
    const int file = memfd_create("rdb", MFD_CLOEXEC);
    EXPECT_EQ(write(file, "x", 1), 1);
    feed_->Deliver(file, 1);
    EXPECT_EQ(List(0)[0].state, "send_bulk");
    std::string bytes;
    EXPECT_TRUE(feed_->Take(100, &bytes));
  }

  TestServer server_;
  Dispatcher dispatcher_{server_.services};
  TestClient client_{&dispatcher_, server_};
  TestClient replica_{&dispatcher_, server_};
  std::shared_ptr<ReplicaFeed> feed_ = std::make_shared<ReplicaFeed>(
      replica_.session().id(), replica_.session().mailbox(), /*with_stream=*/true);
};

TEST_F(ReplicaListTest, NamesWhoeverReadsTheEffectStreamAndHowFarItIs) {
  ASSERT_EQ(List(0).size(), 1u);
  EXPECT_EQ(List(0)[0].state, "wait_bgsave");
  EXPECT_FALSE(List(0)[0].IsOnline());
  SendFile();
  EXPECT_EQ(List(0)[0].state, "online");
  EXPECT_TRUE(List(0)[0].IsOnline());
}

TEST_F(ReplicaListTest, TellsTheOffsetThatAReplicaHasAcknowledgedAndWhen) {
  SendFile();
  EXPECT_EQ(List(5000)[0].lag_s, 0u);
  feed_->acked_offset = 42;
  feed_->acked_ms = 5000;
  const Replica replica = List(7500)[0];
  EXPECT_EQ(replica.acked_offset, 42);
  EXPECT_EQ(replica.lag_s, 2u);
  EXPECT_EQ(client_.Run("ROLE")[2].size(), 1u);
}

}  // namespace
}  // namespace redstart
