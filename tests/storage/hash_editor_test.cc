#include "storage/hash_editor.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

#include "storage/keyspace.h"
#include "storage/value.h"

namespace redstart {
namespace {

class HashEditorTest : public testing::Test {
 protected:
  using Model = std::map<std::string, std::string>;

  std::unique_ptr<HashEditor> Edit() { return std::make_unique<HashEditor>(Slot(), limits_); }
  EntrySlot Slot() { return EntrySlot(&shard_, 0, "key", position_, Find(), 77); }
  Shard::Place Find() { return shard_.Find(0, "key", position_); }
  std::string Encoding() { return std::string(EncodingName(*Find().node())); }
  Model Stored() {
    Model model;
    if (!Find()) return model;
    HashView(CollectionOf(*Find().node())).ForEach([&](const Element& f, const Element& v) {
      EXPECT_TRUE(model.emplace(f.ToString(), v.ToString()).second);
    });
    return model;
  }

  CollectionLimits limits_;
  Keyspace keyspace_{64, 16, 1};
  const uint64_t hash_ = keyspace_.HashOf("key");
  const uint64_t position_ = keyspace_.PositionInShard(hash_);
  ShardLocks locks_ = keyspace_.LockShard(keyspace_.ShardOf(hash_));
  Shard& shard_ = locks_[keyspace_.ShardOf(hash_)];
};

TEST_F(HashEditorTest, NothingIsCreatedBeforeTheCommit) {
  auto hash = Edit();
  EXPECT_TRUE(hash->Set("f", "v"));
  EXPECT_FALSE(Find());
  hash->Commit();
  EXPECT_EQ(Stored(), (Model{{"f", "v"}}));
  EXPECT_EQ(Find().node()->access(), 77u);
}

TEST_F(HashEditorTest, AnUntouchedNewHashLeavesNoKey) {
  Edit()->Commit();
  EXPECT_FALSE(Find());
}

TEST_F(HashEditorTest, AValueOfTheSameLengthIsWrittenInPlace) {
  auto hash = Edit();
  hash->Set("f", "one");
  hash->Commit();
  const Entry* before = Find().node();
  EXPECT_FALSE(Edit()->Set("f", "two"));
  EXPECT_EQ(Find().node(), before);
  EXPECT_EQ(Stored(), (Model{{"f", "two"}}));
}

TEST_F(HashEditorTest, BecomesLargeWhereRedisDoes) {
  auto hash = Edit();
  for (int i = 0; i < 512; ++i) hash->Set(std::to_string(i), "v");
  hash->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  hash->Set("one more", "v");
  EXPECT_EQ(Encoding(), "hashtable");
  EXPECT_EQ(Stored().size(), 513u);
  hash->Drop();
  EXPECT_FALSE(Find());
  EXPECT_TRUE(hash->empty());
}

TEST_F(HashEditorTest, ALongValueMakesItLarge) {
  auto hash = Edit();
  hash->Set("f", std::string(64, 'x'));
  hash->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  hash->Set("f", std::string(65, 'x'));
  EXPECT_EQ(Encoding(), "hashtable");
}

TEST_F(HashEditorTest, PrepareForLooksAtAllThatWillCome) {
  limits_.hash_max_listpack_entries = 2;
  auto hash = Edit();
  hash->PrepareFor({"a", "1", "b", "2"});
  hash->Set("a", "1");
  hash->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  hash->PrepareFor({"a", "1", "a", "2", "a", "3"});
  EXPECT_EQ(Encoding(), "hashtable") << "Redis counts them without comparing";
}

TEST_F(HashEditorTest, OtherKeysMayComeAndGoMeanwhile) {
  auto hash = Edit();
  hash->Set("f", "v");
  for (int i = 0; i < 2000; ++i) {
    const std::string other = "other" + std::to_string(i);
    const uint64_t position = keyspace_.PositionInShard(keyspace_.HashOf(other));
    Entry* entry = Entry::New(shard_.slab(), other, {.payload_size = 8});
    shard_.Insert(0, entry, position);
  }
  hash->Commit();
  EXPECT_EQ(Stored(), (Model{{"f", "v"}}));
  auto again = Edit();
  for (int i = 0; i < 2000; ++i) {
    const std::string other = "other" + std::to_string(i);
    shard_.Erase(0, shard_.FindByName(0, other));
  }
  again->Set("g", "w");
  again->Commit();
  EXPECT_EQ(Stored(), (Model{{"f", "v"}, {"g", "w"}}));
}

// Small limits, so that every form is crossed in both directions many times: inside, outside,
// large, gone.
TEST_F(HashEditorTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(9);
  Model model;
  for (int round = 0; round < 60; ++round) {
    limits_.hash_max_listpack_entries = 20 + random() % 200;
    limits_.hash_max_listpack_value = random() % 3 == 0 ? 20 : 64;
    const bool grows = random() % 2 == 0;
    for (int command = 0; command < 60; ++command) {
      auto hash = Edit();
      for (uint32_t i = random() % 4; i > 0; --i) {
        const std::string field = std::to_string(random() % 150);
        if (random() % 5 < (grows ? 1u : 3u)) {
          ASSERT_EQ(hash->Erase(field), model.erase(field) == 1);
        } else {
          const std::string value(random() % 65, static_cast<char>('a' + i));
          ASSERT_EQ(hash->Set(field, value), model.insert_or_assign(field, value).second);
        }
        ASSERT_EQ(hash->size(), model.size());
      }
      if (hash->empty()) {
        hash->Drop();
      } else {
        hash->Commit();
      }
      hash.reset();
      ASSERT_EQ(Stored(), model);
    }
    if (round % 10 == 9) {
      Edit()->Drop();
      model.clear();
    }
  }
}

}  // namespace
}  // namespace redstart
