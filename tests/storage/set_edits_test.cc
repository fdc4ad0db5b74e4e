#include "storage/set_edits.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <string>

#include "storage/keyspace.h"
#include "storage/value.h"

namespace redstart {
namespace {

using Model = std::set<std::string>;

class SetEditsTest : public testing::Test {
 protected:
  std::unique_ptr<SetEditor> Edit() { return std::make_unique<SetEditor>(Slot(), limits_); }
  EntrySlot Slot() { return EntrySlot(&shard_, 0, "key", position_, Find(), 77); }
  Shard::Place Find() { return shard_.Find(0, "key", position_); }
  std::string Encoding() { return std::string(EncodingName(*Find().node())); }
  static Model MembersOf(const SetView& set) {
    Model model;
    set.ForEach(
        [&](const Element& member) { EXPECT_TRUE(model.insert(member.ToString()).second); });
    EXPECT_EQ(model.size(), set.size());
    return model;
  }
  Model Stored() { return Find() ? MembersOf(SetView(CollectionOf(*Find().node()))) : Model(); }

  CollectionLimits limits_;
  Keyspace keyspace_{64, 16, 1};
  const uint64_t hash_ = keyspace_.HashOf("key");
  const uint64_t position_ = keyspace_.PositionInShard(hash_);
  ShardLocks locks_ = keyspace_.LockShard(keyspace_.ShardOf(hash_));
  Shard& shard_ = locks_[keyspace_.ShardOf(hash_)];
};

TEST_F(SetEditsTest, NothingIsCreatedBeforeTheCommit) {
  auto set = Edit();
  EXPECT_TRUE(set->Add("m"));
  EXPECT_FALSE(set->Add("m"));
  EXPECT_FALSE(Find());
  set->Commit();
  EXPECT_EQ(Stored(), (Model{"m"}));
  EXPECT_EQ(Encoding(), "listpack");
}

TEST_F(SetEditsTest, IntegersStayAnIntSetUpToItsLimit) {
  auto set = Edit();
  for (int i = 0; i < 512; ++i) set->Add(std::to_string(i));
  set->Commit();
  EXPECT_EQ(Encoding(), "intset");
  set->Add("512");
  EXPECT_EQ(Encoding(), "hashtable");
  EXPECT_EQ(Stored().size(), 513u);
}

TEST_F(SetEditsTest, ATextMakesIntegersAListpackOrATable) {
  auto set = Edit();
  for (int i = 0; i < 127; ++i) set->Add(std::to_string(i));
  set->Add("text");
  set->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  set->Add("one more");
  EXPECT_EQ(Encoding(), "hashtable");
  set->Drop();
  for (int i = 0; i < 128; ++i) set->Add(std::to_string(i));
  set->Add("text");
  set->Commit();
  EXPECT_EQ(Encoding(), "hashtable");
}

TEST_F(SetEditsTest, LongMembersMakeATable) {
  auto set = Edit();
  set->Add(std::string(64, 'x'));
  set->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  set->Add(std::string(65, 'x'));
  EXPECT_EQ(Encoding(), "hashtable");
  set->Drop();
  // An integer's digits count, too.
  limits_.set_max_listpack_value = 5;
  set->Add("123456");
  set->Add("a");
  EXPECT_EQ(Encoding(), "hashtable");
}

TEST_F(SetEditsTest, PrepareForChoosesTheFormOfANewSetByItsFirstMember) {
  auto set = Edit();
  set->PrepareFor({"1", "a"});
  EXPECT_TRUE(set->view().is_int_set());
  set->Drop();
  set->PrepareFor({"a", "1"});
  EXPECT_TRUE(set->view().is_listpack());
  set->Add("a");
  set->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  set->Drop();
  EXPECT_FALSE(Find());
  limits_.set_max_listpack_entries = 1;
  set->PrepareFor({"a", "1"});
  EXPECT_TRUE(set->view().is_large());
}

TEST_F(SetEditsTest, PopRandomTakesEveryMemberOnce) {
  for (const char* const first : {"1", "x"}) {
    auto set = Edit();
    Model model = {first};
    set->Add(first);
    for (int i = 2; i < 50; ++i) {
      model.insert(std::to_string(i));
      set->Add(std::to_string(i));
    }
    while (!set->empty()) ASSERT_EQ(model.erase(set->PopRandom()), 1u);
    EXPECT_TRUE(model.empty());
    set->Drop();
  }
}

TEST_F(SetEditsTest, ABuiltSetMayPreferTheIntSet) {
  SetBuilder builder(limits_, Packing::kListpack);
  builder.Add("2");
  builder.Add("1");
  EXPECT_TRUE(builder.view().is_listpack());
  builder.PreferIntSet();
  EXPECT_TRUE(builder.view().is_int_set());
  builder.Add("x");
  builder.PreferIntSet();
  EXPECT_TRUE(builder.view().is_listpack());
  EXPECT_EQ(MembersOf(builder.view()), (Model{"1", "2", "x"}));
}

// Small limits, so that every form is crossed many times: inside, outside, large, gone.
TEST_F(SetEditsTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(9);
  Model model;
  for (int round = 0; round < 80; ++round) {
    limits_.set_max_intset_entries = 20 + random() % 200;
    limits_.set_max_listpack_entries = 20 + random() % 200;
    limits_.set_max_listpack_value = random() % 3 == 0 ? 20 : 64;
    const bool grows = random() % 2 == 0;
    const bool with_texts = random() % 2 == 0;
    for (int command = 0; command < 60; ++command) {
      auto set = Edit();
      for (uint32_t i = random() % 5; i > 0; --i) {
        std::string member = std::to_string(static_cast<int>(random() % 300) - 100);
        if (random() % 50 == 0) member += "000000000000";
        if (with_texts && random() % 2 == 0) member.insert(0, random() % 40, 'x');
        if (random() % 5 < (grows ? 1u : 3u)) {
          ASSERT_EQ(set->Erase(member), model.erase(member) == 1);
        } else {
          ASSERT_EQ(set->Add(member), model.insert(member).second);
        }
        ASSERT_EQ(set->size(), model.size());
        ASSERT_TRUE(model.empty() || set->view().Contains(*model.begin()));
      }
      if (set->empty()) {
        set->Drop();
      } else {
        set->Commit();
      }
      set.reset();
      ASSERT_EQ(Stored(), model);
    }
    if (round % 8 == 7) {
      Edit()->Drop();
      model.clear();
    }
  }
}

}  // namespace
}  // namespace redstart
