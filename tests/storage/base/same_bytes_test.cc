#include "storage/base/same_bytes.h"

#include <gtest/gtest.h>

#include <string>

namespace redstart {
namespace {

TEST(SameBytesTest, EqualKeysOfEveryLengthAreTheSame) {
  for (size_t size = 0; size < 40; ++size) {
    const std::string a(size, 'k');
    const std::string b(size, 'k');
    EXPECT_TRUE(SameBytes(a, b)) << size;
  }
}

TEST(SameBytesTest, OneDifferentByteAnywhereTellsKeysApart) {
  for (size_t size = 1; size < 40; ++size) {
    const std::string a(size, 'k');
    for (size_t at = 0; at < size; ++at) {
      std::string b = a;
      b[at] = '\0';
      EXPECT_FALSE(SameBytes(a, b)) << size << " at " << at;
    }
  }
}

TEST(SameBytesTest, KeysOfDifferentLengthsAreNotTheSame) {
  EXPECT_FALSE(SameBytes("0123456789", "01234567890"));
  EXPECT_FALSE(SameBytes("", "a"));
}

}  // namespace
}  // namespace redstart
