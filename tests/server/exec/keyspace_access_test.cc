#include "server/exec/keyspace_access.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "server/config/config_store.h"

namespace redstart {
namespace {

constexpr uint64_t kNow = 1'700'000'000'000;

class KeyspaceAccessTest : public testing::Test {
 protected:
  void Put(std::string_view key, uint64_t deadline = Entry::kNever, int database = 0) {
    const uint64_t hash = keyspace_.HashOf(key);
    ShardLocks locks = keyspace_.LockShard(keyspace_.ShardOf(hash));
    KeyAccess access(parts_, {.locks = &locks, .database = database, .now_ms = kNow});
    WriteKeys(&access).Put(key, "v", {.deadline = deadline});
  }
  void Fill(int keys) {
    for (int i = 0; i < keys; ++i) Put("key:" + std::to_string(i));
  }
  // Walks to the end and counts how often each key was met.
  std::map<std::string, int> Walk(KeyWalk& walk, size_t wanted) {
    std::map<std::string, int> met;
    uint64_t cursor = 0;
    do {
      cursor =
          walk.Step(cursor, wanted, [&](const Entry& entry) { ++met[std::string(entry.key())]; });
    } while (cursor != 0);
    return met;
  }

  Keyspace keyspace_{64, 16, 5};
  Journal journal_;
  ChangeRecorder recorder_{&journal_};
  ThreadStats stats_{0};
  Config config_ = DefaultConfig();
  KeyAccess::Parts parts_ = {&keyspace_, &recorder_, &stats_, &config_};
};

TEST_F(KeyspaceAccessTest, AWalkMeetsEveryKeyOnceWithAndWithoutLocksOfTheCaller) {
  Fill(2000);
  ShardLocks locks = keyspace_.LockAll();
  KeyWalk inside(parts_, {.locks = &locks, .now_ms = kNow});
  EXPECT_EQ(Walk(inside, 10).size(), 2000u);
  locks.Unlock();
  KeyWalk alone(parts_, {.now_ms = kNow});
  for (const size_t wanted : {1, 10, 100000}) {
    const auto met = Walk(alone, wanted);
    EXPECT_EQ(met.size(), 2000u);
    for (const auto& [key, times] : met) EXPECT_EQ(times, 1) << key;
  }
}

TEST_F(KeyspaceAccessTest, AnyNumberIsACursor) {
  Fill(100);
  KeyWalk walk(parts_, {.now_ms = kNow});
  for (const uint64_t cursor : {uint64_t{1} << 43, (uint64_t{64} << 43) - 1, uint64_t{64} << 43,
                                uint64_t{1} << 53, ~uint64_t{0}}) {
    walk.Step(cursor, 10, [](const Entry&) {});
  }
}

TEST_F(KeyspaceAccessTest, AWalkDeletesWhatHasExpiredUnlessItOnlyHides) {
  Put("old", kNow - 1);
  Put("new", kNow);
  KeyWalk hiding(parts_, {.now_ms = kNow, .expiry = ExpiryMode::kHide});
  EXPECT_EQ(Walk(hiding, 10).size(), 1u);
  EXPECT_EQ(keyspace_.expired_keys(), 0u);
  KeyWalk walk(parts_, {.now_ms = kNow});
  EXPECT_EQ(Walk(walk, 10).count("new"), 1u);
  EXPECT_EQ(keyspace_.expired_keys(), 1u);
}

TEST_F(KeyspaceAccessTest, ARandomKeyOfExpiredOnesOnlyIsNoneOrOneOfThem) {
  Put("old", kNow - 1);
  KeyWalk hiding(parts_, {.now_ms = kNow, .expiry = ExpiryMode::kHide});
  EXPECT_EQ(hiding.RandomKey(), "old");
  KeyWalk walk(parts_, {.now_ms = kNow});
  EXPECT_EQ(walk.RandomKey(), std::nullopt);
  EXPECT_EQ(walk.RandomKey(), std::nullopt);
}

TEST_F(KeyspaceAccessTest, RandomKeysAreDrawnEvenly) {
  Fill(10);
  KeyWalk walk(parts_, {.now_ms = kNow});
  std::map<std::string, int> drawn;
  for (int i = 0; i < 5000; ++i) ++drawn[*walk.RandomKey()];
  EXPECT_EQ(drawn.size(), 10u);
  for (const auto& [key, times] : drawn) {
    EXPECT_GT(times, 300) << key;
    EXPECT_LT(times, 700) << key;
  }
}

TEST_F(KeyspaceAccessTest, ForEachShardShowsAll) {
  KeyWalk walk(parts_, {.now_ms = kNow});
  std::set<const Shard*> shards;
  walk.ForEachShard([&](const Shard& shard) { shards.insert(&shard); });
  EXPECT_EQ(shards.size(), 64u);
}

TEST_F(KeyspaceAccessTest, TheWholeKeyspaceIsCountedVisitedAndFlushed) {
  Fill(500);
  Put("old", kNow - 1);
  Put("elsewhere", Entry::kNever, 9);
  ShardLocks locks = keyspace_.LockAll();
  WholeKeyspace whole(parts_, {.locks = &locks, .now_ms = kNow});
  EXPECT_EQ(whole.Size(0), 501u);
  size_t visited = 0;
  whole.ForEach([&](const Entry&) { ++visited; });
  EXPECT_EQ(visited, 500u);
  EXPECT_EQ(whole.Flush(0), 501u);
  EXPECT_EQ(whole.Size(0), 0u);
  EXPECT_EQ(whole.FlushAll(), 1u);
  EXPECT_EQ(whole.FlushAll(), 0u);
}

TEST_F(KeyspaceAccessTest, SwapExchangesSizes) {
  Fill(100);
  ShardLocks locks = keyspace_.LockAll();
  WholeKeyspace whole(parts_, {.locks = &locks, .now_ms = kNow});
  whole.Swap(0, 15);
  EXPECT_EQ(whole.Size(0), 0u);
  EXPECT_EQ(whole.Size(15), 100u);
}

TEST_F(KeyspaceAccessTest, ChangedCountsWhatItIsTold) {
  ShardLocks locks = keyspace_.LockAll();
  WholeKeyspace whole(parts_, {.locks = &locks, .now_ms = kNow});
  whole.Changed(0);
  EXPECT_EQ(stats_.changes.Get(), 0u);
  whole.Changed(17);
  EXPECT_EQ(stats_.changes.Get(), 17u);
}

}  // namespace
}  // namespace redstart
