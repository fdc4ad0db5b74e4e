#include "storage/keyspace.h"

#include <algorithm>
#include <bit>

namespace redstart {

ShardLocks& ShardLocks::operator=(ShardLocks&& other) noexcept {
  if (this != &other) {
    Unlock();
    keyspace_ = std::exchange(other.keyspace_, nullptr);
    extent_ = other.extent_;
    one_ = other.one_;
    some_ = std::move(other.some_);
  }
  return *this;
}

bool ShardLocks::Holds(size_t shard) const {
  if (keyspace_ == nullptr) return false;
  if (extent_ == Extent::kOne) return one_ == shard;
  return extent_ == Extent::kAll || std::binary_search(some_.begin(), some_.end(), shard);
}

void ShardLocks::UnlockMany() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (extent_ == Extent::kAll) {
    for (auto& shard : keyspace_->shards_) shard->mutex().Unlock();
  } else {
    for (const uint16_t shard : some_) keyspace_->shards_[shard]->mutex().Unlock();
  }
}

size_t Keyspace::ShardCountFor(size_t threads) {
  return std::clamp(std::bit_ceil(threads * 64), size_t{64}, kMaxShards);
}

Keyspace::Keyspace(size_t shard_count, int databases, uint64_t hash_seed)
    : databases_(databases),
      seed_(hash_seed),
      shard_bits_(std::countr_zero(shard_count)),
      shard_shift_(64 - shard_bits_) {
  const Shard::Surroundings surroundings = {
      .policy = {.seed = seed_, .shard_bits = shard_bits_},
      .pages = &pages_,
      .reclaimer = &reclaimer_,
      .lazy_free = lazy_free_.get(),
  };
  shards_.reserve(shard_count);
  for (size_t number = 0; number < shard_count; ++number) {
    shards_.push_back(std::make_unique<Shard>(surroundings, number));
  }
}

Keyspace::~Keyspace() {
  lazy_free_->Drain();  // Its jobs point into shards.
  shards_.clear();
  reclaimer_.Collect();
}

ShardLocks Keyspace::Lock(absl::Span<const uint64_t> hashes) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  std::vector<uint16_t>& shards = locks.some_;
  shards.reserve(hashes.size());
  for (const uint64_t hash : hashes) shards.push_back(static_cast<uint16_t>(ShardOf(hash)));
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  for (const uint16_t shard : shards) shards_[shard]->mutex().Lock();
  locks.extent_ = ShardLocks::Extent::kSome;
  locks.keyspace_ = this;
  return locks;
}

ShardLocks Keyspace::LockAll() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  for (auto& shard : shards_) shard->mutex().Lock();
  locks.extent_ = ShardLocks::Extent::kAll;
  locks.keyspace_ = this;
  return locks;
}

uint64_t Keyspace::expired_keys() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->expired_keys.Get();
  return sum;
}

}  // namespace redstart
