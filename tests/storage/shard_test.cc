#include "storage/shard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "storage/string_editor.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One shard that has all keys, with the lock held throughout but for Drain().
class ShardTest : public testing::Test {
 protected:
  ShardTest() { shard_.mutex().Lock(); }
  ~ShardTest() override { Drain(); }

  uint64_t PositionOf(std::string_view key) const { return redstart::PositionOf(key, kSeed); }
  void Insert(int database, std::string_view key, std::string_view value = "v",
              uint64_t deadline = Entry::kNever) {
    shard_.Insert(database, NewStringEntry(shard_.slab(), key, value, true, deadline),
                  PositionOf(key));
  }
  Shard::Place Find(int database, std::string_view key) {
    return shard_.Find(database, key, PositionOf(key));
  }
  void Drain() {
    shard_.mutex().Unlock();
    lazy_free_.Drain();
    shard_.mutex().Lock();
  }

  static constexpr uint64_t kSeed = 99;
  PagePool pages_;
  Reclaimer reclaimer_;
  LazyFree lazy_free_;
  CaptureState capture_;
  Shard shard_{{.policy = {.seed = kSeed, .shard_bits = 0},
                .pages = &pages_,
                .reclaimer = &reclaimer_,
                .lazy_free = &lazy_free_,
                .capture = &capture_},
               0};
};

TEST_F(ShardTest, OnlyTheFirstDatabaseHasATableBeforeItsFirstKey) {
  EXPECT_NE(shard_.table(0), nullptr);
  EXPECT_EQ(shard_.table(1), nullptr);
  for (const int database : {0, 1}) {
    EXPECT_EQ(shard_.size(database), 0u);
    EXPECT_FALSE(Find(database, "k"));
  }
  EXPECT_THAT(shard_.Databases(), ElementsAre(0));
}

TEST_F(ShardTest, TheFirstDatabaseKeepsATableWhenItIsCleared) {
  Insert(0, "k");
  EXPECT_EQ(shard_.Clear(0), 1u);
  EXPECT_NE(shard_.table(0), nullptr);
  EXPECT_FALSE(Find(0, "k"));
  EXPECT_EQ(shard_.Clear(0), 0u);
  Drain();
  EXPECT_EQ(lazy_free_.freed_objects(), 1u);
}

TEST_F(ShardTest, SamplesFromEveryDatabaseAndSparesKeysWithoutDeadline) {
  for (int i = 0; i < 300; ++i) Insert(0, "key:" + std::to_string(i), "v", i % 100 == 0 ? 5 : 0);
  Insert(20, "other");
  std::map<std::string, int> seen;
  for (uint64_t i = 0; i < 2000; ++i) {
    shard_.Sample(i * 0x9E3779B97F4A7C15, 5, false, [&](int database, const Entry& entry) {
      EXPECT_EQ(database, entry.key() == "other" ? 20 : 0);
      ++seen[std::string(entry.key())];
    });
  }
  EXPECT_EQ(seen.size(), 301u) << "all have a chance";
  seen.clear();
  shard_.Sample(0, 5, true, [&](int, const Entry& entry) { ++seen[std::string(entry.key())]; });
  EXPECT_THAT(seen,
              testing::UnorderedElementsAre(testing::Pair("key:0", 1), testing::Pair("key:100", 1),
                                            testing::Pair("key:200", 1)));
}

TEST_F(ShardTest, KeepsDatabasesApart) {
  Insert(0, "k", "zero");
  Insert(15, "k", "fifteen");
  Insert(16, "k", "sixteen");
  Insert(1000, "k", "thousand");
  IntegerText scratch;
  EXPECT_EQ(Find(16, "k").node()->string().View(&scratch), "sixteen");
  EXPECT_EQ(Find(1000, "k").node()->string().View(&scratch), "thousand");
  EXPECT_EQ(shard_.FindByName(15, "k").node()->string().View(&scratch), "fifteen");
  EXPECT_FALSE(Find(1, "k"));
  EXPECT_THAT(shard_.Databases(), ElementsAre(0, 15, 16, 1000));
}

TEST_F(ShardTest, CountsKeysWithDeadlines) {
  Insert(0, "a", "v", 100);
  Insert(0, "b", "v", 200);
  Insert(0, "c");
  EXPECT_EQ(shard_.with_deadline(0), 2u);
  shard_.Erase(0, Find(0, "a"));
  EXPECT_EQ(shard_.with_deadline(0), 1u);
  Entry* lasting = NewStringEntry(shard_.slab(), "b", "v", true, Entry::kNever);
  shard_.ReplaceShell(0, Find(0, "b"), lasting, PositionOf("b"));
  EXPECT_EQ(shard_.with_deadline(0), 0u);
  EXPECT_EQ(Find(0, "b").node(), lasting);
  EXPECT_EQ(shard_.size(0), 2u);
}

TEST_F(ShardTest, ADetachedEntryBelongsToTheCaller) {
  Insert(0, "k", "value", 100);
  Entry* entry = shard_.Detach(0, Find(0, "k"));
  EXPECT_EQ(entry->key(), "k");
  EXPECT_EQ(shard_.size(0), 0u);
  EXPECT_EQ(shard_.with_deadline(0), 0u);
  Entry::FreeShell(shard_.slab(), entry);
}

TEST_F(ShardTest, CollectsWhatIsDue) {
  for (int i = 0; i < 100; ++i) {
    Insert(0, "due:" + std::to_string(i), "v", 1000);
    Insert(0, "later:" + std::to_string(i), "v", 2000);
    Insert(0, "never:" + std::to_string(i));
  }
  std::vector<Entry*> due;
  uint64_t cursor = 0;
  while (!shard_.CollectDue(0, 999, &cursor, 1000, &due)) {
  }
  EXPECT_THAT(due, IsEmpty());
  while (!shard_.CollectDue(0, 1000, &cursor, 1000, &due)) {
  }
  EXPECT_EQ(due.size(), 100u);
  for (const Entry* entry : due) EXPECT_EQ(entry->key().substr(0, 4), "due:");
}

TEST_F(ShardTest, ADeadlineMovedInPlaceIsFound) {
  Insert(0, "k", "v", 5000);
  Entry* entry = shard_.Edit(0, Find(0, "k"));
  entry->set_deadline(10);
  shard_.NoteDeadline(0, PositionOf("k"), 10);
  std::vector<Entry*> due;
  uint64_t cursor = 0;
  while (!shard_.CollectDue(0, 20, &cursor, 1000, &due)) {
  }
  EXPECT_THAT(due, ElementsAre(entry));
}

TEST_F(ShardTest, ClearTakesEverythingOutAtOnceAndFreesItLater) {
  for (int i = 0; i < 5000; ++i) Insert(3, "key:" + std::to_string(i), std::string(i % 3000, 'x'));
  EXPECT_EQ(shard_.Clear(3), 5000u);
  EXPECT_EQ(shard_.size(3), 0u);
  EXPECT_THAT(shard_.Databases(), ElementsAre(0));
  Insert(3, "key:1", "anew");
  Drain();
  EXPECT_EQ(lazy_free_.freed_objects(), 5000u);
  EXPECT_EQ(shard_.size(3), 1u);
  EXPECT_TRUE(Find(3, "key:1"));
  EXPECT_EQ(shard_.Clear(7), 0u);
}

TEST_F(ShardTest, SwapExchangesAlsoWithAnEmptyOrAHighDatabase) {
  Insert(0, "k");
  shard_.SwapDatabases(0, 20);
  EXPECT_FALSE(Find(0, "k"));
  EXPECT_TRUE(Find(20, "k"));
  shard_.SwapDatabases(20, 300);
  EXPECT_THAT(shard_.Databases(), ElementsAre(300));
  shard_.SwapDatabases(300, 300);
  EXPECT_TRUE(Find(300, "k"));
}

TEST_F(ShardTest, LongValuesAreReleasedInTheBackground) {
  Insert(0, "short", std::string(4000, 'x'));
  Insert(0, "long", std::string(1 << 20, 'x'));
  shard_.Erase(0, Find(0, "short"));
  EXPECT_EQ(lazy_free_.freed_objects() + lazy_free_.pending_objects(), 0u);
  shard_.Erase(0, Find(0, "long"));
  EXPECT_EQ(lazy_free_.freed_objects() + lazy_free_.pending_objects(), 1u);
}

TEST_F(ShardTest, NobodyListensAtFirst) {
  EXPECT_FALSE(shard_.attention());
  std::atomic<bool> touched{false};
  shard_.listeners().Watch(0, "k", &touched, false);
  EXPECT_TRUE(shard_.attention());
  shard_.listeners().Unwatch(0, "k", &touched);
  EXPECT_FALSE(shard_.attention());
}

TEST_F(ShardTest, PrefetchingIsHarmlessWhateverIsThere) {
  Insert(0, "k");
  Reclaimer::Reader reader(&reclaimer_);
  const Reclaimer::ReadScope scope(&reader);
  for (const int database : {0, 1, 15, 16, 1000}) {
    shard_.PrefetchBucket(database, PositionOf("k"));
    shard_.PrefetchNode(database, PositionOf("k"));
  }
}

}  // namespace
}  // namespace redstart
