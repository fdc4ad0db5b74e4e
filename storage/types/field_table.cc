#include "storage/types/field_table.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

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
  const bool has_deadline = deadline != FieldNode::kNever;
  if (place) {
    FieldNode* before = place.node();
    if (before->value().size() == value.size() && before->has_deadline() == has_deadline) {
      before->OverwriteValue(value);
      if (before->deadline() == deadline) return false;
      before->set_deadline(deadline);
      NoteDeadline(position, deadline);
      return false;
    }
  }
  FieldNode* node = FieldNode::New(field, value, deadline);
  node_bytes_ += node->MemoryBytes();
  with_deadline_ += has_deadline;
  if (place) {
    FieldNode* before = place.node();
    node_bytes_ -= before->MemoryBytes();
    with_deadline_ -= before->has_deadline();
    table_.Replace(place, node);
    FieldNode::Delete(before);
  } else {
    table_.Insert(node, position);
  }
  if (has_deadline) NoteDeadline(position, deadline);
  return !place;
}

void FieldTable::NoteDeadline(uint64_t position, uint64_t deadline) {
  table_.NoteDeadline(position, deadline);
  const bool is_first = with_deadline_ == 1 || earliest_ == FieldNode::kNever;
  earliest_ = is_first ? deadline : std::min(earliest_, deadline);
}

bool FieldTable::Erase(std::string_view field) {
  const auto place = table_.Find(field, MemberPosition(field));
  if (!place) return false;
  Unlink(place);
  return true;
}

void FieldTable::Unlink(Table<Policy>::Place place) {
  FieldNode* node = place.node();
  table_.Erase(place);
  node_bytes_ -= node->MemoryBytes();
  with_deadline_ -= node->has_deadline();
  FieldNode::Delete(node);
}

bool FieldTable::EraseDue(uint64_t now, size_t max,
                          absl::FunctionRef<void(std::string_view field)> erased) {
  std::vector<FieldNode*> due;
  const bool at_end = table_.CollectDue(now - 1, &sweep_, max, &due);
  for (const FieldNode* node : due) {
    erased(node->field());
    Unlink(table_.Find(node->field(), MemberPosition(node->field())));
  }
  if (at_end) earliest_ = table_.EarliestDeadline();
  return at_end;
}

}  // namespace redstart
