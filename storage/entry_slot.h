#ifndef REDSTART_STORAGE_ENTRY_SLOT_H_
#define REDSTART_STORAGE_ENTRY_SLOT_H_

// The place of one key while a command edits its value: finds the entry, gives it another payload,
// creates or removes it. All editors work on one of these.
//
// Owner. A command, for as long as it holds the shard's lock. Other keys may come and go in the
// same database meanwhile: the slot notices (Shard::layout_version) and looks its key up again.
// Key, deadline and access clock of the entry stay as they are.

#include <cstdint>
#include <string_view>

#include "storage/shard.h"

namespace redstart {

class EntrySlot {
 public:
  // `place` is the key's, or empty if it is not there. `access` is for an entry that the slot may
  // have to create. REQUIRES: the bytes of `key` outlive the slot.
  EntrySlot(Shard* shard, int database, std::string_view key, uint64_t position, Shard::Place place,
            uint32_t access)
      : shard_(shard),
        key_(key),
        position_(position),
        place_(place),
        version_(shard->layout_version()),
        database_(database),
        access_(access) {}

  Shard* shard() const { return shard_; }
  std::string_view key() const { return key_; }
  // Null if the key is not there.
  const Entry* entry() { return place() ? place_.node() : nullptr; }
  // The same, to be changed: a running snapshot keeps what is there now (Shard::Edit).
  Entry* Edit() { return place() ? shard_->Edit(database_, place_) : nullptr; }

  // Gives the entry a payload of this type, encoding and size, creating it if it is not there, and
  // returns where the payload stands; its content is unspecified. What the old payload pointed to
  // is left to the caller, who may free it after Edit(). An entry that has the size already stays
  // where it is.
  char* Reshape(ValueType type, uint8_t encoding, size_t payload_size);
  // Says whether the value, a hash, has fields with deadlines; to be called after it has been put
  // into the entry, if it has or had any (Shard::NoteFieldDeadlines).
  void NoteFieldDeadlines(bool has_any);
  // Removes the entry with its value.
  void Erase();

 private:
  const Shard::Place& place();

  Shard* shard_;
  std::string_view key_;
  uint64_t position_;
  Shard::Place place_;
  uint64_t version_;
  int database_;
  uint32_t access_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_ENTRY_SLOT_H_
