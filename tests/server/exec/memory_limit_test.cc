#include "server/exec/memory_limit.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/keyspace.h"

namespace redstart {
namespace {

class MemoryLimitTest : public testing::Test {
 protected:
  MemoryLimitTest() {
    services_.keyspace = &keyspace_;
    services_.state = &state_;
    keyspace_.pages().Allocate();  // Something that is in use whatever the allocator tells.
  }
  bool IsOver() const { return state_.over_memory_limit.load(); }

  Keyspace keyspace_{64, 16, 1};
  ServerState state_;
  Services services_ = {};
  MemoryLimit limit_{services_};
  const std::vector<std::string_view> small_ = {"GET", "k"};
  static constexpr int64_t kPlenty = int64_t{1} << 50;
};

TEST_F(MemoryLimitTest, TheFirstRequestLooks) {
  limit_.BeforeRequest(small_, 1, 1);
  EXPECT_TRUE(IsOver());
}

TEST_F(MemoryLimitTest, ItLooksAgainAfterAMillisecond) {
  limit_.BeforeRequest(small_, kPlenty, 1);
  EXPECT_FALSE(IsOver());
  limit_.BeforeRequest(small_, 1, MemoryLimit::kMicrosBetweenLooks);
  EXPECT_FALSE(IsOver()) << "too early";
  limit_.BeforeRequest(small_, 1, 1 + MemoryLimit::kMicrosBetweenLooks);
  EXPECT_TRUE(IsOver());
}

TEST_F(MemoryLimitTest, ItLooksAgainAfterManyBytesAndWhenTold) {
  limit_.BeforeRequest(small_, kPlenty, 1);
  const std::string large(MemoryLimit::kBytesBetweenLooks, 'x');
  limit_.BeforeRequest(std::vector<std::string_view>{"SET", "k", large}, 1, 1);
  EXPECT_TRUE(IsOver());
  limit_.BeforeRequest(small_, kPlenty, 1);
  EXPECT_TRUE(IsOver()) << "too early";
  limit_.LookAgain();
  limit_.BeforeRequest(small_, kPlenty, 1);
  EXPECT_FALSE(IsOver());
}

}  // namespace
}  // namespace redstart
