#include "storage/string_editor.h"

#include <algorithm>
#include <cstring>

namespace redstart {
namespace {

void FillPayload(char* payload, const ChosenForm& chosen, std::string_view text) {
  switch (chosen.form) {
    case StringForm::kInt:
      std::memcpy(payload, &chosen.as_integer, sizeof(chosen.as_integer));
      return;
    case StringForm::kBlob: {
      const Blob* blob = Blob::Copy(text);
      std::memcpy(payload, &blob, sizeof(blob));
      return;
    }
    case StringForm::kShort:
    case StringForm::kInline:
      if (!text.empty()) std::memcpy(payload, text.data(), text.size());
      return;
  }
}

}  // namespace

Entry* NewStringEntry(Slab* slab, std::string_view key, std::string_view text, bool may_be_integer,
                      uint64_t deadline) {
  const ChosenForm chosen = ChooseStringForm(text, may_be_integer);
  Entry* entry = Entry::New(slab, key,
                            {.type = ValueType::kString,
                             .encoding = static_cast<uint8_t>(chosen.form),
                             .deadline = deadline,
                             .payload_size = chosen.payload_size});
  FillPayload(entry->payload(), chosen, text);
  return entry;
}

void StringEditor::Assign(std::string_view text, bool may_be_integer) {
  const ChosenForm chosen = ChooseStringForm(text, may_be_integer);
  ReleaseValue();
  FillPayload(Reshape(chosen.form, chosen.payload_size), chosen, text);
}

void StringEditor::AssignInteger(int64_t value) {
  ReleaseValue();
  std::memcpy(Reshape(StringForm::kInt, sizeof(value)), &value, sizeof(value));
}

void StringEditor::Overwrite(size_t offset, std::string_view patch) {
  char* text = Writable(offset + patch.size());
  if (!patch.empty()) std::memcpy(text + offset, patch.data(), patch.size());
}

char* StringEditor::Writable(size_t size) {
  slot_.Edit();  // Before a blob is written in place.
  const StringRef before = value();
  const size_t old_size = before.size();
  if (size > old_size || before.is_integer()) return Resize(std::max(size, old_size));
  if (Blob* blob = before.blob()) return blob->IsShared() ? ResizeToBlob(old_size) : blob->data();
  return Reshape(StringForm::kInline, old_size);
}

void StringEditor::AssignRaw(std::string_view text) {
  char* to;
  if (text.size() <= kMaxInlineString) {
    ReleaseValue();
    to = Reshape(StringForm::kInline, text.size());
  } else {
    slot_.Edit();
    to = ResizeToBlob(text.size());
  }
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
}

char* StringEditor::Resize(size_t size) {
  if (value().blob() != nullptr || size > kMaxInlineString) return ResizeToBlob(size);
  // The old text is copied aside: the entry it stands in may be freed. It is at most
  // kMaxInlineString long.
  char before[kMaxInlineString];
  IntegerText scratch;
  const std::string_view text = value().View(&scratch);
  const size_t kept = std::min(size, text.size());
  if (kept > 0) std::memcpy(before, text.data(), kept);
  char* payload = Reshape(StringForm::kInline, size);
  std::memcpy(payload, before, kept);
  std::memset(payload + kept, 0, size - kept);
  return payload;
}

char* StringEditor::ResizeToBlob(size_t size) {
  Blob* blob = value().blob();
  if (blob == nullptr) {
    IntegerText scratch;
    blob = Blob::Copy(value().View(&scratch));
  }
  blob = blob->Resized(size);
  std::memcpy(Reshape(StringForm::kBlob, sizeof(blob)), &blob, sizeof(blob));
  return blob->data();
}

}  // namespace redstart
