#ifndef REDSTART_STORAGE_DISK_RDB_OPCODES_H_
#define REDSTART_STORAGE_DISK_RDB_OPCODES_H_

// What may stand in an RDB file where a value's type byte is expected. Source: Redis's rdb.h,
// versions 1 to 12. Constants only.

#include <cstdint>

namespace redstart {

enum RdbOpcode : uint8_t {
  kRdbSlotSizes = 0xF4,    // Version 12: how many keys a cluster slot has.
  kRdbFunction = 0xF5,     // The source of a function library.
  kRdbOldFunction = 0xF6,  // As release candidates of 7.0 wrote it.
  kRdbModuleFact = 0xF7,   // What a module keeps outside of keys.
  kRdbIdleTime = 0xF8,     // Of the next key, in seconds.
  kRdbFrequency = 0xF9,    // Of the next key: the LFU counter.
  kRdbFact = 0xFA,         // A name and a value about the file.
  kRdbSizes = 0xFB,        // Of the database: keys, keys with a deadline.
  kRdbDeadlineMs = 0xFC,   // Of the next key.
  kRdbDeadlineSeconds = 0xFD,
  kRdbSelect = 0xFE,  // The database of what follows.
  kRdbEnd = 0xFF,
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_RDB_OPCODES_H_
