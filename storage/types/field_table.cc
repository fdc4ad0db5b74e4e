#include "storage/types/field_table.h"

#include <cstdlib>
#include <limits>
#include <new>

namespace redstart {

FieldNode* FieldNode::New(std::string_view field, std::string_view value, uint64_t deadline) {
  const bool is_long = field.size() > std::numeric_limits<uint8_t>::max() ||
                       value.size() > std::numeric_limits<uint16_t>::max();
  const size_t before = (deadline != kNever ? 8 : 0) + (is_long ? 8 : 0);
  void* memory = std::malloc(sizeof(FieldNode) + before + field.size() + value.size());
  if (memory == nullptr) throw std::bad_alloc();  // Ends the process, like any other allocation.
  auto* node = new (memory) FieldNode();
  char* at = node->body();
  if (deadline != kNever) {
    node->flags_ |= kHasDeadline;
    std::memcpy(at, &deadline, sizeof(deadline));
    at += 8;
  }
  if (is_long) {
    node->flags_ |= kLong;
    const uint32_t sizes[] = {static_cast<uint32_t>(field.size()),
                              static_cast<uint32_t>(value.size())};
    std::memcpy(at, sizes, sizeof(sizes));
    at += sizeof(sizes);
  } else {
    node->short_field_ = static_cast<uint8_t>(field.size());
    node->short_value_ = static_cast<uint16_t>(value.size());
  }
  if (!field.empty()) std::memcpy(at, field.data(), field.size());
  if (!value.empty()) std::memcpy(at + field.size(), value.data(), value.size());
  return node;
}

void FieldNode::Delete(FieldNode* node) {
  std::free(node);
}

FieldTable::FieldTable() : table_(Policy{}, /*roots=*/1, /*reclaimer=*/nullptr) {}

FieldTable::~FieldTable() {
  for (std::optional<uint64_t> at = 0; at;) {
    at = table_.Drain(*at, [](FieldNode* node) { FieldNode::Delete(node); });
  }
}

size_t FieldTable::MemoryBytes() const {
  return sizeof(FieldTable) - sizeof(table_) + table_.MemoryBytes() + node_bytes_;
}

std::unique_ptr<Collection> FieldTable::Clone() const {
  auto copy = std::make_unique<FieldTable>();
  ForEach([&](const FieldNode& node) { copy->Set(node.field(), node.value(), node.deadline()); });
  return copy;
}

const FieldNode* FieldTable::Find(std::string_view field) const {
  const auto place = table_.Find(field, MemberPosition(field));
  return place ? place.node() : nullptr;
}

bool FieldTable::Set(std::string_view field, std::string_view value, uint64_t deadline) {
  const uint64_t position = MemberPosition(field);
  const auto place = table_.Find(field, position);
  if (place) {
    FieldNode* before = place.node();
    if (before->value().size() == value.size() && before->deadline() == deadline) {
      before->OverwriteValue(value);
      return false;
    }
  }
  FieldNode* node = FieldNode::New(field, value, deadline);
  node_bytes_ += node->MemoryBytes();
  if (place) {
    FieldNode* before = place.node();
    node_bytes_ -= before->MemoryBytes();
    table_.Replace(place, node);
    FieldNode::Delete(before);
  } else {
    table_.Insert(node, position);
  }
  if (deadline != FieldNode::kNever) table_.NoteDeadline(position, deadline);
  return !place;
}

bool FieldTable::Erase(std::string_view field) {
  const auto place = table_.Find(field, MemberPosition(field));
  if (!place) return false;
  FieldNode* node = place.node();
  table_.Erase(place);
  node_bytes_ -= node->MemoryBytes();
  FieldNode::Delete(node);
  return true;
}

}  // namespace redstart
