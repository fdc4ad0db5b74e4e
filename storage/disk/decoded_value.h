#ifndef REDSTART_STORAGE_DISK_DECODED_VALUE_H_
#define REDSTART_STORAGE_DISK_DECODED_VALUE_H_

// A value that was read from outside (RESTORE, an RDB file) and is not in any entry yet. Owned by
// its holder until NewEntry (value_codec.h) makes an entry of it; needs no lock.

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "storage/types/collection.h"
#include "storage/types/value_type.h"

namespace redstart {

struct DecodedString {
  std::string text;
};

// A collection of any type: packed bytes, or the large form.
struct DecodedCollection {
  static DecodedCollection Packed(ValueType type, Packing packing, std::string bytes) {
    return {type, packing, std::move(bytes), nullptr};
  }
  static DecodedCollection Object(ValueType type, std::unique_ptr<Collection> object) {
    return {type, Packing::kListpack, {}, std::move(object)};
  }

  CollectionRef held() const {
    return object != nullptr ? CollectionRef(object.get()) : CollectionRef(packing, bytes);
  }

  ValueType type;
  Packing packing;
  std::string bytes;  // If there is no object.
  std::unique_ptr<Collection> object;
};

// A collection without elements, as old versions could write them: no key is to be made of it.
struct DecodedNothing {};

using DecodedValue = std::variant<DecodedString, DecodedCollection, DecodedNothing>;

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_DECODED_VALUE_H_
