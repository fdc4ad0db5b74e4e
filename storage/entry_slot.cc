#include "storage/entry_slot.h"

namespace redstart {

const Shard::Place& EntrySlot::place() {
  if (version_ != shard_->layout_version()) {
    place_ = shard_->Find(database_, key_, position_);
    version_ = shard_->layout_version();
  }
  return place_;
}

char* EntrySlot::Reshape(ValueType type, uint8_t encoding, size_t payload_size) {
  Entry* before = Edit();
  if (before != nullptr && before->payload_size() == payload_size && before->type() == type) {
    before->set_encoding(encoding);
    return before->payload();
  }
  Entry* moved = Entry::New(shard_->slab(), key_,
                            {.type = type,
                             .encoding = encoding,
                             .deadline = before == nullptr ? Entry::kNever : before->deadline(),
                             .payload_size = payload_size});
  moved->set_access(before == nullptr ? access_ : before->access());
  if (before != nullptr) {
    shard_->ReplaceShell(database_, place_, moved, position_);
    version_ = shard_->layout_version();  // The place holds the new entry.
  } else {
    shard_->Insert(database_, moved, position_);
  }
  return moved->payload();
}

void EntrySlot::NoteFieldDeadlines(bool has_any) {
  if (place()) shard_->NoteFieldDeadlines(database_, place_, position_, has_any);
}

void EntrySlot::Erase() {
  if (place()) shard_->Erase(database_, place_);
}

}  // namespace redstart
