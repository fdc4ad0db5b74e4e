#ifndef REDSTART_SERVER_COMMANDS_VALUE_DIGEST_H_
#define REDSTART_SERVER_COMMANDS_VALUE_DIGEST_H_

// DEBUG DIGEST: forty digits that are equal if two data sets are, whatever the order of their keys
// and members and whatever the server: the algorithm is that of Redis's debug.c. Values on the
// stack; the shards of the entries must be locked.

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/base/sha1.h"
#include "storage/entry.h"

namespace redstart {

class Digest {
 public:
  // Adds something whose order among others does not count.
  void Xor(std::string_view bytes);
  void Xor(const Digest& other);
  // Adds something whose order counts.
  void Mix(std::string_view bytes);
  // A number as four bytes, big endian.
  void MixNumber(uint32_t number);

  std::string ToHex() const { return redstart::ToHex(bytes_); }

 private:
  std::string_view view() const { return {reinterpret_cast<const char*>(bytes_.data()), 20}; }

  Sha1Digest bytes_ = {};
};

// Adds an entry's type, value and whether it has a deadline. One case per type.
void AddValue(const Entry& entry, Digest* digest);

}  // namespace redstart

#endif  // REDSTART_SERVER_COMMANDS_VALUE_DIGEST_H_
