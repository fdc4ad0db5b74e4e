#ifndef REDSTART_STORAGE_STRING_EDITOR_H_
#define REDSTART_STORAGE_STRING_EDITOR_H_

// Changes the string value of one entry, moving the entry to a new allocation where the value
// outgrows it.
//
// Owner. A command, for as long as it holds the shard's lock; nothing else may insert or erase in
// the same database meanwhile. Key, deadline and access clock of the entry stay as they are. Blobs
// that others hold are never written (Blob).

#include <cstdint>
#include <string_view>

#include "storage/shard.h"
#include "storage/types/string.h"

namespace redstart {

class StringEditor {
 public:
  // REQUIRES: `place` is a string's, in this shard and database, at this position.
  StringEditor(Shard* shard, int database, uint64_t position, Shard::Place place)
      : shard_(shard), database_(database), position_(position), place_(place) {}

  StringRef value() const { return place_.node()->string(); }
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

 private:
  // Makes room for a text of `size` bytes with the old text at its beginning, cut or padded;
  // returns where it stands.
  char* Resize(size_t size);
  char* ResizeToBlob(size_t size);
  // Gives the entry a payload of this form and size, undefined; what the old one pointed to is left
  // to the caller.
  char* Reshape(StringForm form, size_t payload_size);

  Shard* shard_;
  int database_;
  uint64_t position_;
  Shard::Place place_;
};

// A new string entry, not yet in any table. `deadline` may be Entry::kNever.
Entry* NewStringEntry(Slab* slab, std::string_view key, std::string_view text, bool may_be_integer,
                      uint64_t deadline);

}  // namespace redstart

#endif  // REDSTART_STORAGE_STRING_EDITOR_H_
