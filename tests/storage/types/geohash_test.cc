#include "storage/types/geohash.h"

#include <gtest/gtest.h>

#include <random>

namespace redstart {
namespace {

constexpr GeoPoint kPalermo = {13.361389, 38.115556};
constexpr GeoPoint kCatania = {15.087269, 37.502669};

TEST(GeohashTest, ScoresAreThoseOfRedis) {
  EXPECT_EQ(GeoScoreOf(kPalermo), 3479099956230698.0);
  EXPECT_EQ(GeoScoreOf(kCatania), 3479447370796909.0);
}

TEST(GeohashTest, APointComesBackNearlyAsItWas) {
  std::mt19937 random(1);
  for (int i = 0; i < 1000; ++i) {
    const GeoPoint point = {std::uniform_real_distribution(-180.0, 180.0)(random),
                            std::uniform_real_distribution(-85.0, 85.0)(random)};
    EXPECT_LT(GeoDistance(point, GeoPointOf(GeoScoreOf(point))), 0.6);
  }
}

TEST(GeohashTest, AnyScoreIsSomePoint) {
  for (const double score : {-1.0, 0.0, 1e300, -1e300, 4503599627370496.0}) {
    EXPECT_TRUE(IsGeoPoint(GeoPointOf(score))) << score;
  }
}

TEST(GeohashTest, DistancesAndTexts) {
  EXPECT_NEAR(GeoDistance(kPalermo, kCatania), 166274.25, 0.1);
  EXPECT_EQ(GeoDistance(kPalermo, kPalermo), 0);
  EXPECT_EQ(GeoTextOf(GeoScoreOf(kPalermo)), "sqc8b49rny0");
  EXPECT_EQ(GeoTextOf(GeoScoreOf(kCatania)), "sqdtr74hyu0");
}

// Whatever the shape, its ranges hold every point within.
TEST(GeohashTest, RangesHoldEveryPointOfTheShape) {
  std::mt19937 random(2);
  const auto uniform = [&](double low, double high) {
    return std::uniform_real_distribution(low, high)(random);
  };
  for (int i = 0; i < 3000; ++i) {
    const double size = std::pow(10, uniform(1, 5.5));
    GeoShape shape = {.center = {uniform(-170, 170), uniform(-60, 60)}};
    shape.is_box = i % 2 == 0;
    shape.radius = size;
    shape.width = size;
    shape.height = size * uniform(0.3, 3);
    const GeoSearch search(shape);
    const auto ranges = search.Ranges();
    EXPECT_LE(ranges.size(), 9u);
    const double degrees = size / 111000;
    const GeoPoint point = {shape.center.longitude + uniform(-degrees, degrees),
                            shape.center.latitude + uniform(-degrees, degrees)};
    if (!IsGeoPoint(point) || !search.DistanceTo(point)) continue;
    const double score = GeoScoreOf(point);
    bool held = false;
    for (const auto& range : ranges) held |= range.min <= score && score < range.max;
    EXPECT_TRUE(held) << point.longitude << ' ' << point.latitude << " within " << size << " of "
                      << shape.center.longitude << ' ' << shape.center.latitude;
  }
}

}  // namespace
}  // namespace redstart
