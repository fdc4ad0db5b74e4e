#include "storage/base/random.h"

#include <random>

namespace redstart {

uint64_t RandomBits() {
  thread_local std::mt19937_64 generator(std::random_device{}());
  return generator();
}

uint64_t RandomBelow(uint64_t limit) {
  // The high half of the product; off by at most limit / 2^64.
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>((static_cast<Wide>(RandomBits()) * limit) >> 64);
}

}  // namespace redstart
