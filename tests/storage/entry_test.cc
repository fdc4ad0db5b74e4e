#include "storage/entry.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/base/page_pool.h"

namespace redstart {
namespace {

class EntryTest : public testing::Test {
 protected:
  Entry* New(std::string_view key, std::string_view payload, uint64_t deadline = Entry::kNever) {
    Entry* entry = Entry::New(&slab_, key,
                              {.type = ValueType::kString,
                               .encoding = static_cast<uint8_t>(StringForm::kShort),
                               .deadline = deadline,
                               .payload_size = payload.size()});
    if (!payload.empty()) std::memcpy(entry->payload(), payload.data(), payload.size());
    return entry;
  }

  PagePool pages_;
  Slab slab_{&pages_};
};

TEST_F(EntryTest, HoldsKeyDeadlineAndPayload) {
  Entry* entry = New("key", "payload", 12345);
  EXPECT_EQ(entry->key(), "key");
  EXPECT_EQ(entry->deadline(), 12345u);
  EXPECT_EQ(std::string_view(entry->payload(), entry->payload_size()), "payload");
  EXPECT_EQ(entry->type(), ValueType::kString);
  EXPECT_EQ(entry->encoding(), static_cast<uint8_t>(StringForm::kShort));
  Entry::FreeShell(&slab_, entry);
}

TEST_F(EntryTest, SixteenBytesOfKeyAndThirtyTwoOfValueTakeFiftySix) {
  Entry* entry = New(std::string(16, 'k'), std::string(32, 'v'));
  EXPECT_EQ(entry->AllocationSize(), 56u);
  Entry* expiring = New(std::string(16, 'k'), std::string(32, 'v'), 1);
  EXPECT_EQ(expiring->AllocationSize(), 64u);
  Entry::FreeShell(&slab_, entry);
  Entry::FreeShell(&slab_, expiring);
}

TEST_F(EntryTest, KeysOfEveryLengthComeBack) {
  for (const size_t size : {0, 1, 254, 255, 256, 70000}) {
    for (const uint64_t deadline : {Entry::kNever, uint64_t{77}}) {
      const std::string key(size, 'k');
      Entry* entry = New(key, "payload", deadline);
      EXPECT_EQ(entry->key(), key);
      EXPECT_EQ(entry->deadline(), deadline);
      EXPECT_EQ(std::string_view(entry->payload(), entry->payload_size()), "payload");
      Entry::FreeShell(&slab_, entry);
    }
  }
}

TEST_F(EntryTest, ExpiresBehindTheMillisecondOfItsDeadline) {
  Entry* entry = New("k", "v", 1000);
  EXPECT_FALSE(entry->IsExpired(1000));
  EXPECT_TRUE(entry->IsExpired(1001));
  entry->set_deadline(2000);
  EXPECT_FALSE(entry->IsExpired(1001));
  Entry::FreeShell(&slab_, entry);
  Entry* lasting = New("k", "v");
  EXPECT_FALSE(lasting->IsExpired(~uint64_t{0}));
  Entry::FreeShell(&slab_, lasting);
}

TEST_F(EntryTest, TheAccessClockHasTwentyFourBits) {
  Entry* entry = New("k", "v");
  EXPECT_EQ(entry->access(), 0u);
  entry->set_access(0xABCDEF);
  EXPECT_EQ(entry->access(), 0xABCDEFu);
  EXPECT_EQ(entry->key(), "k");
  Entry::FreeShell(&slab_, entry);
}

TEST_F(EntryTest, ChangingTheEncodingLeavesTheType) {
  Entry* entry = New("k", "v");
  entry->set_encoding(static_cast<uint8_t>(StringForm::kInline));
  EXPECT_EQ(entry->type(), ValueType::kString);
  EXPECT_EQ(entry->string().form(), StringForm::kInline);
  Entry::FreeShell(&slab_, entry);
}

}  // namespace
}  // namespace redstart
