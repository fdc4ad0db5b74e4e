#include "server/observe/build_id.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(BuildIdTest, IsSixteenHexadecimalDigits) {
  EXPECT_EQ(BuildId().size(), 16u);
  EXPECT_EQ(BuildId().find_first_not_of("0123456789abcdef"), std::string::npos);
}

}  // namespace
}  // namespace redstart
