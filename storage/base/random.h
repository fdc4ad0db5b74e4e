#ifndef REDSTART_STORAGE_BASE_RANDOM_H_
#define REDSTART_STORAGE_BASE_RANDOM_H_

// Random numbers for choices that clients see (RANDOMKEY, HRANDFIELD, SPOP): a generator per
// thread, seeded by the system; no locks. Not for secrets.

#include <cstddef>
#include <cstdint>

namespace redstart {

uint64_t RandomBits();
// Any number below `limit` with the same chance. REQUIRES: limit > 0.
uint64_t RandomBelow(uint64_t limit);

// Picks `wanted` of `total` things while they are met one after the other, every subset with the
// same chance (selection sampling: Knuth, The Art of Computer Programming 2, algorithm 3.4.2 S).
class SelectionSampler {
 public:
  // REQUIRES: wanted <= total.
  SelectionSampler(size_t total, size_t wanted) : left_(total), wanted_(wanted) {}

  // To be asked once for each thing.
  bool Take() {
    if (RandomBelow(left_--) >= wanted_) return false;
    --wanted_;
    return true;
  }
  bool done() const { return wanted_ == 0; }

 private:
  size_t left_;
  size_t wanted_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_BASE_RANDOM_H_
