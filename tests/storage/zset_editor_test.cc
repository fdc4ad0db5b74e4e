#include "storage/zset_editor.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "storage/keyspace.h"
#include "storage/value.h"

namespace redstart {
namespace {

using Pair = std::pair<double, std::string>;

class ZSetEditorTest : public testing::Test {
 protected:
  std::unique_ptr<ZSetEditor> Edit() { return std::make_unique<ZSetEditor>(Slot(), limits_); }
  EntrySlot Slot() { return EntrySlot(&shard_, 0, "key", position_, Find(), 77); }
  Shard::Place Find() { return shard_.Find(0, "key", position_); }
  std::string Encoding() { return std::string(EncodingName(*Find().node())); }
  ZSetView View() { return Find() ? ZSetView(CollectionOf(*Find().node())) : ZSetView(); }
  std::vector<Pair> Stored() {
    std::vector<Pair> all;
    View().ForEach(
        [&](const Element& member, double score) { all.emplace_back(score, member.ToString()); });
    return all;
  }

  CollectionLimits limits_;
  Keyspace keyspace_{64, 16, 1};
  const uint64_t hash_ = keyspace_.HashOf("key");
  const uint64_t position_ = keyspace_.PositionInShard(hash_);
  ShardLocks locks_ = keyspace_.LockShard(keyspace_.ShardOf(hash_));
  Shard& shard_ = locks_[keyspace_.ShardOf(hash_)];
};

TEST_F(ZSetEditorTest, KeepsItsElementsInOrder) {
  auto zset = Edit();
  EXPECT_TRUE(zset->Set("b", 2));
  EXPECT_TRUE(zset->Set("c", 1.5));
  EXPECT_TRUE(zset->Set("a", 2));
  EXPECT_FALSE(Find());
  zset->Commit();
  EXPECT_EQ(Stored(), (std::vector<Pair>{{1.5, "c"}, {2, "a"}, {2, "b"}}));
  EXPECT_FALSE(zset->Set("c", 3));
  zset->Commit();
  EXPECT_EQ(Stored(), (std::vector<Pair>{{2, "a"}, {2, "b"}, {3, "c"}}));
  EXPECT_TRUE(zset->Erase("a"));
  EXPECT_FALSE(zset->Erase("a"));
  zset->Commit();
  EXPECT_EQ(Stored(), (std::vector<Pair>{{2, "b"}, {3, "c"}}));
}

TEST_F(ZSetEditorTest, WholeScoresAreIntegersInTheListpack) {
  auto zset = Edit();
  zset->Set("a", 5);
  zset->Set("b", 1e15);
  zset->Set("c", 1e30);
  zset->Set("d", -0.0);
  zset->Commit();
  const ListpackView pack = View().listpack();
  EXPECT_EQ(pack.Get(pack.Seek(1)).integer(), 0) << "-0, as Redis has it";
  EXPECT_EQ(pack.Get(pack.Seek(3)).integer(), 5);
  EXPECT_EQ(pack.Get(pack.Seek(5)).integer(), 1000000000000000);
  EXPECT_EQ(pack.Get(pack.Seek(7)).ToString(), "1e+30");
}

TEST_F(ZSetEditorTest, BecomesLargeWhereRedisDoes) {
  auto zset = Edit();
  for (int i = 0; i < 128; ++i) zset->Set(std::to_string(i), i);
  zset->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  zset->Set("one more", 1);
  EXPECT_EQ(Encoding(), "skiplist");
  EXPECT_EQ(Stored().size(), 129u);
  zset->Drop();
  zset->Set(std::string(64, 'x'), 1);
  zset->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  zset->Set(std::string(65, 'x'), 1);
  EXPECT_EQ(Encoding(), "skiplist");
}

TEST_F(ZSetEditorTest, PrepareForCountsWhatWillCome) {
  auto zset = Edit();
  zset->PrepareFor(128, 64);
  EXPECT_FALSE(zset->view().is_large());
  zset->PrepareFor(1, 65);
  EXPECT_TRUE(zset->view().is_large());
  zset->Drop();
  zset->Set("a", 1);
  zset->PrepareFor(1, 65);
  EXPECT_FALSE(zset->view().is_large()) << "Redis looks at lengths for new keys only";
  zset->PrepareFor(129, 1);
  EXPECT_TRUE(zset->view().is_large());
}

// Small limits, so that every form is crossed many times: inside, outside, large, gone.
TEST_F(ZSetEditorTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(9);
  std::map<std::string, double> model;
  std::set<Pair> sorted;
  for (int round = 0; round < 60; ++round) {
    limits_.zset_max_listpack_entries = 20 + random() % 150;
    limits_.zset_max_listpack_value = random() % 3 == 0 ? 20 : 64;
    const bool grows = random() % 2 == 0;
    for (int command = 0; command < 60; ++command) {
      auto zset = Edit();
      for (uint32_t i = random() % 4; i > 0; --i) {
        std::string member = std::to_string(random() % 250);
        if (random() % 4 == 0) member.insert(0, random() % 40, 'x');
        const auto at = model.find(member);
        if (at != model.end()) sorted.erase({at->second, member});
        if (random() % 5 < (grows ? 1u : 3u)) {
          ASSERT_EQ(zset->Erase(member), model.erase(member) == 1);
        } else {
          const double score = static_cast<double>(static_cast<int>(random() % 40) - 20) / 4;
          ASSERT_EQ(zset->Set(member, score), model.insert_or_assign(member, score).second);
          sorted.emplace(score, member);
        }
        ASSERT_EQ(zset->size(), model.size());
      }
      if (random() % 40 == 0 && model.size() > 3) {
        const size_t count = 1 + random() % 3;
        zset->EraseRange(1, count);
        for (size_t i = 0; i < count; ++i) {
          const auto second = std::next(sorted.begin());
          model.erase(second->second);
          sorted.erase(second);
        }
      }
      if (zset->empty()) {
        zset->Drop();
      } else {
        zset->Commit();
      }
      zset.reset();
      ASSERT_EQ(Stored(), std::vector<Pair>(sorted.begin(), sorted.end()));
    }
    size_t rank = 0;
    for (const auto& [score, member] : sorted) {
      ASSERT_EQ(View().Score(member), score);
      ASSERT_EQ(View().RankOf(member)->rank, rank++);
    }
    if (round % 10 == 9) {
      Edit()->Drop();
      model.clear();
      sorted.clear();
    }
  }
}

}  // namespace
}  // namespace redstart
