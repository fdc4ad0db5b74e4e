#include "storage/types/int_set.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>

namespace redstart {
namespace {

class IntSetTest : public testing::Test {
 protected:
  PackedBuffer buffer_{kEmptyIntSet};
  IntSetEditor set_{&buffer_};
};

// What redis-server 7.0.15 answered to DUMP (rdbcompression no).
TEST_F(IntSetTest, BytesAreThoseOfRedisAtEveryWidth) {
  for (const int64_t value : {300, 1, 2}) EXPECT_TRUE(set_.Insert(value));
  EXPECT_EQ(buffer_.bytes(),
            std::string_view("\x02\x00\x00\x00\x03\x00\x00\x00\x01\x00\x02\x00,\x01", 14));
  set_.Insert(70000);
  EXPECT_EQ(buffer_.bytes(), std::string_view("\x04\x00\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00"
                                              "\x02\x00\x00\x00,\x01\x00\x00p\x11\x01\x00",
                                              24));
  set_.Insert(-5000000000);
  EXPECT_EQ(buffer_.bytes(),
            std::string_view("\x08\x00\x00\x00\x05\x00\x00\x00\x00\x0e\xfa\xd5\xfe\xff\xff\xff"
                             "\x01\x00\x00\x00\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00"
                             ",\x01\x00\x00\x00\x00\x00\x00p\x11\x01\x00\x00\x00\x00\x00",
                             48));
  EXPECT_TRUE(IsValidIntSet(buffer_.bytes()));
}

TEST_F(IntSetTest, EditsEqualThoseOfAModel) {
  std::mt19937_64 random(11);
  std::set<int64_t> model;
  for (int step = 0; step < 20'000; ++step) {
    // Small ones first, so that every width has its time.
    const auto value = static_cast<int64_t>(random()) >> (step < 5'000 ? 56 : random() % 64);
    if (random() % 3 == 0) {
      ASSERT_EQ(set_.Erase(value), model.erase(value) == 1);
    } else {
      ASSERT_EQ(set_.Insert(value), model.insert(value).second);
    }
    ASSERT_EQ(set_.view().Contains(value), model.count(value) == 1);
    ASSERT_EQ(set_.view().size(), model.size());
    if (step % 500 != 0) continue;
    ASSERT_TRUE(IsValidIntSet(buffer_.bytes()));
    size_t i = 0;
    for (const int64_t expected : model) ASSERT_EQ(set_.view().Get(i++), expected);
  }
}

TEST_F(IntSetTest, DamagedBytesAreRefused) {
  set_.Insert(5);
  set_.Insert(6);
  std::string bytes(buffer_.bytes());
  EXPECT_TRUE(IsValidIntSet(bytes));
  EXPECT_TRUE(IsValidIntSet(kEmptyIntSet));
  EXPECT_FALSE(IsValidIntSet(""));
  EXPECT_FALSE(IsValidIntSet(std::string_view(bytes).substr(0, bytes.size() - 1)));
  std::swap(bytes[8], bytes[10]);
  EXPECT_FALSE(IsValidIntSet(bytes)) << "descending";
  bytes[8] = bytes[10];
  EXPECT_FALSE(IsValidIntSet(bytes)) << "twice the same";
  bytes[0] = 3;
  EXPECT_FALSE(IsValidIntSet(bytes)) << "no such width";
}

}  // namespace
}  // namespace redstart
