#ifndef REDSTART_STORAGE_TYPES_MEMBER_POSITION_H_
#define REDSTART_STORAGE_TYPES_MEMBER_POSITION_H_

// Where a member or field lies in the table of its collection (storage/base/table.h): 64 bits of
// XXH3. The seed is drawn once per process, so that nobody can aim at one bucket; the same member
// lies at the same position in every collection. No state beside the seed, no locks.

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

#include "storage/base/random.h"

namespace redstart {

inline uint64_t MemberPosition(std::string_view member) {
  static const uint64_t seed = RandomBits();
  return XXH3_64bits_withSeed(member.data(), member.size(), seed);
}

// A cursor of HSCAN and its like is the position in its table without the low bits, which are zero
// between two steps of a walk (Table::Walk).
inline constexpr int kMemberCursorShift = 21;

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_MEMBER_POSITION_H_
