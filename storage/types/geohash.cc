#include "storage/types/geohash.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace redstart {
namespace {

constexpr int kMaxSteps = 26;
constexpr double kRadians = M_PI / 180.0;
constexpr double kEarthRadius = 6372797.560856;
// Half of the Earth's circumference in the Mercator projection.
constexpr double kMercatorMax = 20037726.37;

double ToRadians(double degrees) {
  return degrees * kRadians;
}
double ToDegrees(double radians) {
  return radians / kRadians;
}

struct Interval {
  double min;
  double max;
};

constexpr Interval kLongitudes = {-kGeoMaxLongitude, kGeoMaxLongitude};
constexpr Interval kLatitudes = {-kGeoMaxLatitude, kGeoMaxLatitude};

// Puts a zero bit before each bit.
uint64_t Spread(uint64_t x) {
  x = (x | x << 16) & 0x0000FFFF0000FFFFull;
  x = (x | x << 8) & 0x00FF00FF00FF00FFull;
  x = (x | x << 4) & 0x0F0F0F0F0F0F0F0Full;
  x = (x | x << 2) & 0x3333333333333333ull;
  return (x | x << 1) & 0x5555555555555555ull;
}

// Takes every second bit, from the lowest one on.
uint32_t Gather(uint64_t x) {
  x &= 0x5555555555555555ull;
  x = (x | x >> 1) & 0x3333333333333333ull;
  x = (x | x >> 2) & 0x0F0F0F0F0F0F0F0Full;
  x = (x | x >> 4) & 0x00FF00FF00FF00FFull;
  x = (x | x >> 8) & 0x0000FFFF0000FFFFull;
  return static_cast<uint32_t>(x | x >> 16);
}

// A cell: `steps` bits of longitude and latitude each, longitude first.
struct Cell {
  uint32_t longitude;
  uint32_t latitude;
  int steps;

  bool operator==(const Cell& other) const = default;
  uint64_t bits() const { return Spread(latitude) | Spread(longitude) << 1; }
  // The cell beside it; beyond the last one comes the first.
  Cell Moved(int east, int north) const {
    return {Beside(longitude, east), Beside(latitude, north), steps};
  }

  uint32_t Beside(uint32_t coordinate, int move) const {
    // One that does not move keeps the bit too much that the very edge has (180 degrees east).
    if (move == 0) return coordinate;
    const auto mask = static_cast<uint32_t>((uint64_t{1} << steps) - 1);
    return (coordinate + static_cast<uint32_t>(move)) & mask;
  }
};

struct Area {
  Interval longitude;
  Interval latitude;
};

uint32_t CoordinateOf(double value, const Interval& interval, int steps) {
  const double offset = (value - interval.min) / (interval.max - interval.min);
  return static_cast<uint32_t>(offset * static_cast<double>(uint64_t{1} << steps));
}

Interval IntervalOf(uint32_t coordinate, const Interval& interval, int steps) {
  const double scale = interval.max - interval.min;
  const auto parts = static_cast<double>(uint64_t{1} << steps);
  return {interval.min + (coordinate * 1.0 / parts) * scale,
          interval.min + ((coordinate + 1) * 1.0 / parts) * scale};
}

Cell CellOf(const GeoPoint& point, int steps) {
  return {CoordinateOf(point.longitude, kLongitudes, steps),
          CoordinateOf(point.latitude, kLatitudes, steps), steps};
}

Area AreaOf(const Cell& cell) {
  return {IntervalOf(cell.longitude, kLongitudes, cell.steps),
          IntervalOf(cell.latitude, kLatitudes, cell.steps)};
}

double ScoreOfBits(uint64_t bits, int steps) {
  return static_cast<double>(bits << (2 * (kMaxSteps - steps)));
}

// Scores that are no positions, too, must give some position.
uint64_t BitsOf(double score) {
  constexpr double kLimit = 9.2e18;
  return static_cast<uint64_t>(static_cast<int64_t>(std::clamp(score, -kLimit, kLimit)));
}

double Middle(const Interval& interval, double limit) {
  return std::clamp((interval.min + interval.max) / 2, -limit, limit);
}

double LatitudeDistance(double a, double b) {
  return kEarthRadius * std::fabs(ToRadians(b) - ToRadians(a));
}

// How many bits make cells that are about as wide as the search. Towards the poles they get
// narrower.
int StepsForRadius(double metres, double latitude) {
  if (metres == 0) return kMaxSteps;
  int steps = 1;
  for (; metres < kMercatorMax; metres *= 2) ++steps;
  steps -= 2;  // So that nine cells are enough nearly everywhere.
  if (std::fabs(latitude) > 66) --steps;
  if (std::fabs(latitude) > 80) --steps;
  return std::clamp(steps, 1, kMaxSteps);
}

// What the shape covers, about: its sides are taken where they are the longest.
Area BoundsOf(const GeoShape& shape) {
  const double height = shape.is_box ? shape.height / 2 : shape.radius;
  const double width = shape.is_box ? shape.width / 2 : shape.radius;
  const auto& [longitude, latitude] = shape.center;
  const double north = ToDegrees(height / kEarthRadius);
  const double farther = latitude < 0 ? latitude - north : latitude + north;
  const double east = ToDegrees(width / kEarthRadius / std::cos(ToRadians(farther)));
  return {{longitude - east, longitude + east}, {latitude - north, latitude + north}};
}

// Whether the cells around this one reach as far as the bounds.
bool Reaches(const Cell& cell, const Area& bounds) {
  return AreaOf(cell.Moved(0, 1)).latitude.max >= bounds.latitude.max &&
         AreaOf(cell.Moved(0, -1)).latitude.min <= bounds.latitude.min &&
         AreaOf(cell.Moved(1, 0)).longitude.max >= bounds.longitude.max &&
         AreaOf(cell.Moved(-1, 0)).longitude.min <= bounds.longitude.min;
}

}  // namespace

bool IsGeoPoint(const GeoPoint& point) {
  return std::fabs(point.longitude) <= kGeoMaxLongitude &&
         std::fabs(point.latitude) <= kGeoMaxLatitude;
}

double GeoScoreOf(const GeoPoint& point) {
  return static_cast<double>(CellOf(point, kMaxSteps).bits());
}

GeoPoint GeoPointOf(double score) {
  const uint64_t bits = BitsOf(score);
  const Area area = AreaOf({Gather(bits >> 1), Gather(bits), kMaxSteps});
  return {Middle(area.longitude, kGeoMaxLongitude), Middle(area.latitude, kGeoMaxLatitude)};
}

std::string GeoTextOf(double score) {
  constexpr std::string_view kLetters = "0123456789bcdefghjkmnpqrstuvwxyz";
  // Standard geohashes count latitudes up to 90 degrees.
  const GeoPoint point = GeoPointOf(score);
  const Cell cell = {CoordinateOf(point.longitude, {-180, 180}, kMaxSteps),
                     CoordinateOf(point.latitude, {-90, 90}, kMaxSteps), kMaxSteps};
  std::string text;
  for (int shift = 2 * kMaxSteps - 5; shift >= 0; shift -= 5) {
    text += kLetters[cell.bits() >> shift & 31];
  }
  return text + '0';
}

double GeoDistance(const GeoPoint& a, const GeoPoint& b) {
  const double longitude_a = ToRadians(a.longitude);
  const double longitude_b = ToRadians(b.longitude);
  const double v = std::sin((longitude_b - longitude_a) / 2);
  if (v == 0.0) return LatitudeDistance(a.latitude, b.latitude);
  const double latitude_a = ToRadians(a.latitude);
  const double latitude_b = ToRadians(b.latitude);
  const double u = std::sin((latitude_b - latitude_a) / 2);
  const double h = u * u + std::cos(latitude_a) * std::cos(latitude_b) * v * v;
  return 2.0 * kEarthRadius * std::asin(std::sqrt(h));
}

GeoSearch::GeoSearch(const GeoShape& shape) : shape_(shape) {}

std::vector<GeoScoreRange> GeoSearch::Ranges() const {
  const double reach = shape_.is_box ? std::sqrt((shape_.width / 2) * (shape_.width / 2) +
                                                 (shape_.height / 2) * (shape_.height / 2))
                                     : shape_.radius;
  const Area bounds = BoundsOf(shape_);
  Cell center = CellOf(shape_.center, StepsForRadius(reach, shape_.center.latitude));
  if (center.steps > 1 && !Reaches(center, bounds)) {
    center = CellOf(shape_.center, center.steps - 1);
  }
  // Neighbours on a side where the center's own cell reaches beyond the bounds are not needed.
  const Area area = AreaOf(center);
  const bool skips = center.steps >= 2;
  const bool no_south = skips && area.latitude.min < bounds.latitude.min;
  const bool no_north = skips && area.latitude.max > bounds.latitude.max;
  const bool no_west = skips && area.longitude.min < bounds.longitude.min;
  const bool no_east = skips && area.longitude.max > bounds.longitude.max;
  constexpr struct {
    int east;
    int north;
  } kMoves[] = {{0, 0}, {0, 1}, {0, -1}, {1, 0}, {-1, 0}, {1, 1}, {-1, 1}, {1, -1}, {-1, -1}};
  std::vector<GeoScoreRange> ranges;
  std::vector<Cell> cells;
  for (const auto& [east, north] : kMoves) {
    if ((no_east && east > 0) || (no_west && east < 0) || (no_north && north > 0) ||
        (no_south && north < 0)) {
      continue;
    }
    const Cell cell = center.Moved(east, north);
    // Where cells are so large that a neighbour is the one before again, it is not searched twice.
    // The center is not compared with, as on Redis.
    if (cells.size() > 1 && cells.back() == cell) continue;
    cells.push_back(cell);
    ranges.push_back(
        {ScoreOfBits(cell.bits(), cell.steps), ScoreOfBits(cell.bits() + 1, cell.steps)});
  }
  return ranges;
}

std::optional<double> GeoSearch::DistanceTo(const GeoPoint& point) const {
  if (shape_.is_box) return DistanceInBox(point);
  // Most points that are too far are so in latitude alone, which costs no sine. A little room keeps
  // rounding out of it.
  if (LatitudeDistance(shape_.center.latitude, point.latitude) > shape_.radius * 1.000001 + 0.001) {
    return std::nullopt;
  }
  const double distance = GeoDistance(shape_.center, point);
  if (distance > shape_.radius) return std::nullopt;
  return distance;
}

std::optional<double> GeoSearch::DistanceInBox(const GeoPoint& point) const {
  if (LatitudeDistance(point.latitude, shape_.center.latitude) > shape_.height / 2) {
    return std::nullopt;
  }
  const GeoPoint same_latitude = {shape_.center.longitude, point.latitude};
  if (GeoDistance(point, same_latitude) > shape_.width / 2) return std::nullopt;
  return GeoDistance(shape_.center, point);
}

}  // namespace redstart
