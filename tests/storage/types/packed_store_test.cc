#include "storage/types/packed_store.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <string>

namespace redstart {
namespace {

TEST(PackedStoreTest, SplicesEqualThoseOfAString) {
  std::mt19937 random(5);
  PackedBuffer buffer("begin");
  std::string model = "begin";
  for (int step = 0; step < 10'000; ++step) {
    const size_t at = random() % (model.size() + 1);
    const size_t removed = random() % (model.size() - at + 1) % 40;
    const std::string inserted(random() % 40, static_cast<char>('a' + step % 26));
    std::memcpy(buffer.Splice(at, removed, inserted.size()) + at, inserted.data(), inserted.size());
    model.replace(at, removed, inserted);
    ASSERT_EQ(buffer.bytes(), model);
  }
}

TEST(PackedStoreTest, GrowthCopiesInProportion) {
  PackedBuffer buffer("");
  size_t moves = 0;
  const char* before = buffer.data();
  for (int i = 0; i < 100'000; ++i) {
    buffer.Splice(buffer.size(), 0, 1);
    moves += before != buffer.data();
    before = buffer.data();
  }
  EXPECT_LT(moves, 60u);
  EXPECT_LT(buffer.MemoryBytes(), 130'000u);
}

TEST(PackedStoreTest, RoomIsGivenBack) {
  PackedBuffer buffer(std::string(100'000, 'x'));
  buffer.Splice(10, 99'000, 0);
  EXPECT_EQ(buffer.size(), 1000u);
  EXPECT_LT(buffer.MemoryBytes(), 1200u);
}

TEST(PackedStoreTest, ABlockChangesHands) {
  PackedBuffer buffer("abc");
  PackedBlock* block = buffer.Release();
  EXPECT_EQ(block->bytes(), "abc");
  PackedBuffer other("x");
  other = PackedBuffer(block);
  EXPECT_EQ(other.bytes(), "abc");
}

}  // namespace
}  // namespace redstart
