#ifndef REDSTART_STORAGE_TYPES_GEOHASH_H_
#define REDSTART_STORAGE_TYPES_GEOHASH_H_

// Positions on the Earth as scores of a sorted set: longitude and latitude, 26 bits each,
// interleaved into 52 bits, which a double holds exactly. Positions that are close to each other
// mostly have scores that are, so that a search is a handful of ranges of scores.
//
// Pure functions. The order of every floating point operation is that of Redis (geohash.c,
// geohash_helper.c), because the last bits of positions and distances are what clients see.
// Latitudes end at 85.05 degrees, as those of the Mercator projection do. (G. M. Morton, 1966;
// distances: the haversine formula on a sphere.)

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace redstart {

struct GeoPoint {
  double longitude = 0;
  double latitude = 0;
};

inline constexpr double kGeoMaxLongitude = 180;
inline constexpr double kGeoMaxLatitude = 85.05112878;

bool IsGeoPoint(const GeoPoint& point);
// REQUIRES: IsGeoPoint(point).
double GeoScoreOf(const GeoPoint& point);
// The middle of the cell that a score names. Any score will do.
GeoPoint GeoPointOf(double score);
// The eleven letters of a standard geohash (geohash.org), the last of which is always '0'.
std::string GeoTextOf(double score);
// Metres.
double GeoDistance(const GeoPoint& a, const GeoPoint& b);

// What is searched, in metres: a circle, or a rectangle that lies along the parallels.
struct GeoShape {
  GeoPoint center;
  bool is_box = false;
  double radius = 0;
  double width = 0;
  double height = 0;
};

// Scores from `min` to below `max`.
struct GeoScoreRange {
  double min;
  double max;
};

// Tells of many points whether they lie within a shape.
class GeoSearch {
 public:
  explicit GeoSearch(const GeoShape& shape);

  // Ranges of scores that hold all points of the shape, and others: no more than nine.
  std::vector<GeoScoreRange> Ranges() const;
  // The distance of a point from the center if it lies within the shape.
  std::optional<double> DistanceTo(const GeoPoint& point) const;

 private:
  std::optional<double> DistanceInBox(const GeoPoint& point) const;

  GeoShape shape_;
};

}  // namespace redstart

#endif  // REDSTART_STORAGE_TYPES_GEOHASH_H_
