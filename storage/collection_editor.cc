#include "storage/collection_editor.h"

#include <cstring>
#include <utility>

namespace redstart {
namespace {

// A block that has shrunk below this moves back into its entry. Well below the limit for moving
// out, so that a value at that limit does not go back and forth.
constexpr size_t kMovesInside = kMaxInlinePacked / 2;

}  // namespace

CollectionEditor::CollectionEditor(const EntrySlot& slot, ValueType type, Packing packing,
                                   std::string_view empty)
    : slot_(slot), type_(type), packing_(packing), empty_packing_(packing), empty_(empty) {
  Open();
}

void CollectionEditor::Open() {
  // A snapshot sees the value before anything can change it, here and in the large forms.
  Entry* entry = slot_.Edit();
  if (entry == nullptr) {
    packing_ = empty_packing_;
    store_.SetScratch(empty_);
    return;
  }
  const CollectionForm form(entry->encoding());
  if (form.is_object()) {
    std::memcpy(&object_, entry->payload(), sizeof(object_));
    return;
  }
  packing_ = form.packing();
  if (form.is_outside()) {
    std::memcpy(&block_, entry->payload(), sizeof(block_));
    store_.Set(block_->data(), block_->size());
  } else {
    store_.Set(entry->payload(), entry->payload_size());
  }
}

CollectionRef CollectionEditor::held() const {
  if (is_object()) return CollectionRef(object_);
  return CollectionRef(packing_, store_.bytes());
}

void CollectionEditor::Commit() {
  if (is_object()) return;
  if (block_ != nullptr) {
    if (store_.size() < kMovesInside) MoveInside();
    return;
  }
  if (!store_.is_scratch()) return;
  // A key that was not there and got nothing.
  if (slot_.entry() == nullptr && store_.bytes() == empty_) return;
  const CollectionForm form = CollectionForm::Packed(packing_, /*outside=*/false);
  char* payload = slot_.Reshape(type_, form.encoding(), store_.size());
  std::memcpy(payload, store_.data(), store_.size());
  store_.Set(payload, store_.size());
}

void CollectionEditor::Drop() {
  slot_.Erase();
  object_ = nullptr;
  block_ = nullptr;
  Open();
}

void CollectionEditor::Become(std::unique_ptr<Collection> object) {
  Collection* const before = std::exchange(object_, object.release());
  PackedBlock* const block = std::exchange(block_, nullptr);
  PointTo(CollectionForm::Object(), object_);
  delete before;
  if (block != nullptr) PackedBlock::Delete(block);
  store_.Set(nullptr, 0);
}

void CollectionEditor::Become(Packing packing, std::string_view bytes) {
  if (object_ == nullptr && block_ == nullptr && bytes.size() <= kMaxInlinePacked) {
    // What the entry holds, if there is one, is whole until the Commit.
    packing_ = packing;
    store_.SetScratch(bytes);
    return;
  }
  Collection* const before = std::exchange(object_, nullptr);
  PackedBlock* const block = std::exchange(block_, nullptr);
  packing_ = packing;
  if (bytes.size() > kMaxInlinePacked) {
    UseBlock(PackedBlock::New(bytes));
  } else {
    const CollectionForm form = CollectionForm::Packed(packing, /*outside=*/false);
    char* payload = slot_.Reshape(type_, form.encoding(), bytes.size());
    std::memcpy(payload, bytes.data(), bytes.size());
    store_.Set(payload, bytes.size());
  }
  delete before;
  if (block != nullptr) PackedBlock::Delete(block);
}

void CollectionEditor::PointTo(CollectionForm form, const void* pointer) {
  char* payload = slot_.Reshape(type_, form.encoding(), sizeof(pointer));
  std::memcpy(payload, &pointer, sizeof(pointer));
}

void CollectionEditor::UseBlock(PackedBlock* block) {
  if (block_ != block) PointTo(CollectionForm::Packed(packing_, /*outside=*/true), block);
  block_ = block;
  store_.Set(block->data(), block->size());
}

void CollectionEditor::MoveInside() {
  PackedBlock* const block = std::exchange(block_, nullptr);
  const CollectionForm form = CollectionForm::Packed(packing_, /*outside=*/false);
  char* payload = slot_.Reshape(type_, form.encoding(), block->size());
  std::memcpy(payload, block->data(), block->size());
  store_.Set(payload, block->size());
  PackedBlock::Delete(block);
}

void CollectionEditor::Store::SetScratch(std::string_view bytes) {
  std::memcpy(scratch_, bytes.data(), bytes.size());
  Set(scratch_, bytes.size());
}

char* CollectionEditor::Store::Splice(size_t at, size_t removed, size_t inserted) {
  if (removed == inserted) return data_;
  if (editor_->block_ != nullptr) {
    editor_->UseBlock(editor_->block_->Spliced(at, removed, inserted));
    return data_;
  }
  if (size_ - removed + inserted <= kMaxInlinePacked) return SpliceScratch(at, removed, inserted);
  editor_->UseBlock(PackedBlock::New(bytes())->Spliced(at, removed, inserted));
  return data_;
}

char* CollectionEditor::Store::SpliceScratch(size_t at, size_t removed, size_t inserted) {
  if (!is_scratch()) std::memcpy(scratch_, data_, at);
  std::memmove(scratch_ + at + inserted, data_ + at + removed, size_ - at - removed);
  Set(scratch_, size_ - removed + inserted);
  return scratch_;
}

}  // namespace redstart
