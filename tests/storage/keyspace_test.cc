#include "storage/keyspace.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "storage/string_editor.h"

namespace redstart {
namespace {

void Insert(Keyspace& keyspace, int database, std::string_view key, std::string_view value) {
  const uint64_t hash = keyspace.HashOf(key);
  const ShardLocks locks = keyspace.LockShard(keyspace.ShardOf(hash));
  Shard& shard = locks[keyspace.ShardOf(hash)];
  shard.Insert(database, NewStringEntry(shard.slab(), key, value, true, Entry::kNever),
               keyspace.PositionInShard(hash));
}

TEST(KeyspaceTest, ShardCountIsAPowerOfTwoThatGrowsWithTheThreads) {
  EXPECT_EQ(Keyspace::ShardCountFor(1), 64u);
  EXPECT_EQ(Keyspace::ShardCountFor(3), 256u);
  EXPECT_EQ(Keyspace::ShardCountFor(16), 1024u);
  EXPECT_EQ(Keyspace::ShardCountFor(1000), Keyspace::kMaxShards);
}

TEST(KeyspaceTest, ShardAndPositionAreTheTopAndTheRestOfTheHash) {
  Keyspace keyspace(64, 16, 1);
  const uint64_t hash = keyspace.HashOf("key");
  EXPECT_EQ(keyspace.ShardOf(hash), hash >> 58);
  EXPECT_EQ(keyspace.PositionInShard(hash), hash << 6);
  EXPECT_NE(hash, Keyspace(64, 16, 2).HashOf("key"));
}

TEST(KeyspaceTest, LockTakesEachShardOnce) {
  Keyspace keyspace(64, 16, 1);
  const uint64_t in_shard_5 = uint64_t{5} << 58;
  const uint64_t in_shard_2 = uint64_t{2} << 58;
  const std::vector<uint64_t> hashes = {in_shard_5, in_shard_2, in_shard_5 + 1};
  ShardLocks locks = keyspace.Lock(hashes);
  EXPECT_TRUE(locks.Holds(5));
  EXPECT_TRUE(locks.Holds(2));
  EXPECT_FALSE(locks.Holds(3));
  EXPECT_FALSE(locks.holds_all());
  EXPECT_FALSE(locks[5].mutex().TryLock());
  locks.Unlock();
  EXPECT_FALSE(locks.Holds(5));
  const ShardLocks again = keyspace.LockShard(5);
  EXPECT_TRUE(again.Holds(5));
}

TEST(KeyspaceTest, LockOfNothingHoldsNothing) {
  Keyspace keyspace(64, 16, 1);
  const ShardLocks locks = keyspace.Lock({});
  const ShardLocks one = keyspace.LockShard(0);
  EXPECT_FALSE(locks.Holds(0));
}

TEST(KeyspaceTest, LockAllHoldsEveryShard) {
  Keyspace keyspace(128, 16, 1);
  {
    const ShardLocks locks = keyspace.LockAll();
    EXPECT_TRUE(locks.holds_all());
    for (size_t i = 0; i < keyspace.shard_count(); ++i) EXPECT_TRUE(locks.Holds(i));
  }
  EXPECT_TRUE(keyspace.LockAll().holds_all());
}

TEST(KeyspaceTest, LocksMoveWithTheirOwner) {
  Keyspace keyspace(64, 16, 1);
  ShardLocks first = keyspace.LockShard(1);
  ShardLocks second = std::move(first);
  EXPECT_FALSE(first.Holds(1));  // NOLINT(bugprone-use-after-move): it holds nothing.
  EXPECT_TRUE(second.Holds(1));
  second = ShardLocks();
  const ShardLocks again = keyspace.LockShard(1);
  EXPECT_TRUE(again.Holds(1));
}

TEST(KeyspaceTest, ThreadsThatLockSeveralShardsInAnyOrderNeverWaitForEachOther) {
  Keyspace keyspace(64, 16, 1);
  uint64_t counter = 0;  // Guarded by the lock of shard 7.
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&keyspace, &counter, t] {
      for (uint64_t i = 0; i < 3000; ++i) {
        std::vector<uint64_t> hashes = {uint64_t{7} << 58, (i % 64) << 58, (i * t % 64) << 58};
        if (t % 2 == 1) std::swap(hashes[0], hashes[2]);
        const ShardLocks locks = i % 100 == 0 ? keyspace.LockAll() : keyspace.Lock(hashes);
        ++counter;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter, 12000u);
}

TEST(KeyspaceTest, GoesAwayWithAllThatIsInIt) {
  Keyspace keyspace(64, 16, 1);
  for (int i = 0; i < 2000; ++i) {
    Insert(keyspace, i % 20, "key:" + std::to_string(i), std::string(i % 5000, 'x'));
  }
  Insert(keyspace, 0, "huge", std::string(1 << 20, 'x'));
  const ShardLocks locks = keyspace.LockAll();
  for (size_t i = 0; i < keyspace.shard_count(); ++i) locks[i].Clear(1);
}

TEST(KeyspaceTest, TryingForAllLocksGivesUpAndLetsGoWhileSomebodyHoldsOne) {
  Keyspace keyspace(64, 16, 1);
  ShardLocks held = keyspace.LockShard(40);
  std::thread([&] {
    EXPECT_FALSE(keyspace.TryLockAll(std::chrono::milliseconds(1)).holds_all());
    EXPECT_TRUE(keyspace.LockShard(0).Holds(0));  // Nothing is left locked.
  }).join();
  held.Unlock();
  EXPECT_TRUE(keyspace.TryLockAll(std::chrono::milliseconds(1)).holds_all());
}

TEST(KeyspaceTest, PatienceEndsInQueueing) {
  Keyspace keyspace(64, 16, 1);
  ShardLocks held = keyspace.LockShard(40);
  std::thread patient([&] { EXPECT_TRUE(keyspace.LockAllPatiently().holds_all()); });
  std::this_thread::sleep_for(std::chrono::milliseconds(250));
  held.Unlock();
  patient.join();
}

TEST(KeyspaceTest, WritersWaitForRoom) {
  Keyspace keyspace(64, 16, 1);
  keyspace.AwaitRoom();
  keyspace.SetOverBudget(true);
  EXPECT_TRUE(keyspace.lacks_room());
  std::thread writer([&] { keyspace.AwaitRoom(); });
  keyspace.SetOverBudget(false);
  writer.join();
}

}  // namespace
}  // namespace redstart
