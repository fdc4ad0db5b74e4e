#include "server/persistence/snapshot_options.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <string>
#include <thread>

#include "server/config/config_store.h"
#include "server/exec/clock.h"
#include "server/exec/function_store.h"
#include "server/exec/used_memory.h"

namespace redstart {
namespace {

RdbUsage UsageFor(MaxmemoryPolicy policy) {
  if (UsesLfu(policy)) return RdbUsage::kFrequency;
  const bool lru =
      policy == MaxmemoryPolicy::kVolatileLru || policy == MaxmemoryPolicy::kAllkeysLru;
  return lru ? RdbUsage::kIdleTime : RdbUsage::kNothing;
}

// The pause between keys that rdb-key-save-delay asks for; it looks at the option again and again,
// so that a save that was made slow can be made fast.
class KeyDelay {
 public:
  explicit KeyDelay(const ConfigStore* store) : store_(store) {}

  void operator()(const std::atomic<bool>& stop) {
    Refresh();
    // A negative number of microseconds: once in so many keys.
    if (micros_ < 0 && std::rand() % -micros_ == 0) {
      std::this_thread::sleep_for(std::chrono::microseconds(1));
    }
    for (int slept = 0; slept < micros_ && !stop.load(std::memory_order_relaxed);) {
      constexpr int kSlice = 10'000;
      const int slice = std::min(kSlice, micros_ - slept);
      std::this_thread::sleep_for(std::chrono::microseconds(slice));
      slept += slice;
      Refresh();
    }
  }

 private:
  void Refresh() {
    const uint64_t generation = store_->generation();
    if (generation == generation_) return;
    generation_ = generation;
    micros_ = store_->current()->rdb_key_save_delay;
  }

  const ConfigStore* store_;
  uint64_t generation_ = 0;
  int micros_ = 0;
};

}  // namespace

uint16_t RdbVersionFor(const Config& config) {
  return config.rdb_version == 0 ? kDefaultRdbVersion : static_cast<uint16_t>(config.rdb_version);
}

void MakeBaseOf(const Config& config, Snapshot::Options* options) {
  options->as_commands = !config.aof_use_rdb_preamble;
  if (config.aof_timestamp_enabled) options->second = std::time(nullptr);
  for (auto& [name, value] : options->facts) {
    if (name == "aof-base") value.assign(1, '1');
  }
}

Snapshot::Options SnapshotOptionsFor(const Services& services, const Config& config) {
  const uint64_t now_ms = services.clock->NowMicros() / 1000;
  Snapshot::Options options;
  options.rdb = {
      .version = RdbVersionFor(config),
      .compression = config.rdbcompression ? RdbCompression::kOn : RdbCompression::kOff,
      .checksum = config.rdbchecksum,
      .usage = UsageFor(config.maxmemory_policy),
      .now_ms = now_ms,
      .lfu_decay_minutes = config.lfu_decay_time,
  };
  options.facts = {
      {"redis-ver", std::string(kRedisVersion)},
      {"redis-bits", "64"},
      {"ctime", std::to_string(now_ms / 1000)},
      {"used-mem", std::to_string(UsedMemory(services))},
      {"aof-base", "0"},
  };
  options.functions = services.functions->Sources();
  options.after_key = KeyDelay(services.config);
  return options;
}

}  // namespace redstart
