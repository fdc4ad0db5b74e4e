#ifndef REDSTART_TESTS_STORAGE_BASE_TABLE_NODES_H_
#define REDSTART_TESTS_STORAGE_BASE_TABLE_NODES_H_

// Nodes for tests of the table: a numbered key and a deadline. The policy's hash can be made as bad
// as a test wants by masking bits of the positions away.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/base/table.h"

namespace redstart {

struct TestNode {
  std::string key;
  uint64_t deadline = 0;
};

// A bijective mix (the finalizer of SplitMix64), so that different numbers have different
// positions.
inline uint64_t MixBits(uint64_t x) {
  x += 0x9E3779B97F4A7C15;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
  return x ^ (x >> 31);
}

struct TestPolicy {
  using Node = TestNode;
  uint64_t mask = ~uint64_t{0};  // Position bits that differ from key to key.

  static bool KeyEquals(const Node& node, std::string_view key) { return node.key == key; }
  uint64_t Position(std::string_view key) const {
    uint64_t number = 0;
    for (const char c : key) number = number * 10 + static_cast<uint64_t>(c - '0');
    return (MixBits(number) & mask) | (0x5A5A5A5A5A5A5A5A & ~mask);
  }
  uint64_t PositionOf(const Node& node) const { return Position(node.key); }
  static uint64_t DeadlineOf(const Node& node) { return node.deadline; }
};

using TestTable = Table<TestPolicy>;

// A table together with the nodes in it, by number.
class OwnedTable {
 public:
  explicit OwnedTable(int roots = 1, TestPolicy policy = {}, Reclaimer* reclaimer = nullptr)
      : policy_(policy), table_(policy, roots, reclaimer) {}

  TestTable& table() { return table_; }
  std::unordered_map<uint64_t, std::unique_ptr<TestNode>>& nodes() { return nodes_; }
  uint64_t PositionOf(uint64_t number) const { return policy_.Position(std::to_string(number)); }

  TestTable::Place Find(uint64_t number) {
    return table_.Find(std::to_string(number), PositionOf(number));
  }
  void Insert(uint64_t number, uint64_t deadline = 0) {
    auto node = std::make_unique<TestNode>(TestNode{std::to_string(number), deadline});
    table_.Insert(node.get(), PositionOf(number));
    table_.NoteDeadline(PositionOf(number), deadline);
    nodes_[number] = std::move(node);
  }
  void Replace(uint64_t number) {
    auto node = std::make_unique<TestNode>(*nodes_.at(number));
    table_.Replace(Find(number), node.get());
    nodes_[number] = std::move(node);
  }
  void Erase(uint64_t number) {
    table_.Erase(Find(number));
    nodes_.erase(number);
  }

 private:
  TestPolicy policy_;
  TestTable table_;
  std::unordered_map<uint64_t, std::unique_ptr<TestNode>> nodes_;
};

}  // namespace redstart

#endif  // REDSTART_TESTS_STORAGE_BASE_TABLE_NODES_H_
