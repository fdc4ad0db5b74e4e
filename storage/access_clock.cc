#include "storage/access_clock.h"

#include <random>

namespace redstart {
namespace {

uint32_t Minutes(uint64_t now_ms) {
  return static_cast<uint32_t>(now_ms / 60'000) & 0xFFFF;
}

double Coin() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return std::generate_canonical<double, 24>(generator);
}

}  // namespace

uint32_t LfuWithCounter(uint8_t counter, uint64_t now_ms) {
  return Minutes(now_ms) << 8 | counter;
}

uint32_t LfuNew(uint64_t now_ms) {
  return LfuWithCounter(kLfuInitial, now_ms);
}

uint8_t LfuCounter(uint32_t access, uint64_t now_ms, int decay_minutes) {
  const uint32_t elapsed = (Minutes(now_ms) - (access >> 8)) & 0xFFFF;
  const uint32_t periods = decay_minutes > 0 ? elapsed / static_cast<uint32_t>(decay_minutes) : 0;
  const uint8_t counter = access & 0xFF;
  return periods >= counter ? 0 : static_cast<uint8_t>(counter - periods);
}

uint32_t LfuTouched(uint32_t access, uint64_t now_ms, int decay_minutes, int log_factor) {
  uint8_t counter = LfuCounter(access, now_ms, decay_minutes);
  if (counter < 255) {
    const int above = counter > kLfuInitial ? counter - kLfuInitial : 0;
    if (Coin() < 1.0 / (above * log_factor + 1)) ++counter;
  }
  return LfuWithCounter(counter, now_ms);
}

}  // namespace redstart
