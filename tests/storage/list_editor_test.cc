#include "storage/list_editor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <random>
#include <string>

#include "storage/keyspace.h"
#include "storage/value.h"

namespace redstart {
namespace {

class ListEditorTest : public testing::Test {
 protected:
  using Model = std::deque<std::string>;

  std::unique_ptr<ListEditor> Edit() {
    return std::make_unique<ListEditor>(EntrySlot(&shard_, 0, "key", position_, Find(), 77),
                                        limits_);
  }
  Shard::Place Find() { return shard_.Find(0, "key", position_); }
  std::string Encoding() { return std::string(EncodingName(*Find().node())); }
  Model Stored() {
    Model model;
    if (!Find()) return model;
    ListView(CollectionOf(*Find().node())).Visit(0, ListEnd::kTail, [&](const Element& element) {
      model.push_back(element.ToString());
      return true;
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

TEST_F(ListEditorTest, BecomesLargeBeyondTheLimitAndSmallAgainBelowHalfOfIt) {
  limits_.list_max_listpack_size = 4;
  auto list = Edit();
  for (const std::string_view text : {"1", "2", "3", "4"}) {
    list->PrepareFor({&text, 1});
    list->Push(ListEnd::kTail, text);
  }
  list->Commit();
  EXPECT_EQ(Encoding(), "listpack");
  const std::string_view more = "5";
  list->PrepareFor({&more, 1});
  list->Push(ListEnd::kTail, more);
  EXPECT_EQ(Encoding(), "quicklist");
  list->EraseRange(3, 2);
  EXPECT_EQ(Encoding(), "quicklist") << "three are more than half of four";
  list->EraseRange(2, 1);
  EXPECT_EQ(Encoding(), "listpack");
  EXPECT_EQ(Stored(), (Model{"1", "2"}));
}

TEST_F(ListEditorTest, ALargeElementThatIsReplacedLetsItShrink) {
  auto list = Edit();
  const std::string large(9000, 'x');
  const std::string_view text = large;
  list->PrepareFor({&text, 1});
  list->Push(ListEnd::kTail, text);
  EXPECT_EQ(Encoding(), "quicklist");
  EXPECT_TRUE(list->Set(0, "small"));
  EXPECT_EQ(Encoding(), "listpack");
  EXPECT_EQ(Stored(), (Model{"small"}));
}

TEST_F(ListEditorTest, RemoveBeginsAtEitherEnd) {
  limits_.list_max_listpack_size = 2;
  for (const bool large : {false, true}) {
    auto list = Edit();
    for (const std::string_view text : {"a", "x", "b", "x", "x", "c"}) {
      if (large) list->PrepareFor({&text, 1});
      list->Push(ListEnd::kTail, text);
    }
    EXPECT_EQ(list->Remove(ListEnd::kTail, 2, "x"), 2u);
    list->Commit();
    EXPECT_EQ(Stored(), (Model{"a", "x", "b", "c"}));
    EXPECT_EQ(list->Remove(ListEnd::kHead, 9, "x"), 1u);
    EXPECT_EQ(list->Remove(ListEnd::kHead, 9, "x"), 0u);
    list->Commit();
    EXPECT_EQ(Stored(), (Model{"a", "b", "c"}));
    list->Drop();
  }
}

TEST_F(ListEditorTest, EditsEqualThoseOfAModel) {
  std::mt19937 random(11);
  Model model;
  for (int round = 0; round < 60; ++round) {
    limits_.list_max_listpack_size = random() % 2 == 0 ? -1 : static_cast<int>(1 + random() % 50);
    const bool grows = round % 2 == 0;
    for (int command = 0; command < 80; ++command) {
      auto list = Edit();
      const std::string text = std::to_string(random() % 50) + std::string(random() % 40, 'y');
      const std::string_view view = text;
      const size_t at = model.empty() ? 0 : random() % model.size();
      list->PrepareFor({&view, 1});
      switch (random() % (grows ? 4 : 7)) {
        case 0:
          list->Push(ListEnd::kHead, text);
          model.push_front(text);
          break;
        case 1:
          list->Push(ListEnd::kTail, text);
          model.push_back(text);
          break;
        case 2: {
          const bool before = random() % 2 == 0;
          const std::string pivot = model.empty() ? "none" : model[at];
          const auto found = std::find(model.begin(), model.end(), pivot);
          ASSERT_EQ(list->Insert(before ? ListEnd::kHead : ListEnd::kTail, pivot, text),
                    found != model.end());
          if (found != model.end()) model.insert(before ? found : found + 1, text);
          break;
        }
        case 3:
          ASSERT_EQ(list->Set(static_cast<int64_t>(at), text), !model.empty());
          if (!model.empty()) model[at] = text;
          break;
        case 4: {
          const std::string victim = model.empty() ? "none" : model[at];
          const bool from_head = random() % 2 == 0;
          const size_t most = 1 + random() % 3;
          size_t removed = 0;
          for (; removed < most; ++removed) {
            const auto first = std::find(model.begin(), model.end(), victim);
            if (first == model.end()) break;
            const auto last = std::find(model.rbegin(), model.rend(), victim);
            model.erase(from_head ? first : last.base() - 1);
          }
          ASSERT_EQ(list->Remove(from_head ? ListEnd::kHead : ListEnd::kTail, most, victim),
                    removed);
          break;
        }
        default: {
          const size_t count = std::min<size_t>(model.size() - at, random() % 6);
          list->EraseRange(at, count);
          model.erase(model.begin() + static_cast<long>(at),
                      model.begin() + static_cast<long>(at + count));
        }
      }
      ASSERT_EQ(list->size(), model.size());
      if (list->empty()) {
        list->Drop();
      } else {
        list->Commit();
      }
      list.reset();
      ASSERT_EQ(Stored(), model);
    }
  }
}

}  // namespace
}  // namespace redstart
