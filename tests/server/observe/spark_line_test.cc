#include "server/observe/spark_line.h"

#include <gtest/gtest.h>

namespace redstart {
namespace {

TEST(SparkLineTest, FillsBelowTheLineAndWritesLabelsDownwards) {
  EXPECT_EQ(DrawSparkLine({{1, "9s"}, {2, "12s"}, {3, ""}}, 80, 2),
            " _#\n"
            "_||\n"
            "   \n"
            "91 \n"
            "s2 \n"
            " s \n");
}

TEST(SparkLineTest, EqualValuesLieAtTheBottom) {
  EXPECT_EQ(DrawSparkLine({{7, ""}, {7, ""}}, 80, 2), "  \n__\n");
}

TEST(SparkLineTest, LongSeriesGoOnBelow) {
  EXPECT_EQ(DrawSparkLine({{1, ""}, {3, ""}, {3, ""}}, 2, 1), "_#\n\n#\n");
  EXPECT_EQ(DrawSparkLine({}, 80, 4), "");
}

}  // namespace
}  // namespace redstart
