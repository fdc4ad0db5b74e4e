// A snapshot's walk through one keyspace whose locks the test holds throughout: whatever happens
// between two steps, the walk and the capture together see what was there at the cut, once.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "storage/keyspace.h"
#include "storage/string_editor.h"
#include "tests/storage/capture_recorder.h"

namespace redstart {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class ShardCaptureTest : public testing::Test {
 protected:
  ~ShardCaptureTest() override {
    if (locks_.holds_all()) locks_.Unlock();
    keyspace_.lazy_free().Drain();
  }

  uint64_t PositionOf(std::string_view key) {
    return keyspace_.PositionInShard(keyspace_.HashOf(key));
  }
  Shard::Place Find(int database, std::string_view key) {
    return shard_.Find(database, key, PositionOf(key));
  }
  void Set(int database, std::string_view key, std::string_view value,
           uint64_t deadline = Entry::kNever) {
    Entry* entry = NewStringEntry(shard_.slab(), key, value, true, deadline);
    if (const Shard::Place place = Find(database, key)) {
      shard_.Replace(database, place, entry, PositionOf(key));
    } else {
      shard_.Insert(database, entry, PositionOf(key));
    }
  }
  StringEditor Edit(int database, std::string_view key) {
    return StringEditor(EntrySlot(&shard_, database, key, PositionOf(key), Find(database, key), 0));
  }
  void Begin() { keyspace_.BeginCut(locks_, &capture_); }
  void End(bool completed = true) { keyspace_.EndCut(locks_, completed); }
  // One bucket of the walk; true at the end.
  bool Step(int database) {
    return shard_.WalkCut(database, [&](const Entry& entry) {
      walked_.insert(DescribeEntry(database, entry));
      return false;
    });
  }
  void WalkAll(int database) {
    while (!Step(database)) {
    }
  }
  // What the snapshot has got in all.
  std::multiset<std::string> Seen() {
    std::multiset<std::string> all = walked_;
    all.insert(capture_.seen.begin(), capture_.seen.end());
    return all;
  }
  std::vector<int> CutNumbers() {
    std::vector<int> numbers;
    for (const Shard::CutDatabase& cut : shard_.CutDatabases()) numbers.push_back(cut.number);
    return numbers;
  }

  Keyspace keyspace_{1, 16, 4711};
  ShardLocks locks_ = keyspace_.LockAll();
  Shard& shard_ = locks_[0];
  CaptureRecorder capture_;
  std::multiset<std::string> walked_;
};

TEST_F(ShardCaptureTest, NothingIsCapturedWithoutASnapshot) {
  Set(0, "k", "before");
  Set(0, "k", "after");
  Edit(0, "k").Append("x");
  EXPECT_THAT(capture_.seen, IsEmpty());
}

TEST_F(ShardCaptureTest, AReplacedOrDeletedEntryIsHandedOver) {
  Set(0, "a", "old");
  Set(0, "b", "old");
  Begin();
  Set(0, "a", "new");
  shard_.Erase(0, Find(0, "b"));
  EXPECT_THAT(capture_.seen, UnorderedElementsAre("0 a=old", "0 b=old"));
  EXPECT_EQ(capture_.taken, 2);
  WalkAll(0);
  EXPECT_THAT(walked_, IsEmpty());
  End();
}

TEST_F(ShardCaptureTest, AnEntryThatChangesInPlaceIsCopiedBeforeItsFirstChangeOnly) {
  Set(0, "k", "12");
  Set(0, "text", "0123456789");
  Set(0, "due", "v", 1000);
  Begin();
  Edit(0, "k").AssignInteger(13);
  Edit(0, "k").AssignInteger(14);
  Edit(0, "text").Overwrite(2, "xx");
  Edit(0, "text").Append("longer");
  shard_.Edit(0, Find(0, "due"))->set_deadline(2000);
  shard_.Erase(0, Find(0, "text"));
  EXPECT_THAT(capture_.seen, UnorderedElementsAre("0 k=12", "0 text=0123456789", "0 due=v@1000"));
  EXPECT_EQ(capture_.copied, 3);
  WalkAll(0);
  EXPECT_THAT(walked_, IsEmpty());
  End();
}

TEST_F(ShardCaptureTest, AnEntryMovedToAnotherKeyIsCopied) {
  Set(0, "from", std::string(5000, 'x'));
  Begin();
  Entry* entry = shard_.Detach(0, Find(0, "from"));
  ASSERT_EQ(capture_.seen.size(), 1u);
  EXPECT_EQ(capture_.seen.begin()->size(), 7 + 5000u);
  shard_.FreeDetachedEntry(entry);
  End();
}

TEST_F(ShardCaptureTest, ALongStringThatIsEditedDoesNotChangeUnderTheSnapshot) {
  Set(0, "k", std::string(5000, 'x'));
  Blob* blob = Find(0, "k").node()->string().blob();
  blob->Ref();  // As the snapshot's copy of the entry would.
  Begin();
  Edit(0, "k").Overwrite(0, "y");
  EXPECT_EQ(blob->view(), std::string(5000, 'x'));
  blob->Unref();
  End();
}

TEST_F(ShardCaptureTest, WhatIsNewIsNotSeen) {
  Set(0, "old", "v");
  Begin();
  Set(0, "new", "v");
  Set(0, "new", "w");
  Set(5, "new", "v");
  shard_.Erase(0, Find(0, "new"));
  Set(0, "new", "x");
  WalkAll(0);
  WalkAll(5);
  EXPECT_THAT(Seen(), ElementsAre("0 old=v"));
  EXPECT_THAT(CutNumbers(), ElementsAre(0));
  End();
}

TEST_F(ShardCaptureTest, BehindTheWalkNothingIsCaptured) {
  for (int i = 0; i < 1000; ++i) Set(0, std::to_string(i), "v");
  Begin();
  WalkAll(0);
  for (int i = 0; i < 1000; ++i) Set(0, std::to_string(i), "new");
  for (int i = 0; i < 1000; ++i) shard_.Erase(0, Find(0, std::to_string(i)));
  EXPECT_THAT(capture_.seen, IsEmpty());
  EXPECT_EQ(walked_.size(), 1000u);
  End();
}

TEST_F(ShardCaptureTest, AClearedDatabaseIsStillWalked) {
  for (int i = 0; i < 1000; ++i) Set(3, std::to_string(i), "v");
  Begin();
  EXPECT_FALSE(Step(3));
  EXPECT_EQ(shard_.Clear(3), 1000u);
  Set(3, "new", "v");
  EXPECT_THAT(CutNumbers(), ElementsAre(0, 3));
  WalkAll(3);
  EXPECT_EQ(Seen().size(), 1000u);
  End();
  EXPECT_EQ(shard_.size(3), 1u);
}

TEST_F(ShardCaptureTest, AClearedDatabaseGoesAwayWhenTheSnapshotIsAborted) {
  for (int i = 0; i < 1000; ++i) Set(3, std::to_string(i), std::string(3000, 'x'));
  Begin();
  shard_.Clear(3);
  End(/*completed=*/false);
  locks_.Unlock();
  keyspace_.lazy_free().Drain();
  EXPECT_EQ(keyspace_.lazy_free().freed_objects(), 1000u);
  locks_ = keyspace_.LockAll();
}

TEST_F(ShardCaptureTest, SwappedDatabasesKeepTheirNumbersOfTheCut) {
  Set(0, "a", "zero");
  Set(1, "b", "one");
  Begin();
  shard_.SwapDatabases(0, 1);
  shard_.SwapDatabases(1, 2);
  Set(0, "b", "changed");
  Set(2, "a", "changed");
  Set(0, "c", "new");
  EXPECT_THAT(capture_.seen, UnorderedElementsAre("1 b=one", "0 a=zero"));
  shard_.Clear(0);
  WalkAll(0);
  WalkAll(1);
  EXPECT_EQ(Seen().size(), 2u);
  End();
}

TEST_F(ShardCaptureTest, TagsOfAnAbortedSnapshotDoNotHideAnythingFromTheNext) {
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 100; ++i) Set(0, std::to_string(i), "old");
    locks_.Unlock();
    keyspace_.PrepareCut();
    locks_ = keyspace_.LockAll();
    ASSERT_TRUE(keyspace_.IsReadyForCut(locks_));
    capture_.seen.clear();
    Begin();
    for (int i = 0; i < 50; ++i) Set(0, std::to_string(i), "new");
    EXPECT_EQ(capture_.seen.size(), 50u) << round;
    End(/*completed=*/false);
  }
  capture_.seen.clear();
  locks_.Unlock();
  keyspace_.PrepareCut();
  locks_ = keyspace_.LockAll();
  Begin();
  WalkAll(0);
  EXPECT_EQ(walked_.size(), 100u);
  End();
}

// Random changes between the steps of the walk, enough to make the table split and merge.
TEST_F(ShardCaptureTest, TheCutIsSeenOnceWhateverHappensMeanwhile) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20; ++round) {
    locks_.Unlock();
    keyspace_.PrepareCut();
    locks_ = keyspace_.LockAll();
    std::multiset<std::string> expected;
    for (const int database : shard_.Databases()) {
      for (std::optional<uint64_t> at = 0; at;) {
        at = shard_.table(database)->Walk(*at, [&](const Entry* entry) {
          EXPECT_EQ(entry->tag(), 0) << round;
          expected.insert(DescribeEntry(database, *entry));
        });
      }
    }
    walked_.clear();
    capture_.seen.clear();
    Begin();
    // Grows by thousands of keys in even rounds, and shrinks again in odd ones.
    const bool grows = round % 2 == 0;
    for (int database = 0; database < 3; ++database) {
      do {
        for (int i = 0; i < 40; ++i) {
          const int where = static_cast<int>(random() % 3);
          const std::string key = std::to_string(random() % 20000);
          const auto place = Find(where, key);
          if (place && (!grows || random() % 4 == 0)) {
            shard_.Erase(where, place);
          } else if (place) {
            Edit(where, key).Append("+");
          } else if (grows) {
            Set(where, key, std::to_string(random() % 1000));
          }
        }
        if (random() % 500 == 0) shard_.SwapDatabases(0, static_cast<int>(random() % 3));
        if (random() % 2000 == 0) shard_.Clear(static_cast<int>(random() % 3));
      } while (!Step(database));
    }
    EXPECT_EQ(Seen(), expected) << round;
    End();
  }
}

}  // namespace
}  // namespace redstart
