#include "storage/disk/snapshot.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>

#include "storage/disk/rdb_reader.h"
#include "storage/string_editor.h"
#include "tests/storage/disk/string_sink.h"

namespace redstart {
namespace {

using Content = std::map<std::pair<int, std::string>, std::string>;

// What a file holds; a key that stands in it twice is an error.
Content ContentOf(std::string_view file) {
  Content content;
  RdbReader reader(file, {.databases = 2000});
  RdbRecord record;
  EXPECT_TRUE(reader.ReadHead());
  for (;;) {
    const RdbReader::Item item = reader.Next(&record);
    if (item == RdbReader::Item::kEnd) return content;
    if (item == RdbReader::Item::kDamaged) {
      ADD_FAILURE() << reader.error();
      return content;
    }
    if (item != RdbReader::Item::kKey) continue;
    const bool added =
        content.emplace(std::pair(record.database, std::string(record.key)), record.text).second;
    EXPECT_TRUE(added) << record.key;
  }
}

class SnapshotTest : public testing::Test {
 protected:
  void Set(int database, const std::string& key, std::string_view text) {
    const uint64_t hash = keyspace_.HashOf(key);
    const uint64_t position = keyspace_.PositionInShard(hash);
    keyspace_.AwaitRoom();
    const ShardLocks locks = keyspace_.LockShard(keyspace_.ShardOf(hash));
    Shard& shard = locks[keyspace_.ShardOf(hash)];
    if (const auto place = shard.Find(database, key, position)) {
      StringEditor(EntrySlot(&shard, database, key, position, place, 0)).Assign(text, true);
    } else {
      shard.Insert(database, NewStringEntry(shard.slab(), key, text, true, Entry::kNever),
                   position);
    }
  }
  void Erase(int database, const std::string& key) {
    const uint64_t hash = keyspace_.HashOf(key);
    const ShardLocks locks = keyspace_.LockShard(keyspace_.ShardOf(hash));
    Shard& shard = locks[keyspace_.ShardOf(hash)];
    if (const auto place = shard.FindByName(database, key)) shard.Erase(database, place);
  }
  // What is in the keyspace now, as SAVE would write it.
  Content Now() {
    StringSink sink;
    Snapshot snapshot(&keyspace_, {});
    EXPECT_TRUE(snapshot.WriteLocked(keyspace_.LockAll(), &sink).ok());
    return ContentOf(sink.bytes);
  }

  Keyspace keyspace_{16, 2000, 99};
  Snapshot* snapshot_ = nullptr;  // For what is called back.
};

TEST_F(SnapshotTest, TheLockedAndTheUnlockedWalkWriteTheSame) {
  for (int i = 0; i < 3000; ++i) {
    Set(i % 3 * 20, std::string("key:").append(std::to_string(i)),
        std::string(i % 2500, 'a' + i % 26));
  }
  StringSink sink;
  Snapshot snapshot(&keyspace_, {.facts = {{"redis-ver", "7.2.6"}}});
  snapshot.Cut(keyspace_.LockAll());
  ASSERT_TRUE(snapshot.Write(&sink).ok());
  EXPECT_EQ(ContentOf(sink.bytes), Now());
  EXPECT_EQ(snapshot.keys_written(), 3000u);
  EXPECT_EQ(snapshot.keys_in_all(), 3000u);
  EXPECT_EQ(snapshot.bytes_captured(), 0u);
}

TEST_F(SnapshotTest, AnEmptyKeyspaceMakesAnEmptyFile) {
  EXPECT_TRUE(Now().empty());
}

TEST_F(SnapshotTest, WhatChangesBetweenCutAndWriteIsWrittenAsItWas) {
  for (int i = 0; i < 2000; ++i)
    Set(i % 2, std::to_string(i), std::string("old").append(std::to_string(i)));
  Set(0, "long", std::string(100'000, 'x'));
  const Content expected = Now();
  StringSink sink;
  Snapshot snapshot(&keyspace_, {});
  snapshot.Cut(keyspace_.LockAll());
  for (int i = 0; i < 2000; i += 2) Set(0, std::to_string(i), i % 4 == 0 ? "new" : "12345678");
  for (int i = 1; i < 2000; i += 2) Erase(1, std::to_string(i));
  Set(0, "long", "short");
  Set(7, "new", "x");
  ASSERT_TRUE(snapshot.Write(&sink).ok());
  EXPECT_EQ(ContentOf(sink.bytes), expected);
  EXPECT_GT(snapshot.bytes_captured(), 100'000u);
  EXPECT_EQ(snapshot.bytes_waiting(), 0u);
}

TEST_F(SnapshotTest, DatabasesThatAreClearedAndSwappedAreWrittenAsTheyWere) {
  for (int i = 0; i < 2000; ++i) Set(i % 4, std::to_string(i), "v");
  const Content expected = Now();
  StringSink sink;
  Snapshot snapshot(&keyspace_, {});
  snapshot.Cut(keyspace_.LockAll());
  {
    const ShardLocks all = keyspace_.LockAll();
    for (size_t i = 0; i < keyspace_.shard_count(); ++i) {
      all[i].SwapDatabases(0, 1);
      all[i].Clear(1);
      all[i].SwapDatabases(2, 100);
      all[i].Clear(3);
    }
  }
  for (int i = 0; i < 100; ++i) Set(3, std::to_string(i), "new");
  ASSERT_TRUE(snapshot.Write(&sink).ok());
  EXPECT_EQ(ContentOf(sink.bytes), expected);
}

TEST_F(SnapshotTest, AnAbortedSnapshotLeavesNoTrace) {
  for (int round = 0; round < 40; ++round) {
    for (int i = 0; i < 500; ++i) Set(0, std::to_string(i), std::to_string(round * i));
    const Content expected = Now();
    StringSink sink;
    keyspace_.PrepareCut();
    Snapshot snapshot(&keyspace_, {.after_key = [&](const std::atomic<bool>&) {
      if (round % 20 != 19) snapshot_->RequestAbort();
    }});
    snapshot_ = &snapshot;
    snapshot.Cut(keyspace_.LockAll());
    for (int i = 0; i < 500; i += 3) Set(0, std::to_string(i), "changed");
    const absl::Status status = snapshot.Write(&sink);
    if (round % 20 != 19) {
      EXPECT_TRUE(absl::IsAborted(status));
    } else {
      EXPECT_TRUE(status.ok());
      EXPECT_EQ(ContentOf(sink.bytes), expected);
    }
  }
}

TEST_F(SnapshotTest, ASinkThatFailsEndsIt) {
  for (int i = 0; i < 5000; ++i) Set(0, std::to_string(i), std::string(100, 'x'));
  StringSink sink;
  sink.room = 100;
  Snapshot snapshot(&keyspace_, {.rdb = {.compression = RdbCompression::kOff}});
  snapshot.Cut(keyspace_.LockAll());
  EXPECT_TRUE(absl::IsResourceExhausted(snapshot.Write(&sink)));
  Set(0, "1", "still works");
}

TEST_F(SnapshotTest, ASnapshotThatIsNeverWrittenEndsWithItsLife) {
  Set(0, "k", "v");
  {
    Snapshot snapshot(&keyspace_, {});
    snapshot.Cut(keyspace_.LockAll());
    Set(0, "k", "other");
  }
  EXPECT_EQ(Now().size(), 1u);
}

// A writer changes everything again and again while a slow snapshot runs: the writer is held up
// rather than memory spent.
TEST_F(SnapshotTest, WritersWaitWhenTheBudgetIsSpent) {
  constexpr int kKeys = 4000;
  constexpr size_t kBudget = 100'000;
  for (int i = 0; i < kKeys; ++i) Set(i % 2, std::to_string(i), std::string(200, 'x'));
  const Content expected = Now();
  uint64_t most = 0;
  StringSink sink;
  Snapshot snapshot(&keyspace_, {.capture_budget = kBudget, .after_key = [&](const auto&) {
                                   most = std::max(most, snapshot_->bytes_waiting());
                                   std::this_thread::sleep_for(std::chrono::microseconds(20));
                                 }});
  snapshot_ = &snapshot;
  snapshot.Cut(keyspace_.LockAll());
  std::thread writer([&] {
    for (int i = kKeys - 1; i >= 0; --i) Set(i % 2, std::to_string(i), "new");
  });
  EXPECT_TRUE(snapshot.Write(&sink).ok());
  writer.join();
  EXPECT_EQ(ContentOf(sink.bytes), expected);
  EXPECT_LT(most, kBudget + 1000);
  EXPECT_GT(snapshot.bytes_captured(), kBudget);
}

}  // namespace
}  // namespace redstart
