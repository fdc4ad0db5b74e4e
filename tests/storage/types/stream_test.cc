#include "storage/types/stream.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "storage/types/stream_node.h"

namespace redstart {
namespace {

using Fields = std::vector<std::string>;
using Model = std::map<StreamId, Fields>;

void Add(Stream* stream, StreamId id, const Fields& fields, StreamNodeLimits limits = {4096, 100}) {
  const std::vector<std::string_view> views(fields.begin(), fields.end());
  stream->Append(id, views, limits);
}

Model ContentOf(const Stream& stream, StreamId from = kFirstStreamId, StreamId to = kLastStreamId,
                bool reverse = false) {
  Model model;
  std::vector<StreamId> order;
  stream.VisitRange(from, to, reverse, [&](const StreamEntry& entry) {
    Fields fields;
    entry.ForEachField([&](const Element& field, const Element& value) {
      fields.push_back(field.ToString());
      fields.push_back(value.ToString());
    });
    EXPECT_EQ(fields.size(), entry.fields * 2);
    model.emplace(entry.id, fields);
    order.push_back(entry.id);
    return true;
  });
  for (size_t i = 1; i < order.size(); ++i) {
    EXPECT_EQ(order[i - 1] < order[i], !reverse);
  }
  return model;
}

TEST(StreamIdTest, IdsAreReadWrittenAndCounted) {
  EXPECT_EQ(ParseStreamId("5-3", 0), (StreamId{5, 3}));
  EXPECT_EQ(ParseStreamId("5", 7), (StreamId{5, 7}));
  EXPECT_EQ(ParseStreamId("18446744073709551615-18446744073709551615", 0), kLastStreamId);
  for (const char* bad :
       {"", "-", "x", "5-", "5-x", "-5", "5-3-1", "18446744073709551616-0", "5-*"}) {
    EXPECT_FALSE(ParseStreamId(bad, 0)) << bad;
  }
  EXPECT_EQ((StreamId{5, 3}).ToString(), "5-3");
  EXPECT_EQ((StreamId{5, UINT64_MAX}).Next(), (StreamId{6, 0}));
  EXPECT_EQ((StreamId{6, 0}).Previous(), (StreamId{5, UINT64_MAX}));
  EXPECT_FALSE(kLastStreamId.Next());
  EXPECT_FALSE(kFirstStreamId.Previous());
}

TEST(StreamTest, EntriesComeBackInBothDirections) {
  Stream stream;
  Add(&stream, {1, 1}, {"a", "1", "b", "2"});
  Add(&stream, {1, 2}, {"a", "3", "b", "4"});
  Add(&stream, {5, 0}, {"other", "x"});
  const Model all = {
      {{1, 1}, {"a", "1", "b", "2"}}, {{1, 2}, {"a", "3", "b", "4"}}, {{5, 0}, {"other", "x"}}};
  EXPECT_EQ(ContentOf(stream), all);
  EXPECT_EQ(ContentOf(stream, kFirstStreamId, kLastStreamId, true), all);
  EXPECT_EQ(ContentOf(stream, {1, 2}, {4, 9}).size(), 1u);
  EXPECT_EQ(ContentOf(stream, {1, 2}, {4, 9}, true).size(), 1u);
  EXPECT_EQ(stream.nodes().size(), 1u);
  EXPECT_TRUE(IsValidStreamNode(stream.nodes().begin()->second.bytes()));
}

TEST(StreamTest, ANodeIsFullAtItsLimits) {
  Stream by_count;
  for (uint64_t i = 1; i <= 10; ++i) Add(&by_count, {i, 0}, {"f", "v"}, {0, 4});
  EXPECT_EQ(by_count.nodes().size(), 3u);
  Stream by_bytes;
  for (uint64_t i = 1; i <= 10; ++i) Add(&by_bytes, {i, 0}, {"f", std::string(100, 'v')}, {250, 0});
  EXPECT_EQ(by_bytes.nodes().size(), 5u);
}

TEST(StreamTest, DeletingTheOldestEntryFindsTheNextOne) {
  Stream stream;
  for (uint64_t i = 1; i <= 5; ++i) Add(&stream, {i, 0}, {"f", "v"});
  EXPECT_TRUE(stream.Delete({1, 0}));
  EXPECT_FALSE(stream.Delete({1, 0}));
  EXPECT_EQ(stream.first_id(), (StreamId{2, 0}));
  EXPECT_EQ(stream.max_deleted_id(), (StreamId{1, 0}));
  EXPECT_EQ(stream.OldestId(), (StreamId{1, 0})) << "it is still there, with a flag";
  EXPECT_TRUE(stream.Delete({5, 0}));
  EXPECT_EQ(stream.LastLiveId(), (StreamId{4, 0}));
  EXPECT_EQ(stream.last_id(), (StreamId{5, 0}));
  for (uint64_t i = 2; i <= 4; ++i) stream.Delete({i, 0});
  EXPECT_EQ(stream.size(), 0u);
  EXPECT_TRUE(stream.nodes().empty());
  EXPECT_EQ(stream.first_id(), StreamId());
  EXPECT_EQ(stream.entries_added(), 5u);
}

TEST(StreamTest, TrimmingRemovesWholeNodesOrExactlyAsManyAsAsked) {
  const auto filled = [] {
    auto stream = std::make_unique<Stream>();
    for (uint64_t i = 1; i <= 100; ++i) Add(stream.get(), {i, 0}, {"f", "v"}, {0, 10});
    return stream;
  };
  auto exact = filled();
  EXPECT_EQ(exact->Trim({.max_length = 55}), 45u);
  EXPECT_EQ(exact->first_id(), (StreamId{46, 0}));
  auto approximate = filled();
  EXPECT_EQ(approximate->Trim({.max_length = 55, .is_approximate = true}), 40u);
  auto limited = filled();
  EXPECT_EQ(limited->Trim({.max_length = 0, .is_approximate = true, .limit = 35}), 30u);
  auto by_id = filled();
  EXPECT_EQ(by_id->Trim({.min_id = StreamId{33, 0}}), 32u);
  EXPECT_EQ(by_id->Trim({.min_id = StreamId{33, 0}}), 0u);
  EXPECT_EQ(by_id->Trim({.min_id = StreamId{99, 0}, .is_approximate = true}), 58u);
  EXPECT_EQ(by_id->Trim({.max_length = 0}), 10u);
  EXPECT_EQ(by_id->first_id(), StreamId());
}

TEST(StreamTest, ACopySharesNothing) {
  Stream stream;
  Add(&stream, {1, 0}, {"f", "v"});
  stream.groups().try_emplace("g", StreamId{1, 0}, 1);
  StreamGroup* group = stream.FindGroup("g");
  group->Assign({1, 0}, group->Create("c", 5));
  const auto clone = stream.Clone();
  auto& copy = static_cast<Stream&>(*clone);
  group->Acknowledge({1, 0});
  stream.Delete({1, 0});
  EXPECT_EQ(copy.size(), 1u);
  StreamGroup* other = copy.FindGroup("g");
  ASSERT_NE(other->FindPending({1, 0}), nullptr);
  EXPECT_EQ(other->FindPending({1, 0})->consumer, other->Find("c"));
  EXPECT_EQ(other->Delete(other->Find("c")), 1u);
  EXPECT_TRUE(other->pending().empty());
}

TEST(StreamTest, LagsCanBeToldUntilSomethingIsMissing) {
  Stream stream;
  for (uint64_t i = 1; i <= 5; ++i) Add(&stream, {i, 0}, {"f", "v"});
  StreamGroup group(StreamId(), StreamGroup::kUnknown);
  EXPECT_EQ(stream.LagOf(group), 5);
  group.last_id = {5, 0};
  EXPECT_EQ(stream.LagOf(group), 0);
  group.last_id = {3, 0};
  EXPECT_EQ(stream.LagOf(group), std::nullopt);
  group.entries_read = 3;
  EXPECT_EQ(stream.LagOf(group), 2);
  stream.Delete({4, 0});
  EXPECT_EQ(stream.LagOf(group), std::nullopt);
}

TEST(StreamTest, EveryOperationEqualsThatOfAModel) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 20; ++round) {
    Stream stream;
    Model model;
    const StreamNodeLimits limits = {round % 3 == 0 ? 200u : 0u, 1 + random() % 12};
    StreamId last;
    for (int step = 0; step < 600; ++step) {
      const size_t choice = random() % 20;
      if (choice < 12) {
        last = random() % 3 == 0 ? StreamId{last.ms, last.sequence + 1 + random() % 3}
                                 : StreamId{last.ms + 1 + random() % 5, random() % 2};
        Fields fields;
        for (uint64_t i = 0; i < 1 + random() % 3; ++i) {
          fields.push_back("field" + std::to_string(random() % 2));
          fields.push_back(random() % 2 == 0 ? std::to_string(random())
                                             : std::string(random() % 40, 'v'));
        }
        Add(&stream, last, fields, limits);
        model.emplace(last, fields);
      } else if (choice < 17 && !model.empty()) {
        auto victim = model.begin();
        std::advance(victim, random() % model.size());
        const StreamId id = random() % 5 == 0 ? StreamId{victim->first.ms, 77} : victim->first;
        ASSERT_EQ(stream.Delete(id), model.erase(id) == 1);
      } else if (choice == 17) {
        const uint64_t length = random() % 60;
        uint64_t removed = 0;
        for (; model.size() > length; ++removed) model.erase(model.begin());
        ASSERT_EQ(stream.Trim({.max_length = length}), removed);
      } else if (choice == 18 && !model.empty()) {
        auto at = model.begin();
        std::advance(at, random() % std::min<size_t>(model.size(), 10));
        const auto removed = static_cast<uint64_t>(std::distance(model.begin(), at));
        const StreamId id = at->first;
        model.erase(model.begin(), at);
        ASSERT_EQ(stream.Trim({.min_id = id}), removed);
      } else {
        const uint64_t length = random() % 60;
        const uint64_t removed = stream.Trim({.max_length = length, .is_approximate = true});
        for (uint64_t i = 0; i < removed; ++i) model.erase(model.begin());
        ASSERT_GE(stream.size(), std::min<size_t>(length, stream.size() + removed));
      }
      ASSERT_EQ(stream.size(), model.size());
      ASSERT_EQ(stream.first_id(), model.empty() ? StreamId() : model.begin()->first);
      if (!model.empty()) {
        ASSERT_EQ(stream.LastLiveId(), model.rbegin()->first);
        const StreamId from = {random() % (last.ms + 1), random() % 2};
        const StreamId to = {from.ms + random() % 10, random() % 3};
        const Model expected(model.lower_bound(from), std::max(from, to) == to
                                                          ? model.upper_bound(to)
                                                          : model.lower_bound(from));
        ASSERT_EQ(ContentOf(stream, from, to, random() % 2 == 0), expected);
      }
    }
    ASSERT_EQ(ContentOf(stream), model);
    for (const auto& [id, node] : stream.nodes()) ASSERT_TRUE(IsValidStreamNode(node.bytes()));
  }
}

}  // namespace
}  // namespace redstart
