#include "server/exec/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/keyspace.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;

TEST(QueuedCommandTest, KeepsACopyOfItsArguments) {
  std::string key = "key";
  std::vector<std::string_view> words = {"SET", key, ""};
  const CommandRow row;
  const QueuedCommand command(&row, words, 0);
  key = "XXX";
  words.clear();
  EXPECT_THAT(command.args(), ElementsAre("SET", "key", ""));
  EXPECT_EQ(command.row(), &row);
  EXPECT_GE(command.MemoryBytes(), 6 + 3 * sizeof(std::string_view));
}

TEST(QueuedCommandTest, ViewsSurviveAMove) {
  const CommandRow row;
  std::vector<QueuedCommand> commands;
  for (int i = 0; i < 50; ++i) {
    const std::string number = std::to_string(i);
    const std::string_view words[] = {"GET", number};
    commands.emplace_back(&row, words, 0u);
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(commands[i].args()[1], std::to_string(i));
}

class WatchListTest : public testing::Test {
 protected:
  void Watch(int database, std::string_view key) {
    const uint64_t hash = keyspace_.HashOf(key);
    const ShardLocks locks = keyspace_.LockShard(keyspace_.ShardOf(hash));
    locks[keyspace_.ShardOf(hash)].listeners().Watch(database, key, &watches_.touched, false);
    watches_.Remember(database, key, hash);
  }
  size_t ListeningShards() {
    const ShardLocks locks = keyspace_.LockAll();
    size_t count = 0;
    for (size_t i = 0; i < keyspace_.shard_count(); ++i) count += locks[i].attention();
    return count;
  }

  Keyspace keyspace_{64, 16, 1};
  std::atomic<bool> touched_{false};
  WatchList watches_{&touched_};
};

TEST_F(WatchListTest, RemembersAKeyOncePerDatabase) {
  Watch(0, "k");
  Watch(0, "k");
  Watch(1, "k");
  EXPECT_EQ(watches_.keys.size(), 2u);
}

TEST_F(WatchListTest, UnwatchTakesEveryWatchBack) {
  for (int i = 0; i < 100; ++i) Watch(i % 3, "key:" + std::to_string(i));
  EXPECT_GT(ListeningShards(), 0u);
  watches_.Unwatch(&keyspace_);
  EXPECT_EQ(ListeningShards(), 0u);
  EXPECT_TRUE(watches_.keys.empty());
  watches_.Unwatch(&keyspace_);
}

TEST_F(WatchListTest, UnwatchUsesTheLocksOfATransaction) {
  Watch(0, "k");
  {
    ShardLocks locks = keyspace_.LockAll();
    watches_.UnwatchLocked(locks, keyspace_);
  }
  EXPECT_EQ(ListeningShards(), 0u);
}

}  // namespace
}  // namespace redstart
