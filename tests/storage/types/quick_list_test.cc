#include "storage/types/quick_list.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <string>

namespace redstart {
namespace {

using Model = std::deque<std::string>;

Model ContentOf(const QuickList& list, ListEnd towards = ListEnd::kTail) {
  Model model;
  auto at = towards == ListEnd::kTail ? list.First() : list.Last();
  for (; at; at = list.Step(at, towards)) model.push_back(list.Get(at).ToString());
  return model;
}

size_t NodesOf(const QuickList& list) {
  size_t nodes = 0;
  for (const auto* node = list.head(); node != nullptr; node = node->next) {
    EXPECT_GT(node->count, 0u);
    EXPECT_EQ(node->is_plain() ? 1 : ListpackView(node->bytes()).size(), node->count);
    ++nodes;
  }
  return nodes;
}

// Puts the threshold back whatever the test does.
class QuickListTest : public testing::Test {
 protected:
  ~QuickListTest() override { QuickList::SetPlainThreshold(0); }

  QuickList list_;
  ListNodeLimit limit_{-2};
};

TEST_F(QuickListTest, PushesAtBothEnds) {
  list_.Push(ListEnd::kTail, "b", limit_);
  list_.Push(ListEnd::kTail, "c", limit_);
  list_.Push(ListEnd::kHead, "1", limit_);
  EXPECT_EQ(ContentOf(list_), (Model{"1", "b", "c"}));
  EXPECT_EQ(ContentOf(list_, ListEnd::kHead), (Model{"c", "b", "1"}));
  EXPECT_EQ(list_.size(), 3u);
  EXPECT_TRUE(list_.Is(list_.First(), "1"));
}

TEST_F(QuickListTest, ANodeTakesWhatTheLimitAllows) {
  const ListNodeLimit three(3);
  for (int i = 0; i < 7; ++i) list_.Push(ListEnd::kTail, std::to_string(i), three);
  EXPECT_EQ(NodesOf(list_), 3u);
  EXPECT_EQ(list_.head()->count, 3u);
}

TEST_F(QuickListTest, NodesAreLimitedInBytesToo) {
  for (int i = 0; i < 10; ++i) list_.Push(ListEnd::kTail, std::string(3000, 'x'), limit_);
  EXPECT_EQ(NodesOf(list_), 5u);
  const ListNodeLimit many(1000);
  for (int i = 0; i < 10; ++i) list_.Push(ListEnd::kHead, std::string(3000, 'x'), many);
  EXPECT_EQ(NodesOf(list_), 10u) << "8 KiB are enough whatever the number";
}

TEST_F(QuickListTest, ALimitOfZeroElementsMeansOne) {
  EXPECT_FALSE(ListNodeLimit(0).IsExceededBy(100, 1));
  EXPECT_TRUE(ListNodeLimit(0).IsExceededBy(100, 2));
  EXPECT_TRUE(ListNodeLimit(-1).IsExceededBy(4097, 1));
  EXPECT_FALSE(ListNodeLimit(-5).IsExceededBy(65536, 1));
  EXPECT_TRUE(ListNodeLimit(-99).IsExceededBy(65537, 1));
}

TEST_F(QuickListTest, LargeElementsStandInNodesOfTheirOwn) {
  QuickList::SetPlainThreshold(4);
  list_.Push(ListEnd::kTail, "ab", limit_);
  list_.Push(ListEnd::kTail, "large", limit_);
  list_.Push(ListEnd::kTail, "12345", limit_);
  EXPECT_EQ(NodesOf(list_), 3u);
  EXPECT_TRUE(list_.Last().node->is_plain());
  list_.Replace(list_.Last(), "c", limit_);
  list_.Replace(list_.First(), "larger", limit_);
  EXPECT_EQ(ContentOf(list_), (Model{"larger", "large", "c"}));
}

TEST_F(QuickListTest, ALargeElementCutsAListpackInTwo) {
  QuickList::SetPlainThreshold(4);
  for (const char* text : {"1", "2", "3"}) list_.Push(ListEnd::kTail, text, limit_);
  list_.InsertBefore(list_.Seek(1), "large", limit_);
  EXPECT_EQ(ContentOf(list_), (Model{"1", "large", "2", "3"}));
  EXPECT_EQ(NodesOf(list_), 3u);
  list_.Erase(list_.Seek(1), ListEnd::kTail);
  list_.InsertAfter(list_.Seek(0), "x", limit_);
  EXPECT_EQ(ContentOf(list_), (Model{"1", "x", "2", "3"}));
}

TEST_F(QuickListTest, CloneSharesNothing) {
  for (int i = 0; i < 1000; ++i) list_.Push(ListEnd::kTail, std::to_string(i), limit_);
  const auto copy = list_.Clone();
  list_.EraseRange(0, 1000);
  EXPECT_EQ(list_.size(), 0u);
  EXPECT_EQ(copy->size(), 1000u);
  EXPECT_EQ(ContentOf(static_cast<QuickList&>(*copy)).back(), "999");
}

TEST_F(QuickListTest, MemoryBytesGoDownToNothing) {
  const size_t empty = list_.MemoryBytes();
  for (int i = 0; i < 5000; ++i) list_.Push(ListEnd::kHead, std::to_string(i), limit_);
  EXPECT_GT(list_.MemoryBytes(), empty + 5000 * 3);
  list_.EraseRange(0, list_.size());
  EXPECT_EQ(list_.MemoryBytes(), empty);
}

// Random operations, with small nodes and now and then a large element.
TEST_F(QuickListTest, EveryOperationEqualsThatOfAModel) {
  QuickList::SetPlainThreshold(40);
  std::mt19937 random(5);
  Model model;
  const auto text = [&] {
    const uint32_t kind = random() % 10;
    if (kind < 4) return std::to_string(random() % 100000);
    return std::string(kind == 9 ? 40 + random() % 20 : random() % 30, 'a' + random() % 26);
  };
  for (int i = 0; i < 20'000; ++i) {
    const ListNodeLimit limit(static_cast<int>(1 + random() % 8));
    const bool grows = model.size() < 40 || (i / 1000 % 2 == 0 && model.size() < 400);
    const size_t at = model.empty() ? 0 : random() % model.size();
    const std::string element = text();
    const auto position = list_.Seek(static_cast<int64_t>(at));
    switch (random() % (grows ? 6 : 9)) {
      case 0:
        list_.Push(ListEnd::kHead, element, limit);
        model.push_front(element);
        break;
      case 1:
        list_.Push(ListEnd::kTail, element, limit);
        model.push_back(element);
        break;
      case 2:
      case 3:
        if (model.empty()) break;
        list_.InsertBefore(position, element, limit);
        model.insert(model.begin() + static_cast<long>(at), element);
        break;
      case 4:
        if (model.empty()) break;
        list_.InsertAfter(position, element, limit);
        model.insert(model.begin() + static_cast<long>(at) + 1, element);
        break;
      case 5:
        if (model.empty()) break;
        list_.Replace(position, element, limit);
        model[at] = element;
        break;
      case 6:
      case 7: {
        if (model.empty()) break;
        const ListEnd towards = random() % 2 == 0 ? ListEnd::kHead : ListEnd::kTail;
        const auto next = list_.Erase(position, towards);
        model.erase(model.begin() + static_cast<long>(at));
        const size_t expected = towards == ListEnd::kTail ? at : at - 1;
        ASSERT_EQ(static_cast<bool>(next), expected < model.size());
        if (next) {
          ASSERT_EQ(list_.Get(next).ToString(), model[expected]);
        }
        break;
      }
      case 8: {
        const size_t count =
            std::min<size_t>(model.size() - std::min(at, model.size()), random() % 8);
        list_.EraseRange(at, count);
        model.erase(model.begin() + static_cast<long>(at),
                    model.begin() + static_cast<long>(at + count));
        break;
      }
    }
    ASSERT_EQ(list_.size(), model.size());
    if (i % 50 == 0) {
      ASSERT_EQ(ContentOf(list_), model);
      NodesOf(list_);
    }
    if (!model.empty()) {
      const auto index = static_cast<int64_t>(random() % model.size());
      ASSERT_EQ(list_.Get(list_.Seek(index)).ToString(), model[static_cast<size_t>(index)]);
      ASSERT_EQ(list_.Get(list_.Seek(-index - 1)).ToString(),
                model[model.size() - 1 - static_cast<size_t>(index)]);
    }
  }
}

}  // namespace
}  // namespace redstart
