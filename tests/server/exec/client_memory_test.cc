#include "server/exec/client_memory.h"

#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

class ClientMemoryTest : public CommandTest {
 protected:
  // As its connection does after each request.
  void Charge(TestClient& client) {
    ChargeClient(services_, dispatcher_.config(), &client.session());
  }
};

TEST_F(ClientMemoryTest, APercentageIsOneOfMaxmemory) {
  Config config;
  EXPECT_EQ(ClientMemoryLimit(config), 0u);
  config.maxmemory_clients = 12345;
  EXPECT_EQ(ClientMemoryLimit(config), 12345u);
  config.maxmemory_clients = -7;
  EXPECT_EQ(ClientMemoryLimit(config), 0u);
  config.maxmemory = 6 << 20;
  EXPECT_EQ(ClientMemoryLimit(config), (6u << 20) * 7 / 100);
}

TEST_F(ClientMemoryTest, TheLargestClientsAreClosedUntilTheOthersFit) {
  std::vector<std::unique_ptr<TestClient>> clients;
  for (uint64_t i = 0; i < 5; ++i) {
    clients.push_back(NewClient());
    clients.back()->session().output_bytes = (i + 1) * 1'000'000;
  }
  Run("CONFIG", "SET", "maxmemory-clients", "7000000");
  for (const auto& client : clients) Charge(*client);
  for (uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(clients[i]->session().close_requested(), i >= 3) << i;
  }
  EXPECT_EQ(state_.evicted_clients.load(), 2u);
  EXPECT_LE(sessions_.charged_bytes(), 7'000'000u);
}

TEST_F(ClientMemoryTest, WhoMayNotBeEvictedCountsAndStays) {
  const auto spared = NewClient();
  const auto other = NewClient();
  spared->Run("CLIENT", "NO-EVICT", "ON");
  spared->session().output_bytes = 1'000'000;
  Run("CONFIG", "SET", "maxmemory-clients", "500000");
  client_.Run("CLIENT", "NO-EVICT", "ON");
  Charge(*spared);
  EXPECT_FALSE(spared->session().close_requested());
  EXPECT_TRUE(other->session().close_requested());
  spared->Run("CLIENT", "NO-EVICT", "OFF");
  LimitClientMemory(services_, dispatcher_.config());
  EXPECT_TRUE(spared->session().close_requested());
}

TEST_F(ClientMemoryTest, QueuedCommandsWatchesAndSubscriptionsCount) {
  const auto client = NewClient();
  const std::string name(1000, 'n');
  const size_t idle = client->session().MemoryBytes();
  client->Run("SUBSCRIBE", name);
  EXPECT_GE(client->session().MemoryBytes(), idle + name.size());
  client->Run("UNSUBSCRIBE", name);
  client->Run("WATCH", name);
  EXPECT_GE(client->session().MemoryBytes(), idle + name.size());
  client->Run("UNWATCH");
  client->Run("MULTI");
  client->Run("SET", "k", name);
  EXPECT_GE(client->session().MemoryBytes(), idle + name.size());
}

TEST_F(ClientMemoryTest, AClientThatHasGoneGivesItsShareBack) {
  Run("CONFIG", "SET", "maxmemory-clients", "100000000");
  Charge(client_);
  const uint64_t before = sessions_.charged_bytes();
  {
    const auto client = NewClient();
    client->session().output_bytes = 1'000'000;
    Charge(*client);
    EXPECT_GE(sessions_.charged_bytes(), before + 1'000'000);
  }
  EXPECT_EQ(sessions_.charged_bytes(), before);
}

}  // namespace
}  // namespace redstart
