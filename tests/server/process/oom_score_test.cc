#include "server/process/oom_score.h"

#include <gtest/gtest.h>

#include <fstream>

namespace redstart {
namespace {

int Score() {
  int score = -1;
  std::ifstream("/proc/self/oom_score_adj") >> score;
  return score;
}

TEST(OomScoreTest, IsSetAndPutBack) {
  const int before = Score();
  OomScore score;
  Config config;
  EXPECT_TRUE(score.Apply(config).ok());
  EXPECT_EQ(Score(), before);
  config.oom_score_adj = OomScoreAdj::kRelative;
  config.oom_score_adj_values = {3, 0, 0};
  ASSERT_TRUE(score.Apply(config).ok());
  EXPECT_EQ(Score(), std::min(before + 3, 1000));
  config.oom_score_adj = OomScoreAdj::kAbsolute;
  config.oom_score_adj_values[0] = 2000;
  ASSERT_TRUE(score.Apply(config).ok());
  EXPECT_EQ(Score(), 1000);
  config.oom_score_adj = OomScoreAdj::kNo;
  // Not everybody may lower it again.
  if (score.Apply(config).ok()) {
    EXPECT_EQ(Score(), before);
  }
}

}  // namespace
}  // namespace redstart
