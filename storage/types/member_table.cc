#include "storage/types/member_table.h"

#include <cstdlib>
#include <new>

namespace redstart {

MemberNode* MemberNode::New(std::string_view member) {
  const bool is_long = member.size() >= kLong;
  const size_t before = sizeof(MemberNode) + (is_long ? sizeof(uint32_t) : 0);
  void* memory = std::malloc(before + member.size());
  if (memory == nullptr) throw std::bad_alloc();  // Ends the process, like any other allocation.
  auto* node = new (memory) MemberNode(is_long ? kLong : static_cast<uint8_t>(member.size()));
  char* body = static_cast<char*>(memory);
  if (is_long) {
    const auto size = static_cast<uint32_t>(member.size());
    std::memcpy(body + sizeof(MemberNode), &size, sizeof(size));
  }
  if (!member.empty()) std::memcpy(body + before, member.data(), member.size());
  return node;
}

void MemberNode::Delete(MemberNode* node) {
  std::free(node);
}

MemberTable::MemberTable() : table_(Policy{}, /*roots=*/1, /*reclaimer=*/nullptr) {}

MemberTable::~MemberTable() {
  for (std::optional<uint64_t> at = 0; at;) {
    at = table_.Drain(*at, [](MemberNode* node) { MemberNode::Delete(node); });
  }
}

size_t MemberTable::MemoryBytes() const {
  return sizeof(MemberTable) - sizeof(table_) + table_.MemoryBytes() + node_bytes_;
}

std::unique_ptr<Collection> MemberTable::Clone() const {
  auto copy = std::make_unique<MemberTable>();
  ForEach([&](const MemberNode& node) { copy->Add(node.member()); });
  return copy;
}

bool MemberTable::Add(std::string_view member) {
  const uint64_t position = MemberPosition(member);
  if (table_.Find(member, position)) return false;
  MemberNode* node = MemberNode::New(member);
  node_bytes_ += node->MemoryBytes();
  table_.Insert(node, position);
  return true;
}

bool MemberTable::Erase(std::string_view member) {
  const auto place = table_.Find(member, MemberPosition(member));
  if (!place) return false;
  MemberNode* node = place.node();
  table_.Erase(place);
  node_bytes_ -= node->MemoryBytes();
  MemberNode::Delete(node);
  return true;
}

}  // namespace redstart
