#include "server/exec/used_memory.h"

#include <algorithm>
#include <utility>

#include "server/observe/allocator.h"
#include "storage/keyspace.h"

namespace redstart {
namespace {

// What all threads together may keep to themselves, and one alone.
constexpr int64_t kUntoldBytes = 1 << 20;
constexpr int64_t kUntoldBytesOfThread = 32 << 10;

int64_t AllocatedHere() {
  return AllocatedByThread() + Slab::BytesOfThread();
}

}  // namespace

uint64_t UsedMemory(const Services& services) {
  ServerState& state = *services.state;
  const uint64_t freed = services.keyspace->lazy_free().freed_bytes();
  const uint64_t used = ReadAllocatorUsage().allocated + services.keyspace->entry_bytes();
  // All that was ever given to the background is subtracted when the meter is read; what has been
  // freed by now is not in `used` any more.
  state.metered_bytes.store(static_cast<int64_t>(used + freed), std::memory_order_relaxed);
  state.meter_readings.fetch_add(1, std::memory_order_release);
  uint64_t known = state.peak_memory.load(std::memory_order_relaxed);
  while (known < used &&
         !state.peak_memory.compare_exchange_weak(known, used, std::memory_order_relaxed)) {
  }
  return used;
}

uint64_t MemoryMeter::ReadCarefully() {
  const uint64_t freed = services_.keyspace->lazy_free().freed_bytes();
  if (std::exchange(freed_, freed) != freed) UsedMemory(services_);
  return Read();
}

uint64_t MemoryMeter::Read() {
  ServerState& state = *services_.state;
  const int64_t allocated = AllocatedHere();
  const uint64_t reading = state.meter_readings.load(std::memory_order_acquire);
  if (reading != reading_) {
    reading_ = reading;
    added_ = allocated;  // The new count has it already.
  }
  const int64_t limit = std::min(kUntoldBytesOfThread, kUntoldBytes / state.io_threads);
  if (allocated - added_ > limit || added_ - allocated > limit) {
    state.metered_bytes.fetch_add(allocated - added_, std::memory_order_relaxed);
    added_ = allocated;
  }
  const auto given_away = static_cast<int64_t>(services_.keyspace->lazy_free().added_bytes());
  const int64_t used =
      state.metered_bytes.load(std::memory_order_relaxed) + (allocated - added_) - given_away;
  return static_cast<uint64_t>(std::max<int64_t>(used, 0));
}

}  // namespace redstart
