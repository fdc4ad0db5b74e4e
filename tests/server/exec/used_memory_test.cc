#include "server/exec/used_memory.h"

#include <gtest/gtest.h>

#include "storage/keyspace.h"

namespace redstart {
namespace {

TEST(UsedMemoryTest, ThePeakStaysWhenMemoryIsGivenBack) {
  Keyspace keyspace(64, 16, 1);
  ServerState state;
  Services services = {};
  services.keyspace = &keyspace;
  services.state = &state;
  const uint64_t before = UsedMemory(services);
  std::vector<void*> pages;
  for (int i = 0; i < 1024; ++i) pages.push_back(keyspace.pages().Allocate());
  const uint64_t with = UsedMemory(services);
  // Half of it leaves room for what the rest of the process gives back meanwhile.
  EXPECT_GE(with, before + 512 * PagePool::kPageBytes);
  for (void* page : pages) keyspace.pages().Free(page);
  EXPECT_LT(UsedMemory(services), with);
  EXPECT_GE(state.peak_memory.load(), with);
}

}  // namespace
}  // namespace redstart
