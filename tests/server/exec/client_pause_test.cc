#include "server/exec/client_pause.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

using Who = ClientPause::Who;

TEST(ClientPauseTest, EndsByItself) {
  ClientPause pause;
  EXPECT_FALSE(pause.is_set());
  pause.Begin(Who::kWriters, 1000, 500);
  EXPECT_EQ(pause.WhoWaits(999), Who::kWriters);
  EXPECT_EQ(pause.WhoWaits(1000), Who::kNobody);
  pause.ForgetIfOver(999);
  EXPECT_TRUE(pause.is_set());
  pause.ForgetIfOver(1000);
  EXPECT_FALSE(pause.is_set());
}

TEST(ClientPauseTest, IsNeitherShortenedNorLiftedByAnother) {
  ClientPause pause;
  pause.Begin(Who::kEverybody, 1000, 500);
  pause.Begin(Who::kWriters, 600, 500);
  EXPECT_EQ(pause.WhoWaits(700), Who::kEverybody);
  EXPECT_EQ(pause.end_ms(), 1000u);
  pause.Begin(Who::kWriters, 2000, 500);
  EXPECT_EQ(pause.WhoWaits(1500), Who::kEverybody);
  pause.End();
  EXPECT_EQ(pause.WhoWaits(700), Who::kNobody);
}

TEST(ClientPauseTest, OneThatIsOverDoesNotCount) {
  ClientPause pause;
  pause.Begin(Who::kEverybody, 1000, 500);
  pause.Begin(Who::kWriters, 3000, 2000);
  EXPECT_EQ(pause.WhoWaits(2500), Who::kWriters);
}

TEST(ClientPauseTest, MayLastAsLongAsTimeIsCounted) {
  ClientPause pause;
  pause.Begin(Who::kWriters, UINT64_MAX, 500);
  EXPECT_EQ(pause.WhoWaits(UINT64_MAX >> 3), Who::kWriters);
}

}  // namespace
}  // namespace redstart
