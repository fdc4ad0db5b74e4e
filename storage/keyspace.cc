#include "storage/keyspace.h"

#include <algorithm>
#include <bit>
#include <thread>

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

void ShardLocks::NoteEffect(uint64_t offset) const {
  if (extent_ == Extent::kOne) {
    (*this)[one_].set_last_effect(offset);
  } else if (extent_ == Extent::kAll) {
    keyspace_->last_effect_on_all_ = offset;
  } else {
    for (const uint16_t shard : some_) (*this)[shard].set_last_effect(offset);
  }
}

uint64_t ShardLocks::last_effect() const {
  uint64_t last = keyspace_->last_effect_on_all_;
  if (extent_ == Extent::kOne) return std::max(last, (*this)[one_].last_effect());
  if (extent_ == Extent::kSome) {
    for (const uint16_t shard : some_) last = std::max(last, (*this)[shard].last_effect());
    return last;
  }
  for (const auto& shard : keyspace_->shards_) last = std::max(last, shard->last_effect());
  return last;
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
      .capture = &capture_,
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

std::vector<uint16_t> Keyspace::ShardsOf(absl::Span<const uint64_t> hashes) const {
  std::vector<uint16_t> shards;
  shards.reserve(hashes.size());
  for (const uint64_t hash : hashes) shards.push_back(static_cast<uint16_t>(ShardOf(hash)));
  std::sort(shards.begin(), shards.end());
  shards.erase(std::unique(shards.begin(), shards.end()), shards.end());
  return shards;
}

ShardLocks Keyspace::LockUnlessBusy(absl::Span<const uint64_t> hashes)
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  locks.some_ = ShardsOf(hashes);
  for (size_t i = 0; i < locks.some_.size(); ++i) {
    if (shards_[locks.some_[i]]->mutex().LockUnless(busy_)) continue;
    while (i > 0) shards_[locks.some_[--i]]->mutex().Unlock();
    return {};
  }
  locks.extent_ = ShardLocks::Extent::kSome;
  locks.keyspace_ = this;
  return locks;
}

ShardLocks Keyspace::LockAllUnlessBusy() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  for (size_t i = 0; i < shards_.size(); ++i) {
    if (shards_[i]->mutex().LockUnless(busy_)) continue;
    while (i > 0) shards_[--i]->mutex().Unlock();
    return locks;
  }
  locks.extent_ = ShardLocks::Extent::kAll;
  locks.keyspace_ = this;
  return locks;
}

ShardLocks Keyspace::Lock(absl::Span<const uint64_t> hashes) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  ShardLocks locks;
  locks.some_ = ShardsOf(hashes);
  for (const uint16_t shard : locks.some_) shards_[shard]->mutex().Lock();
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

bool Keyspace::TryLockEach(std::chrono::microseconds limit) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  const auto give_up_at = std::chrono::steady_clock::now() + limit;
  for (size_t locked = 0; locked < shards_.size(); ++locked) {
    while (!shards_[locked]->mutex().TryLock()) {
      if (std::chrono::steady_clock::now() < give_up_at) {
        std::this_thread::yield();
        continue;
      }
      while (locked > 0) shards_[--locked]->mutex().Unlock();
      return false;
    }
  }
  return true;
}

ShardLocks Keyspace::TryLockAll(std::chrono::microseconds limit) {
  ShardLocks locks;
  if (TryLockEach(limit)) {
    locks.keyspace_ = this;
    locks.extent_ = ShardLocks::Extent::kAll;
  }
  return locks;
}

ShardLocks Keyspace::LockAllPatiently() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  constexpr auto kLimit = std::chrono::milliseconds(1);
  constexpr auto kPatience = std::chrono::milliseconds(100);
  const auto queue_at = std::chrono::steady_clock::now() + kPatience;
  bool locked = TryLockEach(kLimit);
  for (auto pause = kLimit; !locked && std::chrono::steady_clock::now() < queue_at; pause *= 2) {
    std::this_thread::sleep_for(pause);
    locked = TryLockEach(kLimit);
  }
  ShardLocks locks;
  if (!locked) {
    for (auto& shard : shards_) shard->mutex().Lock();
  }
  locks.keyspace_ = this;
  locks.extent_ = ShardLocks::Extent::kAll;
  return locks;
}

void Keyspace::PrepareCut() {
  if (IsReadyForCut(LockShard(0))) return;
  for (size_t number = 0; number < shards_.size(); ++number) {
    while (!LockShard(number)[number].ClearTags()) {
    }
  }
  const ShardLocks all = LockAll();
  stale_tags_ = 0;
}

void Keyspace::BeginCut(const ShardLocks&, Capture* capture) {
  capture_.capture = capture;
  ++capture_.cut;
  capture_.tag = ++stale_tags_;
}

void Keyspace::EndCut(const ShardLocks&, bool completed) {
  for (const auto& shard : shards_) shard->EndCut();
  capture_.capture = nullptr;
  // A whole walk takes off every tag, also those that aborted ones have left.
  if (completed) stale_tags_ = 0;
}

void Keyspace::SetOverBudget(bool over) {
  if (capture_.over_budget.load(std::memory_order_relaxed) == over) return;
  capture_.over_budget.store(over, std::memory_order_relaxed);
  if (!over) capture_.over_budget.notify_all();
}

uint64_t Keyspace::AddCapturedBytes(int64_t bytes) {
  const auto more = static_cast<uint64_t>(bytes);
  return capture_.waiting_bytes.fetch_add(more, std::memory_order_relaxed) + more;
}

uint64_t Keyspace::entry_bytes() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->slab()->entry_bytes();
  return sum;
}

uint64_t Keyspace::expired_keys() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->expired_keys.Get();
  return sum;
}

uint64_t Keyspace::expired_fields() const {
  uint64_t sum = 0;
  for (const auto& shard : shards_) sum += shard->expired_fields.Get();
  return sum;
}

}  // namespace redstart
