#include <gtest/gtest.h>

#include "tests/server/config/option_probe.h"

namespace redstart {
namespace {

TEST(MemoryOptionsTest, PoliciesAreSpeltAsInRedis) {
  EXPECT_EQ(OptionProbe("maxmemory-policy", {"ALLKEYS-LFU"}).config.maxmemory_policy,
            MaxmemoryPolicy::kAllkeysLfu);
  EXPECT_EQ(
      OptionProbe("maxmemory-policy", {"lru"}).error,
      "argument(s) must be one of the following: volatile-lru, volatile-lfu, volatile-random, "
      "volatile-ttl, allkeys-lru, allkeys-lfu, allkeys-random, noeviction");
}

TEST(MemoryOptionsTest, ZiplistNamesStillWork) {
  EXPECT_EQ(OptionProbe("hash-max-ziplist-entries", {"7"}).config.hash_max_listpack_entries, 7);
  EXPECT_EQ(OptionProbe("hash-max-ziplist-value", {"1kb"}).config.hash_max_listpack_value, 1024);
  EXPECT_EQ(OptionProbe("list-max-ziplist-size", {"-5"}).config.list_max_listpack_size, -5);
  EXPECT_EQ(OptionProbe("zset-max-ziplist-entries", {"7"}).config.zset_max_listpack_entries, 7);
  EXPECT_EQ(OptionProbe("zset-max-ziplist-value", {"7"}).config.zset_max_listpack_value, 7);
}

TEST(MemoryOptionsTest, ClientsMemoryIsBytesOrAPercentage) {
  EXPECT_EQ(OptionProbe("maxmemory-clients", {"100%"}).config.maxmemory_clients, -100);
  EXPECT_EQ(OptionProbe("maxmemory-clients", {"200%"}).error,
            "percentage argument must be less or equal to 100");
}

}  // namespace
}  // namespace redstart
