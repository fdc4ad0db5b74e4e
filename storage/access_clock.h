#ifndef REDSTART_STORAGE_ACCESS_CLOCK_H_
#define REDSTART_STORAGE_ACCESS_CLOCK_H_

// The 24 bits of an entry that say how recently (LRU) or how often (LFU) it was used.
//
// LRU: seconds modulo 2^24. LFU: 16 bits of minutes since the last decrement, and a logarithmic
// counter of 8 bits whose increments get rarer as it grows, as documented for Redis's
// `lfu-log-factor` and `lfu-decay-time`. All functions are pure but for the coin that LfuTouched
// throws.

#include <cstdint>

namespace redstart {

inline constexpr uint32_t kAccessClockMask = (1u << 24) - 1;
// What a new key's LFU counter starts at, so that it is not the first to be evicted.
inline constexpr uint8_t kLfuInitial = 5;

inline uint32_t LruClock(uint64_t now_ms) {
  return static_cast<uint32_t>(now_ms / 1000) & kAccessClockMask;
}
// Seconds since `access`, whose clock wraps around after 194 days.
inline uint64_t LruIdleSeconds(uint32_t access, uint64_t now_ms) {
  return (LruClock(now_ms) - access) & kAccessClockMask;
}

uint32_t LfuNew(uint64_t now_ms);
// The counter after the decay due by now.
uint8_t LfuCounter(uint32_t access, uint64_t now_ms, int decay_minutes);
// The access word after one more use.
uint32_t LfuTouched(uint32_t access, uint64_t now_ms, int decay_minutes, int log_factor);
// An access word with a given counter, as RESTORE's FREQ sets it.
uint32_t LfuWithCounter(uint8_t counter, uint64_t now_ms);

}  // namespace redstart

#endif  // REDSTART_STORAGE_ACCESS_CLOCK_H_
