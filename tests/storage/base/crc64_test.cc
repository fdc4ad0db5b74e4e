#include "storage/base/crc64.h"

#include <string>

#include "gtest/gtest.h"

namespace redstart {
namespace {

TEST(Crc64Test, KnownValuesAreThoseOfRedis) {
  EXPECT_EQ(Crc64(0, ""), 0u);
  EXPECT_EQ(Crc64(0, "123456789"), 0xe9c6d914c4b8d9caULL);
}

TEST(Crc64Test, PiecesGiveTheSameAsTheWhole) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) bytes += static_cast<char>(i * 37);
  const std::string_view view = bytes;
  const uint64_t whole = Crc64(0, view);
  for (size_t cut = 0; cut <= view.size(); ++cut) {
    EXPECT_EQ(Crc64(Crc64(0, view.substr(0, cut)), view.substr(cut)), whole);
  }
}

}  // namespace
}  // namespace redstart
