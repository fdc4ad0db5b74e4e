#include "storage/base/table_core.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <vector>

#include "tests/storage/base/table_nodes.h"

namespace redstart {
namespace {

// Nodes that know their position, so that what a policy would compute can be counted.
struct PlainNode {
  uint64_t position;
};

struct Counted {
  int asked = 0;
  static uint64_t PositionOf(const void* policy, const void* node) {
    ++const_cast<Counted*>(static_cast<const Counted*>(policy))->asked;
    return static_cast<const PlainNode*>(node)->position;
  }
};

uint64_t* FindSlot(const TableCore& core, const PlainNode& node) {
  const Route route = core.directory().RouteOf(node.position);
  Segment* segment = core.directory().At(route).segment();
  for (int i = 0; i < segment->lines() - 1; ++i) {
    for (uint64_t& slot : segment->line(i)->slots) {
      if (slot::Node(slot) == &node) return &slot;
    }
  }
  for (uint64_t& slot : segment->overflow()) {
    if (slot::Node(slot) == &node) return &slot;
  }
  return nullptr;
}

std::vector<PlainNode> RandomNodes(size_t count) {
  std::vector<PlainNode> nodes;
  for (size_t i = 0; i < count; ++i) nodes.push_back({MixBits(i)});
  return nodes;
}

TEST(TableCoreTest, NoKeyIsTouchedUntilTheTagsAreUsedUp) {
  Counted counted;
  std::vector<PlainNode> nodes = RandomNodes(200000);
  TableCore core(1, nullptr, &counted, Counted::PositionOf);
  size_t i = 0;
  for (; i < 10000; ++i) core.Insert(&nodes[i], nodes[i].position);
  EXPECT_EQ(core.directory().depth(0), 5);
  EXPECT_EQ(counted.asked, 0);
  // Depth 10: tags have been derived anew once, each key at most twice.
  for (; i < nodes.size(); ++i) core.Insert(&nodes[i], nodes[i].position);
  EXPECT_GT(counted.asked, 10000);
  EXPECT_LT(counted.asked, 400000);
  for (const PlainNode& node : nodes) ASSERT_NE(FindSlot(core, node), nullptr);
}

TEST(TableCoreTest, MergingTouchesHardlyAnyKey) {
  Counted counted;
  std::vector<PlainNode> nodes = RandomNodes(100000);
  TableCore core(1, nullptr, &counted, Counted::PositionOf);
  for (PlainNode& node : nodes) core.Insert(&node, node.position);
  counted.asked = 0;
  for (size_t i = 0; i + 1000 < nodes.size(); ++i) {
    core.Erase(FindSlot(core, nodes[i]), nodes[i].position);
  }
  // Only those few that found no room in a line of a segment made smaller.
  EXPECT_LT(counted.asked, 100);
  EXPECT_LE(core.segment_count(), 16u);
  for (size_t i = nodes.size() - 1000; i < nodes.size(); ++i) {
    ASSERT_NE(FindSlot(core, nodes[i]), nullptr);
  }
}

TEST(TableCoreTest, RetiredSegmentsWaitForReadersInside) {
  Reclaimer reclaimer;
  Reclaimer::Reader reader(&reclaimer);
  Counted counted;
  std::vector<PlainNode> nodes = RandomNodes(2000);
  TableCore core(3, &reclaimer, &counted, Counted::PositionOf);
  reader.Enter();
  for (PlainNode& node : nodes) core.Insert(&node, node.position);
  EXPECT_GT(reclaimer.waiting(), 10u);
  for (const PlainNode& node : nodes) {
    core.PrefetchBucket(node.position);
    core.PrefetchNode(node.position);
  }
  reader.Exit();
  reclaimer.Collect();
  EXPECT_EQ(reclaimer.waiting(), 0u);
}

TEST(TableCoreTest, MemoryIsCountedToTheByte) {
  Counted counted;
  std::vector<PlainNode> nodes = RandomNodes(30000);
  for (size_t i = 0; i < 300; ++i) nodes[i].position = 12345;  // Some overflow arrays, too.
  TableCore core(4, nullptr, &counted, Counted::PositionOf);
  const auto measure = [&core] {
    size_t bytes = core.directory().MemoryBytes();
    for (uint32_t root = 0; root < 4; ++root) {
      const Segment* last = nullptr;
      for (uint64_t i = 0; i < uint64_t{1} << core.directory().depth(root); ++i) {
        const Segment* segment = core.directory().AtIndex(root, i).segment();
        if (segment != nullptr && segment != last) bytes += segment->MemoryBytes();
        last = segment;
      }
    }
    return bytes;
  };
  const size_t at_first = core.MemoryBytes();
  for (size_t i = 0; i < nodes.size(); ++i) {
    core.Insert(&nodes[i], nodes[i].position);
    if (i % 1000 == 0) {
      ASSERT_EQ(core.MemoryBytes(), measure());
    }
  }
  for (size_t i = 0; i < nodes.size(); ++i) {
    core.Erase(FindSlot(core, nodes[i]), nodes[i].position);
    if (i % 1000 == 0) {
      ASSERT_EQ(core.MemoryBytes(), measure());
    }
  }
  EXPECT_EQ(core.MemoryBytes(), at_first);
}

TEST(TableCoreTest, APassOverDeadlinesStopsWhenItsBudgetIsSpent) {
  Counted counted;
  std::vector<PlainNode> nodes = RandomNodes(100000);
  TableCore core(2, nullptr, &counted, Counted::PositionOf);
  for (PlainNode& node : nodes) {
    core.Insert(&node, node.position);
    core.NoteDeadline(node.position, 10);
  }
  uint64_t cursor = 0;
  size_t visited = 0;
  int calls = 1;
  const auto visit = [&visited](Segment* segment) {
    ++visited;
    segment->set_earliest_deadline(Segment::kNoDeadline);
    return true;
  };
  EXPECT_TRUE(core.ForEachDue(9, &cursor, visit));
  EXPECT_EQ(visited, 0u);
  while (!core.ForEachDue(10, &cursor, visit)) ++calls;
  EXPECT_EQ(visited, core.segment_count());
  EXPECT_GT(calls, 20);
}

}  // namespace
}  // namespace redstart
