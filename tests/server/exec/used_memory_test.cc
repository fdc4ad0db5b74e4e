#include "server/exec/used_memory.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "storage/keyspace.h"

namespace redstart {
namespace {

constexpr size_t kEntryBytes = 64;
constexpr int kEntries = 20'000;
constexpr uint64_t kBytes = uint64_t{kEntries} * kEntryBytes;

class UsedMemoryTest : public testing::Test {
 protected:
  UsedMemoryTest() {
    services_.keyspace = &keyspace_;
    services_.state = &state_;
  }

  // Many small entries in the first shard, none of them in a table.
  std::vector<void*> TakeEntries() {
    const ShardLocks locks = keyspace_.LockShard(0);
    std::vector<void*> entries(kEntries);
    for (void*& entry : entries) entry = locks[0].slab()->Allocate(kEntryBytes);
    return entries;
  }
  void GiveBack(const std::vector<void*>& entries) {
    const ShardLocks locks = keyspace_.LockShard(0);
    for (void* entry : entries) locks[0].slab()->Free(entry, kEntryBytes);
  }

  Keyspace keyspace_{64, 16, 1};
  ServerState state_;
  Services services_ = {};
};

TEST_F(UsedMemoryTest, ThePeakStaysWhenMemoryIsGivenBack) {
  const uint64_t before = UsedMemory(services_);
  const std::vector<void*> entries = TakeEntries();
  const uint64_t with = UsedMemory(services_);
  // Half of it leaves room for what the rest of the process gives back meanwhile.
  EXPECT_GE(with, before + kBytes / 2);
  GiveBack(entries);
  EXPECT_LT(UsedMemory(services_), with);
  EXPECT_GE(state_.peak_memory.load(), with);
}

TEST_F(UsedMemoryTest, TheMeterFollowsItsOwnThreadAtOnce) {
  UsedMemory(services_);
  MemoryMeter meter(services_);
  const uint64_t before = meter.Read();
  const std::vector<void*> entries = TakeEntries();
  const uint64_t with = meter.Read();
  EXPECT_GE(with, before + kBytes);
  EXPECT_LT(with, before + kBytes + (1 << 20));
  GiveBack(entries);
  EXPECT_LT(meter.Read(), before + kBytes / 2);
}

TEST_F(UsedMemoryTest, TheMeterHearsOfOtherThreadsThatHaveOne) {
  UsedMemory(services_);
  MemoryMeter meter(services_);
  const uint64_t before = meter.Read();
  std::thread other([this] {
    MemoryMeter own(services_);
    own.Read();
    TakeEntries();
    own.Read();
  });
  other.join();
  EXPECT_GE(meter.Read(), before + kBytes - (1 << 20));
}

TEST_F(UsedMemoryTest, WhatIsBeingFreedDoesNotCountForTheMeter) {
  UsedMemory(services_);
  MemoryMeter meter(services_);
  meter.Read();
  const std::vector<void*> entries = TakeEntries();
  const uint64_t with = meter.Read();
  keyspace_.lazy_free().Add(
      1, [&] { GiveBack(entries); }, kBytes);
  EXPECT_LE(meter.Read(), with - kBytes / 2);
  keyspace_.lazy_free().Drain();
  EXPECT_LE(meter.Read(), with - kBytes / 2) << "it is not subtracted twice";
  UsedMemory(services_);
  EXPECT_LE(meter.Read(), with - kBytes / 2);
  EXPECT_GE(meter.Read() + (1 << 20), with - kBytes);
}

}  // namespace
}  // namespace redstart
