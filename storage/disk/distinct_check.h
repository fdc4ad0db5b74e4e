#ifndef REDSTART_STORAGE_DISK_DISTINCT_CHECK_H_
#define REDSTART_STORAGE_DISK_DISTINCT_CHECK_H_

// Tells whether the members of a small collection from outside are all different, as those of a
// set, sorted set or hash must be. Compares their hashes only: 64 bits of a seeded hash that nobody
// outside can aim at. Eight members take some 100 ns.
//
// Lives on the stack of a decoder; no locks.

#include <algorithm>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "storage/types/element.h"
#include "storage/types/member_position.h"

namespace redstart {

class DistinctCheck {
 public:
  void Add(const Element& member) {
    IntegerText scratch;
    hashes_.push_back(MemberPosition(member.View(&scratch)));
  }
  // To be asked once, at the end.
  bool AllDistinct() {
    std::sort(hashes_.begin(), hashes_.end());
    return std::adjacent_find(hashes_.begin(), hashes_.end()) == hashes_.end();
  }

 private:
  absl::InlinedVector<uint64_t, 128> hashes_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_DISK_DISTINCT_CHECK_H_
