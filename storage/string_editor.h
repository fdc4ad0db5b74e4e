#ifndef REDSTART_STORAGE_STRING_EDITOR_H_
#define REDSTART_STORAGE_STRING_EDITOR_H_

// Changes the string value of one entry, moving the entry to a new allocation where the value
// outgrows it.
//
// Owner. A command, for as long as it holds the shard's lock. Key, deadline and access clock of the
// entry stay as they are (EntrySlot). Blobs that others hold are never written (Blob).

#include <cstdint>
#include <string_view>

#include "storage/entry_slot.h"
#include "storage/types/collection_limits.h"
#include "storage/types/string.h"

namespace redstart {

class StringEditor {
 public:
  using View = StringRef;
  // An empty string is a value like any other.
  static constexpr bool kDropsEmpty = false;

  // A key that is not there begins as an empty string, and becomes an entry with the first edit.
  // REQUIRES: the entry, if there is one, is a string.
  explicit StringEditor(const EntrySlot& slot) : slot_(slot) {}
  StringEditor(const EntrySlot& slot, const CollectionLimits&) : StringEditor(slot) {}
  StringEditor(const StringEditor&) = delete;
  StringEditor& operator=(const StringEditor&) = delete;

  StringRef value() const {
    const Entry* entry = slot_.entry();
    return entry == nullptr ? StringRef() : entry->string();
  }
  size_t size() const { return value().size(); }

  // The whole value anew. `may_be_integer` as in ChooseStringForm.
  void Assign(std::string_view text, bool may_be_integer);
  void AssignInteger(int64_t value);
  // Writes `patch` at `offset`; a gap before it is filled with zeros. The value becomes raw, as on
  // Redis.
  void Overwrite(size_t offset, std::string_view patch);
  void Append(std::string_view bytes) { Overwrite(size(), bytes); }
  // The bytes themselves, to be written in place before the editor's next call: at least `size` of
  // them, a shorter text padded with zeros. The value becomes raw, as on Redis. Nothing is copied
  // where there is room already and nobody else sees it, however long the value is.
  char* Writable(size_t size);
  // The whole value anew, raw however short it is.
  void AssignRaw(std::string_view text);

  // For EditGuard: every edit is in the entry already.
  void Commit() {}

 private:
  // Makes room for a text of `size` bytes with the old text at its beginning, cut or padded;
  // returns where it stands.
  char* Resize(size_t size);
  char* ResizeToBlob(size_t size);
  char* Reshape(StringForm form, size_t payload_size) {
    return slot_.Reshape(ValueType::kString, static_cast<uint8_t>(form), payload_size);
  }
  void ReleaseValue() {
    if (Entry* entry = slot_.Edit()) slot_.shard()->ReleaseValue(entry);
  }

  mutable EntrySlot slot_;
};

// A new string entry, not yet in any table. `deadline` may be Entry::kNever.
Entry* NewStringEntry(Slab* slab, std::string_view key, std::string_view text, bool may_be_integer,
                      uint64_t deadline);

}  // namespace redstart

#endif  // REDSTART_STORAGE_STRING_EDITOR_H_
