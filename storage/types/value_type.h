#ifndef REDSTART_STORAGE_TYPES_VALUE_TYPE_H_
#define REDSTART_STORAGE_TYPES_VALUE_TYPE_H_

// The types of value that a key can hold, and the names that TYPE gives them. The numbers are those
// of Redis's object types, which DEBUG DIGEST mixes in; entries keep them in four bits. No state,
// no locks.

#include <cstdint>
#include <string_view>

namespace redstart {

enum class ValueType : uint8_t {
  kString = 0,
  kList = 1,
  kSet = 2,
  kSortedSet = 3,
  kHash = 4,
  kStream = 6
};

// The name that TYPE and SCAN's TYPE option use.
std::string_view TypeName(ValueType type);

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_VALUE_TYPE_H_
