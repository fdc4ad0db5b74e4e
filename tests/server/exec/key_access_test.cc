#include "server/exec/key_access.h"

#include <gtest/gtest.h>

#include <string>

#include "server/config/config_store.h"
#include "storage/access_clock.h"

namespace redstart {
namespace {

constexpr uint64_t kNow = 1'700'000'000'000;

// Everything runs under all locks, at one instant that a test may move.
class KeyAccessTest : public testing::Test {
 protected:
  KeyAccess Access() {
    return KeyAccess({&keyspace_, &recorder_, &stats_, &config_},
                     {.locks = &locks_, .now_ms = now_, .touch = touch_, .expiry = expiry_});
  }
  void Put(std::string_view key, std::string_view value, uint64_t deadline = Entry::kNever) {
    KeyAccess access = Access();
    WriteKeys(&access).Put(key, value, {.deadline = deadline});
  }
  std::string Get(std::string_view key, int database = 0) {
    KeyAccess access = Access();
    const Entry* entry = WriteKeys(&access).FindEntryIn(database, key);
    if (entry == nullptr) return "(none)";
    IntegerText scratch;
    return std::string(entry->string().View(&scratch));
  }
  const Entry* Physical(std::string_view key, int database = 0) {
    const auto place = ShardOf(key).FindByName(database, key);
    return place ? place.node() : nullptr;
  }
  Shard& ShardOf(std::string_view key) { return locks_[keyspace_.ShardOf(keyspace_.HashOf(key))]; }
  uint64_t LruIdleSecondsOf(std::string_view key) {
    return LruIdleSeconds(Physical(key)->access(), now_);
  }
  // Effects since the last call, as bytes.
  std::string Effects() {
    recorder_.Commit(ShardLocks());
    std::string bytes;
    reader_.Take(1 << 20, &bytes);
    return bytes;
  }

  Keyspace keyspace_{64, 16, 5};
  Journal journal_;
  Journal::Reader reader_{&journal_, [] {}};
  ChangeRecorder recorder_{&journal_};
  ThreadStats stats_{0};
  Config config_ = DefaultConfig();
  ShardLocks locks_ = keyspace_.LockAll();
  uint64_t now_ = kNow;
  bool touch_ = true;
  ExpiryMode expiry_ = ExpiryMode::kDelete;
};

TEST_F(KeyAccessTest, HashesOfTheRequestAreUsedForItsOwnViewsOnly) {
  const std::string key = "key";
  const KeyRef refs[] = {{key, 42}, {std::string_view(key).substr(0, 2), 43}};
  KeyAccess access({&keyspace_, &recorder_, &stats_, &config_}, {.locks = &locks_, .keys = refs});
  EXPECT_EQ(access.HashOf(key), 42u);
  EXPECT_EQ(access.HashOf(refs[1].name), 43u);
  EXPECT_EQ(access.HashOf(key), 42u) << "the first again";
  const std::string same_text = "key";
  EXPECT_EQ(access.HashOf(same_text), keyspace_.HashOf("key"));
}

TEST_F(KeyAccessTest, AReaderCountsHitsAndMissesUnlessItIsSilent) {
  Put("k", "v");
  KeyAccess access = Access();
  const ReadKeys keys(&access);
  EXPECT_NE(keys.FindEntry("k"), nullptr);
  EXPECT_NE(keys.Peek("k"), nullptr);
  EXPECT_EQ(keys.Peek("missing"), nullptr);
  EXPECT_NE(keys.PeekSilently("k"), nullptr);
  EXPECT_EQ(stats_.keyspace_hits.Get(), 2u);
  EXPECT_EQ(stats_.keyspace_misses.Get(), 1u);
}

TEST_F(KeyAccessTest, AReaderHidesAnExpiredKeyAndTheSweepDeletesIt) {
  Put("k", "v", kNow + 10);
  now_ += 11;
  KeyAccess access = Access();
  const ReadKeys keys(&access);
  EXPECT_TRUE(keys.IsExpired("k"));
  EXPECT_EQ(keys.FindEntry("k"), nullptr);
  EXPECT_NE(Physical("k"), nullptr);
  access.SweepExpired();
  EXPECT_EQ(Physical("k"), nullptr);
  EXPECT_NE(Effects().find("DEL\r\n$1\r\nk\r\n"), std::string::npos);
  EXPECT_EQ(keyspace_.expired_keys(), 1u);
  EXPECT_EQ(stats_.changes.Get(), 0u) << "nobody changed anything";
}

TEST_F(KeyAccessTest, AWriterDeletesAnExpiredKeyAtOnce) {
  config_.lazyfree_lazy_expire = true;
  Put("k", "v", kNow + 10);
  now_ += 11;
  EXPECT_EQ(Get("k"), "(none)");
  EXPECT_EQ(Physical("k"), nullptr);
  EXPECT_NE(Effects().find("UNLINK\r\n$1\r\nk\r\n"), std::string::npos);
}

TEST_F(KeyAccessTest, HidingLeavesExpiredKeysToWhoeverIsInCharge) {
  Put("k", "v", kNow + 10);
  now_ += 11;
  expiry_ = ExpiryMode::kHide;
  KeyAccess access = Access();
  EXPECT_EQ(ReadKeys(&access).FindEntry("k"), nullptr);
  access.SweepExpired();
  EXPECT_EQ(Get("k"), "(none)");
  WriteKeys keys(&access);
  EXPECT_FALSE(keys.Exists("k"));
  EXPECT_FALSE(keys.IsOver(1)) << "somebody else decides when it goes";
  EXPECT_NE(Physical("k"), nullptr);
  EXPECT_FALSE(keys.Delete("k")) << "it was not there for anyone";
  EXPECT_EQ(Physical("k"), nullptr);
  EXPECT_EQ(Effects(), "");
}

TEST_F(KeyAccessTest, LookupsMoveTheAccessClockUnlessToldNotTo) {
  Put("k", "v");
  now_ += 5000;
  touch_ = false;
  Get("k");
  EXPECT_EQ(LruIdleSecondsOf("k"), 5u);
  KeyAccess access = Access();
  EXPECT_TRUE(ReadKeys(&access).Touch("k"));
  EXPECT_EQ(LruIdleSecondsOf("k"), 0u);
}

TEST_F(KeyAccessTest, PutReplacesTheDeadlineOrKeepsIt) {
  Put("k", "v", kNow + 10);
  KeyAccess access = Access();
  WriteKeys keys(&access);
  keys.Put("k", "w", {.keep_deadline = true});
  EXPECT_EQ(Physical("k")->deadline(), kNow + 10);
  EXPECT_EQ(Get("k"), "w");
  keys.Put("k", "x");
  EXPECT_FALSE(Physical("k")->has_deadline());
  keys.Put("k", "y", {.deadline = kNow + 20});
  EXPECT_EQ(Physical("k")->deadline(), kNow + 20);
  keys.Put("k", "z", {.deadline = kNow + 30});
  EXPECT_EQ(Physical("k")->deadline(), kNow + 30);
  EXPECT_EQ(ShardOf("k").with_deadline(0), 1u);
}

TEST_F(KeyAccessTest, PutReplacesLongValuesInEveryDirection) {
  const std::string texts[] = {"1", "short", std::string(100, 'a'), std::string(5000, 'b'),
                               std::string(1 << 19, 'c')};
  for (const uint64_t deadline : {Entry::kNever, kNow + 10}) {
    for (const std::string& before : texts) {
      for (const std::string& after : texts) {
        Put("k", before);
        Put("k", after, deadline);
        ASSERT_EQ(Get("k"), after);
      }
    }
  }
}

TEST_F(KeyAccessTest, SetDeadlineAddsMovesAndRemoves) {
  Put("k", "value");
  KeyAccess access = Access();
  WriteKeys keys(&access);
  for (const uint64_t deadline : {kNow + 10, kNow + 20, Entry::kNever, Entry::kNever}) {
    keys.SetDeadline("k", deadline);
    EXPECT_EQ(Physical("k")->deadline(), deadline);
    EXPECT_EQ(Get("k"), "value");
    EXPECT_EQ(ShardOf("k").with_deadline(0), deadline == Entry::kNever ? 0u : 1u);
  }
  keys.SetDeadline("missing", kNow + 10);
}

TEST_F(KeyAccessTest, TransplantSharesALongValueUntilOneIsWritten) {
  const std::string text(5000, 'x');
  Put("k", text, kNow + 10);
  KeyAccess access = Access();
  WriteKeys keys(&access);
  keys.Transplant("k", 3, "copy", /*move=*/false);
  EXPECT_EQ(Physical("k")->string().blob(), Physical("copy", 3)->string().blob());
  EXPECT_EQ(Physical("copy", 3)->deadline(), kNow + 10);
  auto edit = keys.Edit<StringEditor>("k");
  edit->Overwrite(0, "abc");
  EXPECT_EQ(Get("copy", 3), text);
  EXPECT_NE(Get("k"), text);
}

TEST_F(KeyAccessTest, TransplantMovesAValueAlsoWithinAShard) {
  Put("k", std::string(5000, 'x'));
  std::string neighbour;
  for (int i = 0; &ShardOf(neighbour) != &ShardOf("k"); ++i) neighbour = std::to_string(i);
  KeyAccess access = Access();
  WriteKeys keys(&access);
  keys.Transplant("k", 0, neighbour, /*move=*/true);
  EXPECT_EQ(Physical("k"), nullptr);
  EXPECT_EQ(Get(neighbour), std::string(5000, 'x'));
}

TEST_F(KeyAccessTest, EditIsEmptyForAMissingOrExpiredKey) {
  Put("old", "v", kNow + 10);
  now_ += 11;
  KeyAccess access = Access();
  WriteKeys keys(&access);
  EXPECT_FALSE(keys.Edit<StringEditor>("missing"));
  EXPECT_FALSE(keys.Edit<StringEditor>("old"));
  EXPECT_FALSE(keys.Edit<StringEditor>("old").IsWrongType());
}

TEST_F(KeyAccessTest, ChangedTouchesWatchersAndCountsOnce) {
  std::atomic<bool> touched{false};
  ShardOf("k").listeners().Watch(0, "k", &touched, false);
  Put("k", "v");
  EXPECT_FALSE(touched) << "the handler has not said so yet";
  KeyAccess access = Access();
  WriteKeys keys(&access);
  keys.Changed("k", Event::kString, "set");
  EXPECT_TRUE(touched);
  EXPECT_EQ(stats_.changes.Get(), 1u);
  keys.AlsoChanged("l", Event::kGeneric, "rename_to");
  EXPECT_EQ(stats_.changes.Get(), 1u);
}

TEST_F(KeyAccessTest, LfuCountsUses) {
  config_.maxmemory_policy = MaxmemoryPolicy::kAllkeysLfu;
  Put("k", "v");
  const uint32_t before = Physical("k")->access() & 0xFF;
  for (int i = 0; i < 100; ++i) Get("k");
  EXPECT_GT(Physical("k")->access() & 0xFF, before);
}

}  // namespace
}  // namespace redstart
