#ifndef REDSTART_STORAGE_DISK_RDB_READER_H_
#define REDSTART_STORAGE_DISK_RDB_READER_H_

// Reads an RDB file of version 1 to 12, one record at a time, from bytes that somebody else owns
// and that may be damaged: nothing in them is trusted, and what is wrong with them is said in
// words.
//
// Source of the format: Redis's rdb.c. Belongs to one thread; touches no keyspace and knows no
// time: what an expired key or a duplicate means is the caller's business.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "storage/disk/rdb_primitives.h"
#include "storage/disk/value_codec.h"

namespace redstart {

// A key with its value. Views point into the file or into the record.
struct RdbRecord {
  int database = 0;
  std::string_view key;
  uint8_t type = kRdbTypeString;
  // Of a string; all other types have a value instead.
  std::string_view text;
  std::optional<DecodedValue> value;
  uint64_t deadline = Entry::kNever;
  std::optional<uint64_t> idle_seconds;
  std::optional<uint8_t> frequency;

  // A collection without elements, as old versions could write: no key is to be made of it.
  bool IsNothing() const { return value && std::holds_alternative<DecodedNothing>(*value); }
  // An entry with this key and value, not yet in any table; to be called once. REQUIRES:
  // !IsNothing().
  Entry* NewEntryIn(Slab* slab);

  std::string key_scratch;
  std::string text_scratch;
};

class RdbReader {
 public:
  struct Options {
    bool checksum = true;  // Whether a wrong one is an error.
    int databases = 16;
    CollectionLimits limits = {};
  };
  RdbReader(std::string_view file, const Options& options)
      : file_(file), options_(options), input_(file) {}

  enum class Item : uint8_t {
    kKey,       // In *record.
    kFact,      // name() and text().
    kSizes,     // keys() and keys_with_deadline() are how many to expect.
    kFunction,  // text() is the source of a function library.
    kEnd,       // The file is whole.
    kDamaged,   // error() says why; nothing may be read any more.
  };
  // The head of the file: signature and version. False if there is something wrong.
  bool ReadHead();
  // REQUIRES: ReadHead() was true; the item before was neither kEnd nor kDamaged.
  Item Next(RdbRecord* record);

  int version() const { return version_; }
  std::string_view name() const { return name_; }
  std::string_view text() const { return text_; }
  uint64_t keys() const { return keys_; }
  uint64_t keys_with_deadline() const { return keys_with_deadline_; }
  const std::string& error() const { return error_; }
  // How far it has come, in bytes.
  size_t position() const { return input_.position(); }
  // The file has a checksum that was not looked at, because it is 0: it was written without.
  bool lacks_checksum() const { return lacks_checksum_; }

 private:
  Item Fail(std::string error);
  // The file ends too early, or what is there makes no sense.
  Item FailShort();
  // What precedes a key, or stands for itself; nothing if `opcode` is a value's type, or one that
  // only prepares for what follows.
  std::optional<Item> ReadOpcode(uint8_t opcode, RdbRecord* record);
  bool ReadDeadline(uint8_t opcode, RdbRecord* record);
  bool ReadUsage(uint8_t opcode, RdbRecord* record);
  std::optional<Item> ReadSelect();
  std::optional<Item> ReadModuleFact();
  Item ReadKey(uint8_t type, RdbRecord* record);
  Item ReadFact();
  Item ReadSizes();
  Item ReadFunction();
  Item ReadEnd();
  // Takes what has been read so far into the checksum.
  void UpdateChecksum(size_t least);

  const std::string_view file_;
  const Options options_;
  RdbInput input_;
  int version_ = 0;
  int database_ = 0;
  size_t item_at_ = 0;
  size_t checked_ = 0;
  uint64_t checksum_ = 0;
  std::string name_;
  std::string text_;
  uint64_t keys_ = 0;
  uint64_t keys_with_deadline_ = 0;
  bool lacks_checksum_ = false;
  std::string error_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_READER_H_
