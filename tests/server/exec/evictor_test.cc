// Eviction through real commands. A sanitizer's build counts small entries only, so that is what is
// stored here.

#include <gmock/gmock.h>

#include "server/exec/used_memory.h"
#include "tests/server/commands/command_test.h"

namespace redstart {
namespace {

using testing::ElementsAre;

class EvictorTest : public CommandTest {
 protected:
  void SetPolicy(const char* policy) { Run("CONFIG", "SET", "maxmemory-policy", policy); }
  // Leaves room for so many bytes more than are in use now.
  void SetRoom(int64_t bytes) {
    const int64_t limit = static_cast<int64_t>(UsedMemory(services_)) + bytes;
    Run("CONFIG", "SET", "maxmemory", std::to_string(limit));
  }
  void SetLimit(const char* limit) { Run("CONFIG", "SET", "maxmemory", limit); }
  // What one request may take no time for, the following ones do.
  void EvictAll() {
    while (dispatcher_.EvictIfFull()) {
    }
  }
  int64_t Keys() { return Run("DBSIZE").integer(); }
  uint64_t Evicted() { return stats_.Sum(&ThreadStats::evicted_keys); }
  void Fill(int keys) {
    for (int i = 0; i < keys; ++i) {
      Run("SET", "key:" + std::to_string(i), std::string(40, 'x'));
      if (i % 16 == 0) Effects();  // The effects that nobody has taken are memory, too.
    }
  }
};

TEST_F(EvictorTest, WithoutEvictionWritesAreRefusedOverTheLimit) {
  Fill(10);
  SetLimit("1");
  EXPECT_EQ(Run("SET", "k", "v"), Error("OOM command not allowed when used memory > 'maxmemory'."));
  EXPECT_EQ(Run("GET", "key:1"), Bulk(std::string(40, 'x')));
  EXPECT_EQ(Run("DEL", "key:1"), Int(1));
  EXPECT_EQ(Evicted(), 0u);
  SetLimit("0");
  EXPECT_EQ(Run("SET", "k", "v"), Ok());
}

TEST_F(EvictorTest, KeysGoUntilWhatIsThereFits) {
  SetPolicy("allkeys-lru");
  Fill(100);
  const uint64_t full = UsedMemory(services_);
  SetRoom(0);
  Fill(2000);
  EXPECT_GT(Evicted(), 1000u);
  EXPECT_GT(Keys(), 20);
  EXPECT_LT(UsedMemory(services_), full + 64 * 1024);
}

TEST_F(EvictorTest, ALimitThatNothingFitsTakesEveryKeyAndThenRefuses) {
  SetPolicy("allkeys-random");
  Fill(10);
  Run("SELECT", "3");
  Fill(10);
  SetLimit("1");
  EvictAll();
#ifndef REDSTART_SANITIZED  // There, a server without keys is said to use no memory at all.
  EXPECT_EQ(Run("SET", "k", "v"), Error("OOM command not allowed when used memory > 'maxmemory'."));
#endif
  EXPECT_EQ(Evicted(), 20u);
  EXPECT_EQ(Run("DBSIZE"), Int(0));
}

TEST_F(EvictorTest, VolatilePoliciesSpareKeysWithoutDeadline) {
  for (const char* policy : {"volatile-lru", "volatile-lfu", "volatile-random", "volatile-ttl"}) {
    SetLimit("0");
    SetPolicy(policy);
    Fill(500);
    for (int i = 0; i < 20; ++i) Run("SET", "volatile:" + std::to_string(i), "x", "EX", "1000");
    const uint64_t before = Evicted();
    SetLimit("1");
    EvictAll();
    EXPECT_EQ(Evicted(), before + 20) << policy;
    EXPECT_EQ(Keys(), 500) << policy;
    EXPECT_EQ(Run("SET", "k", "v").text(),
              "OOM command not allowed when used memory > 'maxmemory'.");
  }
}

TEST_F(EvictorTest, TheLeastRecentlyUsedGoFirst) {
  SetPolicy("allkeys-lru");
  Fill(1000);
  Advance(10'000);
  for (int i = 0; i < 500; ++i) Run("GET", "key:" + std::to_string(i));
  Effects();
  SetRoom(-200 * 64);
  EvictAll();
  SetLimit("0");
  EXPECT_GE(Evicted(), 150u);
  int64_t kept = 0;
  for (int i = 0; i < 500; ++i) kept += Run("EXISTS", "key:" + std::to_string(i)).integer();
  EXPECT_GE(kept, 495);
}

TEST_F(EvictorTest, TheLeastOftenUsedGoFirst) {
  SetPolicy("allkeys-lfu");
  Run("CONFIG", "SET", "lfu-log-factor", "0");
  Fill(1000);
  for (int round = 0; round < 5; ++round) {
    for (int i = 0; i < 500; ++i) Run("GET", "key:" + std::to_string(i));
  }
  EXPECT_GE(Run("OBJECT", "FREQ", "key:1").integer(), 9);
  Effects();
  SetRoom(-200 * 64);
  EvictAll();
  SetLimit("0");
  int64_t kept = 0;
  for (int i = 0; i < 500; ++i) kept += Run("EXISTS", "key:" + std::to_string(i)).integer();
  EXPECT_GE(kept, 495);
}

TEST_F(EvictorTest, EachEvictionIsAnEffectOfItsOwnBeforeTheRequest) {
  Run("SET", "a", "1");
  Run("SET", "b", "2");
  Effects();
  SetPolicy("allkeys-lru");
  SetLimit("1");
  EvictAll();
  EXPECT_THAT(Effects(), testing::UnorderedElementsAre("DEL a", "DEL b"));
  SetLimit("0");
  Run("SET", "c", "3");
  Run("CONFIG", "SET", "lazyfree-lazy-eviction", "yes");
  Effects();
  SetLimit("1");
  EvictAll();
  EXPECT_THAT(Effects(), ElementsAre("UNLINK c"));
}

TEST_F(EvictorTest, AWatchedKeyThatIsEvictedFailsTheTransaction) {
  Run("SET", "k", "v");
  Run("WATCH", "k");
  SetPolicy("allkeys-lru");
  SetLimit("1");
  EvictAll();
  SetLimit("0");
  Run("MULTI");
  Run("PING");
  EXPECT_TRUE(Run("EXEC").IsNull());
}

TEST_F(EvictorTest, ATransactionKeepsWhatItNeedsUntilItsEnd) {
  SetPolicy("allkeys-lru");
  Run("MULTI");
  Run("INCR", "x");
  Run("CONFIG", "SET", "maxmemory", "1");
  Run("INCR", "x");
  EXPECT_EQ(Run("EXEC")[2], Int(2));
  EvictAll();
  EXPECT_EQ(Keys(), 0);
}

TEST_F(EvictorTest, WhileWritersWaitNothingIsEvicted) {
  Fill(10);
  SetPolicy("allkeys-lru");
  Run("CLIENT", "PAUSE", "100000", "WRITE");
  SetLimit("1");
  EvictAll();
  EXPECT_EQ(Keys(), 10);
  Run("CLIENT", "UNPAUSE");
  EvictAll();
  EXPECT_EQ(Keys(), 0);
}

TEST_F(EvictorTest, EvictionIsNotifiedOf) {
  const auto subscriber = NewClient();
  subscriber->Run("SUBSCRIBE", "__keyevent@0__:evicted");
  Run("CONFIG", "SET", "notify-keyspace-events", "Ee");
  Run("SET", "k", "v");
  SetPolicy("allkeys-lru");
  SetLimit("1");
  EvictAll();
  const auto mail = subscriber->session().mailbox()->Take();
  ASSERT_EQ(mail.size(), 1u);
  EXPECT_THAT(mail[0].publication->encoded, testing::HasSubstr("\r\nk\r\n"));
}

}  // namespace
}  // namespace redstart
